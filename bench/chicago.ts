import { hasValue } from '../domain/schemas/evaluation';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnJob } from '../compute/spawn-job';
import type { MatrixFile } from '../compute/jobs';
import { invalid } from '../domain/errors';
import type { Fold } from '../domain/rules/training-splits';
import { type FamilySpec, familySchema } from '../domain/families';
import { tableMappingSchema } from '../domain/import/table-mapping';
import { ArtifactStore } from '../platform/artifacts/store';
import { ROOT } from '../platform/config/env';
import { readYaml } from '../application/experiments';
import { readTableMatrix, storeTable } from '../platform/matrices/table-matrix';
import { readMatrix } from '../platform/matrices/read-matrix';
import { type Figure, report } from './lib/results';

/** The city's split: inspections from 2 September to 31 October 2014 test what the time before trained. */
const TEST_FROM = '2014-09-02';
const TEST: Fold = { id: 'test', trainKnownBefore: TEST_FROM, testFrom: TEST_FROM, testUntil: '2014-11-01' };
const SEEDS = [1, 2, 3, 4, 5];
const INNER_FOLDS = 3;
const METRIC = 'recall-in-first-half';
/** Configurations to choose from, inside the training part. */
const CONFIGURATIONS: readonly FamilySpec[] = [
  familySchema.parse({ family: 'logistic' }),
  familySchema.parse({ family: 'mlp', hidden: [48, 24], members: 2, maxEpochs: 25, patience: 5, batchSize: 256 }),
];

interface LabeledScores {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
}

async function evaluateFamily(
  matrix: MatrixFile,
  fold: Fold,
  family: FamilySpec,
  seed: number,
  storeRoot: string,
  bootstrap: number,
): Promise<LabeledScores> {
  const { result } = await spawnJob<'fold'>({ kind: 'fold', matrix, fold, family, seed, storeRoot });
  const predictions = [{ family: family.family, sha256: result.predictionsSha256 }];
  const labeled = await spawnJob<'evaluate'>({
    kind: 'evaluate',
    predictions,
    matrix,
    ks: [50],
    bootstrap,
    seed,
    storeRoot,
  });
  return labeled.result.rows.filter(hasValue).find((row) => row.family === family.family && row.metric === METRIC)!;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * Chooses by the mean over the last parts of the training rows, each a tenth of them; the test part is not read here.
 */
async function choose(matrix: MatrixFile, storeRoot: string): Promise<FamilySpec> {
  const { asOf } = await readMatrix(matrix.file, [], path.join(storeRoot, 'tmp'));
  const days = asOf.filter((day) => day < TEST_FROM).sort();
  const cut = (i: number) => days[Math.floor(days.length * (1 - (INNER_FOLDS - i) / 10))] ?? TEST_FROM;
  const folds = Array.from({ length: INNER_FOLDS }, (_, i): Fold => ({
    id: `inner-${i}`,
    trainKnownBefore: cut(i),
    testFrom: cut(i),
    testUntil: cut(i + 1),
  }));
  const tried: { family: FamilySpec; value: number }[] = [];
  for (const family of CONFIGURATIONS) {
    const values: number[] = [];
    for (const fold of folds) values.push((await evaluateFamily(matrix, fold, family, SEEDS[0]!, storeRoot, 50)).value);
    tried.push({ family, value: mean(values) });
    process.stderr.write(
      `  ${family.family}: ${(mean(values) * 100).toFixed(1)} % on ${INNER_FOLDS} folds inside the training part\n`,
    );
  }
  return tried.reduce((a, b) => (b.value > a.value ? b : a)).family;
}

async function figuresFor(
  what: string,
  matrix: MatrixFile,
  storeRoot: string,
  target?: Figure['target'],
): Promise<Figure[]> {
  process.stderr.write(`${what}\n`);
  const family = await choose(matrix, storeRoot);
  const labeled: LabeledScores[] = [];
  for (const seed of SEEDS) labeled.push(await evaluateFamily(matrix, TEST, family, seed, storeRoot, 400));
  const percent = (pick: (j: LabeledScores) => number) => 100 * mean(labeled.map(pick));
  const baseline =
    `${family.family}, ${SEEDS.length} seeds, n ${labeled[0]!.n}; 95 % [${percent((j) => j.lo).toFixed(1)}, ` +
    `${percent((j) => j.hi).toFixed(1)}]; the city: 69 %, date order 54.7 %`;
  return [
    {
      name: `critical findings in the first half, ${what}`,
      value: percent((j) => j.value),
      unit: '%',
      baseline,
      ...(target ? { target } : {}),
    },
  ];
}

async function main(file: string | undefined): Promise<void> {
  if (!file)
    throw invalid('the inspections file is missing', 'npm run bench:chicago -- <inspections_2011_2014.csv.gz>');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-chicago-'));
  try {
    const store = new ArtifactStore(dir);
    const mapping = tableMappingSchema.parse(readYaml(path.join(ROOT, 'docs/examples/chicago/mapping.yaml')));
    const table = await readTableMatrix(store, {
      fileSha256: await storeTable(store, path.resolve(file)),
      fileName: file,
      mapping,
    });
    const columns = (nuisance: boolean) =>
      table.meta.columns.filter((column) => nuisance || column.role === 'feature').map((column) => column.name);
    const matrix = (nuisance: boolean): MatrixFile => ({
      file: store.path(table.written.fileSha256),
      meta: table.meta,
      use: columns(nuisance),
    });
    report('chicago', [
      ...(await figuresFor('with the inspector', matrix(true), dir, { at: 'least', value: 69 })),
      ...(await figuresFor('without the inspector', matrix(false), dir)),
    ]);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
