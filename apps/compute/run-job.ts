import { UtplukkError } from '../../domain/errors';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import { testsFold, trainsFold } from '../../domain/rules/time-splits';
import { storeModel, restoreModel, type StoredModel } from '../../models/artifact';
import { loadBackend } from '../../models/backend';
import { baselineColumns, baselineScores, withProfile } from '../../models/baselines/baselines';
import { type Contender, evaluateRun } from '../../models/evaluation/evaluate';
import { explain } from '../../models/explain/reasons';
import { checkEnough, fitFamily } from '../../models/fit';
import { checkEncoder, checkLeaks, type LeakCertificate } from '../../models/leaks/leak-check';
import { scoreRows } from '../../models/score';
import { canonical } from '../../platform/artifacts/hash';
import { ArtifactStore } from '../../platform/artifacts/store';
import { readMatrix } from '../../platform/snapshots/read-matrix';
import type {
  ComputeJob,
  ComputeResults,
  EvaluateOutcome,
  FinalOutcome,
  FoldOutcome,
  FoldPredictions,
  MatrixFile,
  ScoreOutcome,
  ShardScores,
} from '../../activities/compute/jobs';

type JobOf<K extends ComputeJob['kind']> = Extract<ComputeJob, { kind: K }>;

const usedColumns = (matrix: MatrixFile): MatrixColumn[] => matrix.meta.columns.filter((column) => matrix.use.includes(column.name));
/** The rows of a matrix as models see them. */
async function modelRows(matrix: MatrixFile, store: ArtifactStore, shard?: { index: number; of: number }) {
  const columns = usedColumns(matrix);
  return withProfile(await readMatrix(matrix.file, columns, store.temporary(), shard), columns, matrix.meta);
}
const datedRow = (data: MatrixData, row: number) => ({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] });
const allRows = (data: MatrixData) => Array.from({ length: data.n }, (_, i) => i);
const positives = (data: MatrixData, rows: readonly number[]) => rows.filter((row) => data.label[row] === 1).length;

async function fold(job: JobOf<'fold'>, store: ArtifactStore): Promise<FoldOutcome> {
  const { data, columns } = await modelRows(job.matrix, store);
  const train = allRows(data).filter((row) => trainsFold(datedRow(data, row), job.fold));
  const test = allRows(data).filter((row) => testsFold(datedRow(data, row), job.fold));
  checkEnough(data, train, `fold ${job.fold.id} (outcomes known before ${job.fold.trainKnownBefore})`);
  if (test.length === 0) {
    const part = `${job.fold.testFrom} to ${job.fold.testUntil}`;
    throw new UtplukkError(
      'NoLabels',
      `fold ${job.fold.id} has no known outcome to test on (${part})`,
      'Choose other dates, or load more outcomes.',
    );
  }
  const { tf } = await loadBackend();
  const { model, validationLoss } = fitFamily(tf, job.family, data, columns, train, job.seed);
  const [leak] = checkEncoder(model.encoder, data, columns, train);
  if (leak) throw new UtplukkError('LeakFound', `fold ${job.fold.id}: ${leak.detail}`, 'This is an error of the program: report it.');
  const predictions: FoldPredictions = {
    fold: job.fold.id,
    family: job.family.family,
    rowIds: test.map((row) => data.rowId[row]!),
    scores: [...scoreRows(tf, model, data, test)],
  };
  return {
    predictionsSha256: store.put(canonical(predictions)),
    trainRows: train.length,
    trainPositives: positives(data, train),
    testRows: test.length,
    testPositives: positives(data, test),
    validationLoss,
    weightsSha256: store.put(storeModel(model).weights),
  };
}

async function final(job: JobOf<'final'>, store: ArtifactStore): Promise<FinalOutcome> {
  const { data, columns } = await modelRows(job.matrix, store);
  const rows = allRows(data).filter((row) => data.labelKnownOn[row] !== undefined && data.asOf[row]! >= (job.trainFrom ?? ''));
  checkEnough(data, rows, job.trainFrom ? `the matrix from ${job.trainFrom}` : 'the whole matrix');
  const { tf } = await loadBackend();
  const { model, validationLoss } = fitFamily(tf, job.family, data, columns, rows, job.seed);
  const { document, weights } = storeModel(model);
  return { modelSha256: store.put(canonical(document)), weightsSha256: store.put(weights), trainRows: rows.length, validationLoss };
}

