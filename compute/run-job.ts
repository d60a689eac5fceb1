import { UtplukkError } from '../domain/errors';
import { testsFold, trainsFold } from '../domain/rules/training-splits';
import { expectedAmounts } from '../models/amounts/amount-model';
import { loadBackend } from '../models/backend';
import { explain } from '../models/explain/explanations';
import { checkLeakage, type LeakageReport } from '../models/leakage/leakage-check';
import { detectOutOfDistribution } from '../models/ood/training-ranges';
import { restoreModel, type StoredModel } from '../models/registered-model';
import { scoreRows } from '../models/scoring';
import type { FittedModel } from '../models/training/fitted-model';
import { crossValidate, type TrialResult } from '../models/tuning/rolling-origin-cv';
import { canonical } from '../platform/artifacts/hash';
import { ArtifactStore } from '../platform/artifacts/store';
import { readMatrix } from '../platform/matrices/read-matrix';
import { evaluate } from './evaluate-job';
import type { ComputeJob, ComputeResults, JobOf, ScoreOutcome, ShardScores } from './jobs';
import { allRows, datedRow, populationInputs, readModelRows, readPopulation, usedColumns } from './matrix-rows';
import { runFinal } from './run-final';
import { runFold } from './run-fold';

async function trial(job: JobOf<'trial'>, store: ArtifactStore): Promise<TrialResult> {
  const { data, columns } = await readModelRows(job.matrix, store);
  const train = allRows(data).filter((row) => trainsFold(datedRow(data, row), job.fold));
  const { tf } = await loadBackend();
  const population = job.population && (await readPopulation(job.population, store));
  return crossValidate(tf, job.family, data, columns, train, job.seed, populationInputs(job, population));
}

async function leakage(job: JobOf<'leakage'>, store: ArtifactStore): Promise<LeakageReport> {
  // All columns are read: numbers are also compared with means over categories that do not enter the model.
  const data = await readMatrix(job.matrix.file, job.matrix.meta.columns, store.temporary());
  const { folds, knownUntil, nuisanceAllowed, further } = job;
  const columns = usedColumns(job.matrix);
  return checkLeakage(
    { data, columns, folds, knownUntil, nuisanceAllowed, trains: trainsFold, tests: testsFold },
    further,
  );
}

const registeredModel = (
  { modelSha256, weightsSha256 }: Pick<JobOf<'score'>, 'modelSha256' | 'weightsSha256'>,
  store: ArtifactStore,
): FittedModel => restoreModel(store.getJson<StoredModel>(modelSha256), store.get(weightsSha256));

async function score(job: JobOf<'score'>, store: ArtifactStore): Promise<ScoreOutcome> {
  const model = registeredModel(job, store);
  const { data } = await readModelRows(job.matrix, store, job.shard);
  const { tf } = await loadBackend();
  const rows = allRows(data);
  const { trainingRanges: ranges, amounts } = model;
  const document: ShardScores = {
    entities: data.entity,
    groups: data.group,
    scores: [...scoreRows(tf, model, data, rows)],
    ...(ranges
      ? { outOfDistribution: rows.map((row) => detectOutOfDistribution(ranges, data, row) !== undefined) }
      : {}),
    ...(amounts ? { amountNok: expectedAmounts(amounts, data, rows) } : {}),
  };
  return { scoresSha256: store.put(canonical(document)), rows: data.n };
}

async function explainRows(job: JobOf<'explain'>, store: ArtifactStore): Promise<ComputeResults['explain']> {
  const model = registeredModel(job, store);
  const { data } = await readModelRows(job.matrix, store);
  const rowOf = new Map(data.entity.map((entity, row) => [entity, row]));
  const unknown = job.entities.filter((entity) => !rowOf.has(entity));
  if (unknown.length > 0)
    throw new UtplukkError(
      'NotFound',
      `${unknown.slice(0, 3).join(', ')} was not scored`,
      'The list and its CSV name the scored entities.',
    );
  const { tf } = await loadBackend();
  const rows = job.entities.map((entity) => rowOf.get(entity)!);
  return explain(tf, model, data, rows, job.selectionThresholds);
}

/** Runs one job in this process. In production only the compute process calls it. */
export function runJob(job: ComputeJob): Promise<ComputeResults[ComputeJob['kind']]> {
  const store = new ArtifactStore(job.storeRoot);
  switch (job.kind) {
    case 'fold':
      return runFold(job, store);
    case 'trial':
      return trial(job, store);
    case 'final':
      return runFinal(job, store);
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
