import { UtplukkError } from '../domain/errors';
import type { MatrixColumn, MatrixData } from '../domain/schemas/matrix';
import { testsFold, trainsFold } from '../domain/rules/training-splits';
import { amountsOf, fitAmounts, MIN_AMOUNTS } from '../models/amounts/amount-model';
import { storeModel, restoreModel, type StoredModel } from '../models/registered-model';
import { loadBackend, type Tf } from '../models/backend';
import { withProfile } from '../models/baselines/baselines';
import { fitRankNormalizer } from '../models/calibration/rank-normalizer';
import { explain } from '../models/explain/explanations';
import { checkEnough, fitFamily, type FittedModel, type PopulationInputs } from '../models/training/fit';
import { checkEncoder, checkLeakage, type LeakageReport } from '../models/leakage/leakage-check';
import { pretrainingColumns, pretrainingOf } from '../models/training/pretraining';
import { scoreRows } from '../models/scoring';
import { fitTrainingRanges, detectOutOfDistribution } from '../models/ood/training-ranges';
import { type TrialResult, runTrial } from '../models/tuning/rolling-origin-cv';
import { canonical } from '../platform/artifacts/hash';
import { ArtifactStore } from '../platform/artifacts/store';
import { readMatrix } from '../platform/matrices/read-matrix';
import { evaluate } from './evaluate-job';
import type {
  ComputeJob,
  ComputeResults,
  FinalOutcome,
  FoldOutcome,
  FoldPredictions,
  MatrixFile,
  PopulationScores,
  ScoreOutcome,
  ShardScores,
} from './jobs';

type JobOf<K extends ComputeJob['kind']> = Extract<ComputeJob, { kind: K }>;

const usedColumns = (matrix: MatrixFile): MatrixColumn[] =>
  matrix.meta.columns.filter((column) => matrix.use.includes(column.name));
/** The rows of a matrix as models see them. */
async function modelRows(matrix: MatrixFile, store: ArtifactStore, shard?: { index: number; of: number }) {
  const columns = usedColumns(matrix);
  return withProfile(await readMatrix(matrix.file, columns, store.temporary(), shard), columns, matrix.meta);
}
const datedRow = (data: MatrixData, row: number) => ({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] });
const allRows = (data: MatrixData) => Array.from({ length: data.n }, (_, i) => i);
const positives = (data: MatrixData, rows: readonly number[]) => rows.filter((row) => data.label[row] === 1).length;

async function fold(job: JobOf<'fold'>, store: ArtifactStore): Promise<FoldOutcome> {
  const who = job.withNuisance
    ? job.matrix.meta.columns.filter(({ role }) => role === 'nuisance').map(({ name }) => name)
    : [];
  const { data, columns: all } = await modelRows({ ...job.matrix, use: [...job.matrix.use, ...who] }, store);
  const columns = all.filter(({ name }) => !who.includes(name));
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
  const population = job.population && (await populationInputsOf(job.population, store));
  const fit = (used: readonly MatrixColumn[], from?: PopulationInputs) => {
    const fitted = fitFamily(tf, job.family, data, used, train, job.seed, from);
    const others = fitted.encoded.rows.filter((row) => row >= data.n);
    const [leakage] = checkEncoder(fitted.model.encoder, fitted.encoded.data, used, [...train, ...others]);
    if (leakage)
      throw new UtplukkError(
        'LeakageFound',
        `fold ${job.fold.id}: ${leakage.detail}`,
        'This is an error of the program: report it.',
      );
    return { ...fitted, others: others.length };
  };
  const amounts = job.amounts ? fitAmounts(data, job.matrix.meta, job.matrix.use, train) : undefined;
  const predictions = (model: FittedModel): string => {
    const found: FoldPredictions = {
      fold: job.fold.id,
      family: job.family.family,
      rowIds: test.map((row) => data.rowId[row]!),
      scores: [...scoreRows(tf, model, data, test)],
      ...(amounts ? { amountNok: amountsOf(amounts, data, test) } : {}),
    };
    return store.put(canonical(found));
  };
  const from = populationInputs(job, population);
  const { model, validationLoss, others } = fit(columns, from);
  return {
    predictionsSha256: predictions(model),
    trainRows: train.length,
    trainPositives: positives(data, train),
    testRows: test.length,
    testPositives: positives(data, test),
    validationLoss,
    weightsSha256: store.put(storeModel(model).weights),
    ...(who.length > 0 ? { nuisanceSha256: predictions(fit(all).model) } : {}),
    ...(who.length > 0 && from ? { nuisanceBaseSha256: predictions(fit(columns).model) } : {}),
    ...(population ? { populationSha256: store.put(canonical(populationScores(tf, model, job, population))) } : {}),
    ...(job.puBagging && population ? { unlabeledRows: others } : {}),
  };
}

/** All active providers as models see them, with what pretraining reads even where models do not. */
const populationInputsOf = async (population: MatrixFile, store: ArtifactStore): Promise<MatrixData> =>
  (await modelRows({ ...population, use: [...population.use, ...pretrainingColumns(population.meta)] }, store)).data;