async function evaluate(job: JobOf<'evaluate'>, store: ArtifactStore): Promise<EvaluateOutcome> {
  const wanted = baselineColumns(job.matrix.meta);
  const data = await readMatrix(job.matrix.file, job.matrix.meta.columns.filter(({ name }) => wanted.includes(name)), store.temporary()); // prettier-ignore
  const rowOf = new Map(data.rowId.map((id, row) => [id, row]));
  const byFamily = new Map<string, { rows: number[]; scores: number[]; folds: string[] }>();
  for (const { family, sha256 } of job.predictions) {
    const part = store.getJson<FoldPredictions>(sha256);
    const all = byFamily.get(family) ?? { rows: [], scores: [], folds: [] };
    part.rowIds.forEach((id, i) => {
      all.rows.push(rowOf.get(id)!);
      all.scores.push(part.scores[i]!);
      all.folds.push(part.fold);
    });
    byFamily.set(family, all);
  }
  const tested = [...byFamily.values()][0] ?? { rows: [], scores: [], folds: [] };
  const hasAmounts = data.amountOre.some((amount) => amount > 0);
  const contender = (family: string, isModel: boolean, { rows, folds }: typeof tested, scores: ArrayLike<number>): Contender => ({
    family,
    isModel,
    judged: {
      scores,
      labels: rows.map((row) => data.label[row]!),
      ...(hasAmounts ? { kroner: rows.map((row) => (data.label[row] === 1 ? (data.amountOre[row] ?? 0) / 100 : 0)) } : {}),
      entities: rows.map((row) => data.entity[row]!),
      rowIds: rows.map((row) => data.rowId[row]!),
    },
    groups: rows.map((row) => data.group[row]!),
    periods: folds,
  });
  const baselines = [...baselineScores(data, job.matrix.meta, tested.rows, job.seed)];
  const { document, calibrators } = evaluateRun(
    [
      ...[...byFamily].map(([family, all]) => contender(family, true, all, all.scores)),
      ...baselines.map(([name, scores]) => contender(name, false, tested, scores)),
    ],
    { ks: job.ks, bootstrap: job.bootstrap, seed: job.seed },
  );
  const testPositives = positives(data, tested.rows);
  return { documentSha256: store.put(canonical(document)), rows: document.rows, testRows: tested.rows.length, testPositives, calibrators };
}

async function leaks(job: JobOf<'leaks'>, store: ArtifactStore): Promise<LeakCertificate> {
  // All columns are read: encodings of columns that do not enter the model are looked for too.
  const data = await readMatrix(job.matrix.file, job.matrix.meta.columns, store.temporary());
  const { folds, knownUntil, nuisanceAllowed, further } = job;
  return checkLeaks(
    { data, columns: usedColumns(job.matrix), folds, knownUntil, nuisanceAllowed, trains: trainsFold, tests: testsFold },
    further,
  );
}

async function score(job: JobOf<'score'>, store: ArtifactStore): Promise<ScoreOutcome> {
  const model = restoreModel(store.getJson<StoredModel>(job.modelSha256), store.get(job.weightsSha256));
  const { data } = await modelRows(job.matrix, store, job.shard);
  const { tf } = await loadBackend();
  const scores = scoreRows(tf, model, data, allRows(data));
  const document: ShardScores = { entities: data.entity, groups: data.group, scores: [...scores] };
  return { scoresSha256: store.put(canonical(document)), rows: data.n };
}

async function explainRows(job: JobOf<'explain'>, store: ArtifactStore): Promise<ComputeResults['explain']> {
  const model = restoreModel(store.getJson<StoredModel>(job.modelSha256), store.get(job.weightsSha256));
  if (model.background.length === 0)
    throw new UtplukkError(
      'InvalidInput',
      'this version was frozen before versions carried a mean row',
      'Train and promote a new version.',
    );
  const { data } = await modelRows(job.matrix, store);
  const rowOf = new Map(data.entity.map((entity, row) => [entity, row]));
  const unknown = job.entities.filter((entity) => !rowOf.has(entity));
  if (unknown.length > 0)
    throw new UtplukkError('NotFound', `${unknown.slice(0, 3).join(', ')} was not scored`, 'Entities stand in the list and its CSV.');
  const { tf } = await loadBackend();
  return explain(tf, model, data, job.entities.map((entity) => rowOf.get(entity)!), job.cut); // prettier-ignore
}

/** Runs one job in this process. The only caller in production is the computing process; tests may call it too. */
export function runJob(job: ComputeJob): Promise<ComputeResults[ComputeJob['kind']]> {
  const store = new ArtifactStore(job.storeRoot);
  switch (job.kind) {
    case 'fold':
      return fold(job, store);
    case 'final':
      return final(job, store);
    case 'evaluate':
      return evaluate(job, store);
    case 'leaks':
      return leaks(job, store);
    case 'score':
      return score(job, store);
    case 'explain':
      return explainRows(job, store);
  }
}
