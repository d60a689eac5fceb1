import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { experimentSchema } from '../../../../domain/schemas/experiment';
import { parseOrExplain } from '../../../../domain/schemas/parse';
import { tableMappingSchema } from '../../../../domain/import/table-mapping';
import { loadExperiment } from '../../../../application/experiments';

const examples = path.resolve(__dirname, '../../../../docs/examples');
const demo = () =>
  parse(fs.readFileSync(path.join(examples, 'demo-register.yaml'), 'utf8')) as Record<string, Record<string, unknown>>;

test('the shipped experiments and mappings are valid', () => {
  for (const name of ['demo-register', 'all-families', 'few-outcomes', 'national-tenth'])
    expect(loadExperiment(path.join(examples, `${name}.yaml`)).experiment.name).toBe(name);
  expect(
    experimentSchema.safeParse(parse(fs.readFileSync(path.join(examples, 'chicago/experiment.yaml'), 'utf8'))).success,
  ).toBe(true);
  expect(
    tableMappingSchema.safeParse(parse(fs.readFileSync(path.join(examples, 'chicago/mapping.yaml'), 'utf8'))).success,
  ).toBe(true);
});

test('editors get a JSON Schema', () => {
  expect(z.toJSONSchema(experimentSchema, { io: 'input' })).toMatchObject({
    type: 'object',
    properties: { seed: { type: 'integer' } },
  });
});

test('a fixed split whose test overlaps training is refused before any work', () => {
  const bad = {
    ...demo(),
    split: { kind: 'fixed', trainUntil: '2024-05-01', testFrom: '2024-04-01', testUntil: '2024-06-01' },
  };
  expect(() => parseOrExplain(experimentSchema, bad, 'x')).toThrow(/test dates overlap training/);
});

test('a register experiment must be as of the end of its last test part', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'exp-'));
  const file = path.join(dir, 'late.yaml');
  fs.writeFileSync(
    file,
    fs
      .readFileSync(path.join(examples, 'demo-register.yaml'), 'utf8')
      .replace('asOf: 2025-01-01T00:00:00Z', 'asOf: 2023-06-01T00:00:00Z'),
  );
  expect(() => loadExperiment(file)).toThrow(/ends 2024-04-01, after the as-of instant/);
  fs.writeFileSync(file, 'version: 1\n  name: [');
  expect(() => loadExperiment(file)).toThrow(/is not YAML/);
  fs.rmSync(dir, { recursive: true });
});
