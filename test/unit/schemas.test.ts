import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { experimentSchema } from '../../domain/schemas/experiment';
import { parseOrExplain } from '../../domain/schemas/parse';
import { tableMappingSchema } from '../../domain/schemas/table-mapping';
import { loadExperiment } from '../../application/experiments';
import { usableColumns } from '../../domain/rules/feature-selection';

const examples = path.resolve(__dirname, '../../docs/examples');
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

test('an error names path, value and what is allowed', () => {
  const bad = { ...demo(), selectFamily: 'forest', seed: -1 };
  expect(() => parseOrExplain(experimentSchema, bad, 'experiment x.yaml')).toThrow(
    /x\.yaml[\s\S]*seed:.*found -1[\s\S]*selectFamily:.*found "forest"/,
  );
  expect(() => parseOrExplain(experimentSchema, { ...demo(), sed: 1 }, 'x')).toThrow(/sed/);
});

test('names, origin, belief and free text cannot be declared as features, however they are spelt', () => {
  const mapping = (feature: string) =>
    tableMappingSchema.safeParse({
      version: 1,
      entity: 'e',
      asOf: 'd',
      outcome: { column: 'o', positive: [1] },
      features: { [feature]: 'categorical' },
    });
  for (const column of [
    'name',
    'lastName',
    'Etternavn',
    'nationality',
    'Statsborgerskap',
    'country_of_birth',
    'birthCountry',
    'fødeland',
    'fodeland',
    'religion',
    'free text',
    'fritekst',
    'caseComment',
  ])
    expect([column, mapping(column).error?.issues[0]?.message]).toEqual([
      column,
      expect.stringMatching(/may not be a feature; list it under ignore/),
    ]);
  for (const column of ['Facility_Type', 'username_length', 'surnames_per_day', 'notesheets', 'tracery'])
    expect([column, mapping(column).success]).toEqual([column, true]);
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

describe('columns that may enter a model', () => {
  const meta = {
    columns: [
      { name: 'a', kind: 'numeric', role: 'feature' },
      { name: 'who', kind: 'categorical', role: 'nuisance' },
    ] as const,
    baselines: {},
    rows: 1,
    labelled: 1,
    positives: 1,
  };
  const experiment = (features: object) => experimentSchema.parse({ ...demo(), features });
  test('who looked stays out unless the experiment says so', () => {
    expect(usableColumns(meta, experiment({}))).toEqual(['a']);
    expect(usableColumns(meta, experiment({ nuisance: 'include' }))).toEqual(['a', 'who']);
    expect(() => usableColumns(meta, experiment({ include: ['a', 'who'] }))).toThrow(/who.*says who looked/);
  });
  test('an unknown column is named with those that exist', () => {
    expect(() => usableColumns(meta, experiment({ exclude: ['b'] }))).toThrow(
      /unknown feature b; the source has: a, who/,
    );
  });
});
