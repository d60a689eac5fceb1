import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { experimentSchema } from '../../../../domain/schemas/experiment';
import { usableColumns } from '../../../../domain/rules/feature-selection';

const examples = path.resolve(__dirname, '../../../../docs/examples');
const demo = () =>
  parse(fs.readFileSync(path.join(examples, 'demo-register.yaml'), 'utf8')) as Record<string, Record<string, unknown>>;

describe('columns that may enter a model', () => {
  const meta = {
    columns: [
      { name: 'a', kind: 'numeric', role: 'feature' },
      { name: 'who', kind: 'categorical', role: 'nuisance' },
    ] as const,
    baselines: {},
    rows: 1,
    labeled: 1,
    positives: 1,
  };
  const experiment = (features: object) => experimentSchema.parse({ ...demo(), features });
  test('caseworker columns stay out unless the experiment includes them', () => {
    expect(usableColumns(meta, experiment({}))).toEqual(['a']);
    expect(usableColumns(meta, experiment({ nuisance: 'include' }))).toEqual(['a', 'who']);
    expect(() => usableColumns(meta, experiment({ include: ['a', 'who'] }))).toThrow(/who.*identifies the caseworker/);
  });
  test('an unknown column is named with those that exist', () => {
    expect(() => usableColumns(meta, experiment({ exclude: ['b'] }))).toThrow(
      /unknown feature b; the source has: a, who/,
    );
  });
});
