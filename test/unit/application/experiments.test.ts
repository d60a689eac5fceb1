import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadExperiment, readYaml } from '../../../application/experiments';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'experiments-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const written = (name: string, text: string) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, text);
  return file;
};

test('a folder is no file', () => {
  expect(() => readYaml(dir)).toThrow(`${dir} is a folder; give a file`);
});

test.each([
  ['version: 1\n', /source: is missing; expected object/],
  ['version: 1\nsource:\n', /source: .*expected object.* \(found null\)/],
  ['', /\(whole\): .*expected object/],
  ['- 1\n', /\(whole\): .*expected object/],
])('a table for an experiment without a source is refused by the schema: %j', (text, problem) => {
  const file = written('broken.yaml', text);
  expect(() => loadExperiment(file, { table: 'some.csv' })).toThrow(problem);
});

test('a table for an experiment on the register is refused', () => {
  const file = path.resolve(__dirname, '../../../docs/examples/demo-register.yaml');
  expect(() => loadExperiment(file, { table: 'some.csv' })).toThrow(
    /--table some\.csv: experiment .* has source\.kind register, so it reads no table/,
  );
});
