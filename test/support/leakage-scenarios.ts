import { Rng } from '../../domain/rng';
import { type DatedRow, type Fold, testsFold, trainsFold } from '../../domain/rules/training-splits';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { LeakageContext } from '../../models/leakage/types';

const FOLDS: readonly Fold[] = [
  { id: 'fold-1', trainKnownBefore: '2023-01-01', testFrom: '2023-01-01', testUntil: '2023-07-01' },
];
const day = (n: number) => new Date(Date.UTC(2021, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);

export interface ScenarioOptions {
  readonly rows?: number;
  readonly entities?: number;
  /** How strongly the first number bears on the outcome; 4 is a legitimately dominant feature. */
  readonly strength?: number;
}

/** A matrix without leakage: numbers that bear on the outcome more or less, gaps, words, drifting base rates. */
export function cleanScenario(
  seed: number,
  { rows = 400, entities = 150, strength = 1 }: ScenarioOptions = {},
): LeakageContext {
  const rng = new Rng('clean world', seed);
  const columns: MatrixColumn[] = [
    ...Array.from({ length: 8 }, (_, i) => ({ name: `x${i}`, kind: 'numeric' as const, role: 'feature' as const })),
    { name: 'months_known', kind: 'numeric', role: 'feature' },
    { name: 'practice_type', kind: 'categorical', role: 'feature' },
  ];
  const numeric = new Map(columns.filter((c) => c.kind === 'numeric').map((c) => [c.name, new Float64Array(rows)]));
  const categorical = new Map([
    ['practice_type', [] as string[]],
    ['caseworker', [] as string[]],
  ]);
  const data: MatrixData = {
    n: rows,
    rowId: Array.from({ length: rows }, (_, i) => `K-${String(i).padStart(6, '0')}`),
    entity: [],
    asOf: [],
    group: [],
    label: new Float64Array(rows),
    labelKnownOn: [],
    amountOre: new Float64Array(rows).fill(Number.NaN),
    numeric,
    categorical,
  };
  for (let row = 0; row < rows; row++) {
    const opened = Math.floor((row / rows) * 900);
    const x0 = rng.normal();
    const logit = -1.2 + strength * x0 + 0.5 * (opened / 900);
    const positive = rng.chance(1 / (1 + Math.exp(-logit)));
    const type = rng.pick(['FALE', 'FYNO', 'TANN']);
    data.entity.push(`P${rng.below(entities)}`);
    data.asOf.push(`${day(opened).slice(0, 7)}-01`);
    data.group.push(type);
    data.label[row] = positive ? 1 : 0;
    data.labelKnownOn.push(day(opened + 40 + Math.min(450, Math.round(rng.lognormal(120, 0.4)))));
    if (positive) data.amountOre[row] = Math.round(rng.lognormal(9_000_000, 0.7));
    for (let i = 0; i < 8; i++)
      numeric.get(`x${i}`)![row] =
        i === 0 ? x0 : i === 1 && rng.chance(0.2) ? Number.NaN : rng.normal() + (i === 2 ? 0.3 * x0 : 0);
    numeric.get('months_known')![row] = 6 + rng.below(200);
    categorical.get('practice_type')!.push(type);
    categorical.get('caseworker')!.push(`team-${rng.below(8)}`);
  }
  return {
    data,
    columns,
    folds: FOLDS,
    knownUntil: '2025-01-01',
    nuisanceAllowed: false,
    trains: trainsFold,
    tests: testsFold,
  };
}

/** The scenario with one more numeric column. */
export function withColumn(scenario: LeakageContext, name: string, value: (row: number) => number): LeakageContext {
  const numeric = new Map(scenario.data.numeric).set(
    name,
    Float64Array.from({ length: scenario.data.n }, (_, row) => value(row)),
  );
  return {
    ...scenario,
    data: { ...scenario.data, numeric },
    columns: [...scenario.columns, { name, kind: 'numeric', role: 'feature' }],
  };
}

export function withWords(
  scenario: LeakageContext,
  name: string,
  value: (row: number) => string,
  role: 'feature' | 'nuisance' = 'feature',
): LeakageContext {
  const categorical = new Map(scenario.data.categorical).set(
    name,
    Array.from({ length: scenario.data.n }, (_, row) => value(row)),
  );
  return {
    ...scenario,
    data: { ...scenario.data, categorical },
    columns: [...scenario.columns, { name, kind: 'categorical', role }],
  };
}

export const withData = (scenario: LeakageContext, over: Partial<MatrixData>): LeakageContext => ({
  ...scenario,
  data: { ...scenario.data, ...over },
});
export const always = (_row: DatedRow, _fold: Fold) => true;
