import { UtplukkError } from '../domain/errors';
import { type AmountModel, fitAmountModel, MIN_AMOUNTS } from '../models/amounts/amount-model';
import { loadBackend } from '../models/backend';
import { fitRankNormalizer } from '../models/calibration/rank-normalizer';
import { fitTrainingRanges } from '../models/ood/training-ranges';
import { storeModel } from '../models/registered-model';
import { scoreRows } from '../models/scoring';
import { fitFamily } from '../models/training/fit';
import { assertEnoughRows } from '../models/training/validation-split';
import { canonical } from '../platform/artifacts/hash';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { MatrixData } from '../domain/schemas/matrix';
import type { FinalOutcome, JobOf } from './jobs';
import { allRows, populationInputs, readModelRows, readPopulation } from './matrix-rows';

/** The fit that is frozen as a version: on all rows with a known outcome. */
export async function runFinal(job: JobOf<'final'>, store: ArtifactStore): Promise<FinalOutcome> {
  const { data, columns } = await readModelRows(job.matrix, store);
  const rows = allRows(data).filter(
    (row) => data.labelKnownOn[row] !== undefined && data.asOf[row]! >= (job.trainFrom ?? ''),
  );
  assertEnoughRows(data, rows, job.trainFrom ? `the matrix from ${job.trainFrom}` : 'the whole matrix');
  const { tf } = await loadBackend();
  const amounts = amountModel(job, data, rows);
  const population = job.population && (await readPopulation(job.population, store));
  const inputs = populationInputs(job, population);
  const { model, validationLoss } = fitFamily(tf, job.family, data, columns, rows, job.seed, inputs);
  const rankNormalizer =
    job.rankNormalizer && population
      ? fitRankNormalizer(scoreRows(tf, model, population, allRows(population)))
      : undefined;
  const trainingRanges = job.flagOutOfDistribution ? fitTrainingRanges(data, columns, rows) : undefined;
  const { document, weights } = storeModel({ ...model, amounts, trainingRanges, rankNormalizer });
  return {
    modelSha256: store.put(canonical(document)),
    weightsSha256: store.put(weights),
    trainRows: rows.length,
    validationLoss,
  };
}

/** @throws UtplukkError NoLabels where lists are ranked by amount and too few findings have one */
function amountModel(job: JobOf<'final'>, data: MatrixData, rows: readonly number[]): AmountModel | undefined {
  if (!job.amounts) return undefined;
  const model = fitAmountModel(data, job.matrix.meta, job.matrix.use, rows);
  if (!model && job.amounts === 'required')
    throw new UtplukkError(
      'NoLabels',
      `fewer than ${MIN_AMOUNTS} findings have an amount: lists cannot be ranked by expected amount`,
      'Write `expectedAmount: report` in the experiment, or load more outcomes.',
    );
  return model;
}
