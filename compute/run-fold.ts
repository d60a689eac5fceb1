import { UtplukkError } from '../domain/errors';
import { testsFold, trainsFold } from '../domain/rules/training-splits';
import type { MatrixColumn, MatrixData } from '../domain/schemas/matrix';
import { type AmountModel, expectedAmounts, fitAmountModel } from '../models/amounts/amount-model';
import { loadBackend, type Tf } from '../models/backend';
import { checkEncoder } from '../models/leakage/leakage-check';
import { storeModel } from '../models/registered-model';
import { scoreRows } from '../models/scoring';
import { type Fit, fitFamily, type PopulationInputs } from '../models/training/fit';
import type { FittedModel } from '../models/training/fitted-model';
import { assertEnoughRows, countFindings } from '../models/training/validation-split';
import { canonical } from '../platform/artifacts/hash';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { FoldOutcome, FoldPredictions, JobOf, PopulationScores } from './jobs';
import { allRows, datedRow, populationInputs, readModelRows, readPopulation } from './matrix-rows';

/** The rows of one fold, as its fits and predictions use them. */
interface FoldContext {
  readonly tf: Tf;
  readonly job: JobOf<'fold'>;
  readonly store: ArtifactStore;
  readonly data: MatrixData;
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly amounts: AmountModel | undefined;
}

/** Fits one family on the training rows of a fold, and scores its test rows and population. */
export async function runFold(job: JobOf<'fold'>, store: ArtifactStore): Promise<FoldOutcome> {
  const nuisance = job.withNuisance
    ? job.matrix.meta.columns.filter(({ role }) => role === 'nuisance').map(({ name }) => name)
    : [];
  const rows = await readModelRows({ ...job.matrix, use: [...job.matrix.use, ...nuisance] }, store);
  const { data, columns: allColumns } = rows;
  const columns = allColumns.filter(({ name }) => !nuisance.includes(name));
  const { train, test } = rowsOfFold(job, data);
  const { tf } = await loadBackend();
  const population = job.population && (await readPopulation(job.population, store));
  const amounts = job.amounts ? fitAmountModel(data, job.matrix.meta, job.matrix.use, train) : undefined;
  const context: FoldContext = { tf, job, store, data, train, test, amounts };
  const inputs = populationInputs(job, population);
  const { model, validationLoss, encoderInput } = fit(context, columns, inputs);
  const withNuisance = nuisance.length > 0;
  return {
    predictionsSha256: storePredictions(context, model),
    trainRows: train.length,
    trainPositives: countFindings(data, train),
    testRows: test.length,
    testPositives: countFindings(data, test),
    validationLoss,
    weightsSha256: store.put(storeModel(model).weights),
    ...(withNuisance ? { nuisanceSha256: storePredictions(context, fit(context, allColumns).model) } : {}),
    ...(withNuisance && inputs ? { nuisanceBaseSha256: storePredictions(context, fit(context, columns).model) } : {}),
    ...(population ? { populationSha256: storePopulationScores(context, model, population) } : {}),
    ...(job.puBagging && population ? { unlabeledRows: encoderInput.rows.filter((row) => row >= data.n).length } : {}),
  };
}

/** @throws UtplukkError NoLabels where there are too few training rows, or no test rows */
function rowsOfFold({ fold }: JobOf<'fold'>, data: MatrixData): { train: number[]; test: number[] } {
  const train = allRows(data).filter((row) => trainsFold(datedRow(data, row), fold));
  const test = allRows(data).filter((row) => testsFold(datedRow(data, row), fold));
  assertEnoughRows(data, train, `fold ${fold.id} (outcomes known before ${fold.trainKnownBefore})`);
  if (test.length === 0)
    throw new UtplukkError(
      'NoLabels',
      `fold ${fold.id} has no known outcome to test on (${fold.testFrom} to ${fold.testUntil})`,
      'Choose other dates, or load more outcomes.',
    );
  return { train, test };
}

/** Fits, and checks that preprocessing used the training rows alone. @throws UtplukkError LeakageFound */
function fit(
  { tf, job, data, train }: FoldContext,
  columns: readonly MatrixColumn[],
  population?: PopulationInputs,
): Fit {
  const fitted = fitFamily(tf, job.family, data, columns, train, job.seed, population);
  const { data: matrix, rows } = fitted.encoderInput;
  const unlabeled = rows.filter((row) => row >= data.n);
  const [leakage] = checkEncoder(fitted.model.encoder, matrix, columns, [...train, ...unlabeled]);
  if (leakage)
    throw new UtplukkError(
      'LeakageFound',
      `fold ${job.fold.id}: ${leakage.detail}`,
      'This is an error of the program: report it.',
    );
  return fitted;
}

function storePredictions({ tf, job, store, data, test, amounts }: FoldContext, model: FittedModel): string {
  const predictions: FoldPredictions = {
    fold: job.fold.id,
    family: job.family.family,
    rowIds: test.map((row) => data.rowId[row]!),
    scores: [...scoreRows(tf, model, data, test)],
    ...(amounts ? { amountNok: expectedAmounts(amounts, data, test) } : {}),
  };
  return store.put(canonical(predictions));
}

function storePopulationScores({ tf, job, store }: FoldContext, model: FittedModel, population: MatrixData): string {
  const scores: PopulationScores = {
    fold: job.fold.id,
    family: job.family.family,
    entities: population.entity,
    scores: [...scoreRows(tf, model, population, allRows(population))],
  };
  return store.put(canonical(scores));
}
