import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { experimentSchema } from '../../../../domain/schemas/experiment';
import { parseOrExplain } from '../../../../domain/schemas/parse';

const examples = path.resolve(__dirname, '../../../../docs/examples');
const demo = () =>
  parse(fs.readFileSync(path.join(examples, 'demo-register.yaml'), 'utf8')) as Record<string, Record<string, unknown>>;

test('an error names path, value and what is allowed', () => {
  const bad = { ...demo(), selectFamily: 'forest', seed: -1 };
  expect(() => parseOrExplain(experimentSchema, bad, 'experiment x.yaml')).toThrow(
    /x\.yaml[\s\S]*seed:.*found -1[\s\S]*selectFamily:.*found "forest"/,
  );
  expect(() => parseOrExplain(experimentSchema, { ...demo(), sed: 1 }, 'x')).toThrow(/sed/);
});

test('a value that is missing is called missing, with what is expected', () => {
  const { seed, label, ...rest } = demo();
  const missing = () => parseOrExplain(experimentSchema, { ...rest, source: { kind: 'register' } }, 'x');
  expect([seed, label]).not.toContain(undefined);
  expect(missing).toThrow(/^x is not valid:\n {2}seed: is missing; expected number\n {2}source\.asOf: is missing; /);
  expect(missing).not.toThrow(/received undefined/);
});

test('a name that is too short is told how long it may be', () => {
  expect(() => parseOrExplain(experimentSchema, { ...demo(), name: 'a' }, 'x')).toThrow(
    'name: expected 2 to 61 lower-case letters, digits and hyphens (found "a")',
  );
});