/** What a fit is given of everybody. */
function populationInputs(
  { puBagging, pretrain, population: file }: Pick<JobOf<'fold'>, 'puBagging' | 'pretrain' | 'population'>,
  population: MatrixData | undefined,
): PopulationInputs | undefined {
  if (!file || !population || !(puBagging ?? pretrain)) return undefined;
  return { population, settings: puBagging, pretrain: pretrain && pretrainingOf(population, file.meta) };
}

function populationScores(
  tf: Tf,
  model: FittedModel,
  { fold: { id }, family: { family } }: JobOf<'fold'>,
  data: MatrixData,
): PopulationScores {
  return { fold: id, family, entities: data.entity, scores: [...scoreRows(tf, model, data, allRows(data))] };
}

async function trial(job: JobOf<'trial'>, store: ArtifactStore): Promise<TrialResult> {
  const { data, columns } = await modelRows(job.matrix, store);
  const train = allRows(data).filter((row) => trainsFold(datedRow(data, row), job.fold));
  const { tf } = await loadBackend();
  const population = job.population && (await populationInputsOf(job.population, store));
  return runTrial(tf, job.family, data, columns, train, job.seed, populationInputs(job, population));
}

async function final(job: JobOf<'final'>, store: ArtifactStore): Promise<FinalOutcome> {
  const { data, columns } = await modelRows(job.matrix, store);
  const rows = allRows(data).filter(
    (row) => data.labelKnownOn[row] !== undefined && data.asOf[row]! >= (job.trainFrom ?? ''),
  );
  checkEnough(data, rows, job.trainFrom ? `the matrix from ${job.trainFrom}` : 'the whole matrix');
  const { tf } = await loadBackend();
  const amounts = job.amounts ? fitAmounts(data, job.matrix.meta, job.matrix.use, rows) : undefined;
  if (job.amounts === 'needed' && !amounts)
    throw new UtplukkError(
      'NoLabels',
      `fewer than ${MIN_AMOUNTS} findings have an amount: lists cannot be ordered by expected kroner`,
      'Write `expectedNok: beside` in the experiment, or load more outcomes.',
    );
  const population = job.population && (await populationInputsOf(job.population, store));
  const { model, validationLoss } = fitFamily(
    tf,
    job.family,
    data,
    columns,
    rows,
    job.seed,
    populationInputs(job, population),
  );
  const rankNormalizer =
    job.rankNormalizer && population
      ? fitRankNormalizer(scoreRows(tf, model, population, allRows(population)))
      : undefined;
  const seen = job.flagOutOfDistribution ? fitTrainingRanges(data, columns, rows) : undefined;
  const { document, weights } = storeModel({ ...model, amounts, seen, rankNormalizer });
  return {
    modelSha256: store.put(canonical(document)),
    weightsSha256: store.put(weights),
    trainRows: rows.length,
    validationLoss,
  };
}

async function leakage(job: JobOf<'leakage'>, store: ArtifactStore): Promise<LeakageReport> {
  // All columns are read: encodings of columns that do not enter the model are looked for too.
  const data = await readMatrix(job.matrix.file, job.matrix.meta.columns, store.temporary());
  const { folds, knownUntil, nuisanceAllowed, further } = job;
  return checkLeakage(
    {
      data,
      columns: usedColumns(job.matrix),
      folds,
      knownUntil,
      nuisanceAllowed,
      trains: trainsFold,
      tests: testsFold,
    },
    further,
  );
}

async function score(job: JobOf<'score'>, store: ArtifactStore): Promise<ScoreOutcome> {
  const model = restoreModel(store.getJson<StoredModel>(job.modelSha256), store.get(job.weightsSha256));
  const { data } = await modelRows(job.matrix, store, job.shard);
  const { tf } = await loadBackend();
  const rows = allRows(data);
  const document: ShardScores = {
    entities: data.entity,
    groups: data.group,
    scores: [...scoreRows(tf, model, data, rows)],
    ...(model.seen
      ? { outOfDistribution: rows.map((row) => detectOutOfDistribution(model.seen!, data, row) !== undefined) }
      : {}),
    ...(model.amounts ? { amountNok: amountsOf(model.amounts, data, rows) } : {}),
  };
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
    throw new UtplukkError(
      'NotFound',
      `${unknown.slice(0, 3).join(', ')} was not scored`,
      'Entities stand in the list and its CSV.',
    );
  const { tf } = await loadBackend();
  return explain(
    tf,
    model,
    data,
    job.entities.map((entity) => rowOf.get(entity)!),
    job.cuts,
  );
}

/** Runs one job in this process. The only caller in production is the computing process; tests may call it too. */
export function runJob(job: ComputeJob): Promise<ComputeResults[ComputeJob['kind']]> {
  const store = new ArtifactStore(job.storeRoot);
  switch (job.kind) {
    case 'fold':
      return fold(job, store);
    case 'trial':
      return trial(job, store);
    case 'final':
      return final(job, store);
    case 'evaluate':
      return evaluate(job, store);
    case 'leakage':
      return leakage(job, store);
    case 'score':
      return score(job, store);
    case 'explain':
      return explainRows(job, store);
  }
}
