import type { EvaluationDocument } from '../domain/schemas/evaluation';
import type { MatrixData } from '../domain/schemas/matrix';
import { baselineScores } from '../models/baselines/baselines';
import { calibrated } from '../models/calibration/calibrator';
import { caseworkerEffects } from '../models/evaluation/caseworker-effect';
import { evaluateRun } from '../models/evaluation/evaluate';
import { rankByExpectedAmount } from '../models/evaluation/expected-amount';
import type { EvaluationSettings, ScoredModel } from '../models/evaluation/scored-model';
import { canonical } from '../platform/artifacts/hash';
import type { ArtifactStore } from '../platform/artifacts/store';
import {
  familyPredictions,
  type FamilyPredictions,
  normalizedRanksOfRows,
  predictionsOf,
  readEvaluationColumns,
  scoredModelFactory,
  type TestPredictions,
} from './evaluation-inputs';
import { evaluateOnPopulation } from './evaluate-population';
import type { EvaluateOutcome, JobOf } from './jobs';

const NO_PREDICTIONS: TestPredictions = { rows: [], scores: [], folds: [], amountNok: undefined };

/** Evaluates families and baselines on labeled test rows and on the population, and the caseworker effect. */
export async function evaluate(job: JobOf<'evaluate'>, store: ArtifactStore): Promise<EvaluateOutcome> {
  const data = await readEvaluationColumns(job.matrix, store);
  const byFamily = familyPredictions(job, store, data);
  const tested = [...byFamily.values()][0] ?? NO_PREDICTIONS;
  const settings = { ks: job.ks, bootstrap: job.bootstrap, seed: job.seed, adjustFor: job.adjustFor };
  const models = [...byFamily].map(([family, predictions]) => ({
    scoredModel: scoredFamily(job, data, family, predictions),
    amountNok: predictions.amountNok,
  }));
  const byAmount = models.flatMap(({ scoredModel, amountNok }) =>
    amountNok && hasUpheldAmount(scoredModel) ? [rankByExpectedAmount(scoredModel, amountNok, settings)] : [],
  );
  const toScoredModel = scoredModelFactory(data);
  const baselines = [...baselineScores(data, job.matrix.meta, tested.rows, job.seed)].map(([name, scores]) =>
    toScoredModel(name, false, tested, scores),
  );
  const labeled = evaluateRun(
    [...models.map(({ scoredModel }) => scoredModel), ...byAmount.map(({ scoredModel }) => scoredModel), ...baselines],
    settings,
  );
  const effects = caseworkerEffectsOf(job, store, data, settings);
  const population = job.populations?.length ? await evaluateOnPopulation(job, store, data, byFamily) : undefined;
  const document: EvaluationDocument = {
    ...labeled.document,
    ...(byAmount.length > 0 ? { amounts: byAmount.map(({ report }) => report) } : {}),
    ...(effects.length > 0 ? { caseworkerEffects: effects } : {}),
    ...(population ? { population } : {}),
  };
  return {
    documentSha256: store.put(canonical(document)),
    rows: document.rows,
    testRows: tested.rows.length,
    testPositives: tested.rows.filter((row) => data.label[row] === 1).length,
    calibrators: labeled.calibrators,
  };
}

/** Predictions of one family, with the probabilities of its frozen calibrator where there is one. */
function scoredFamily(
  { frozen }: JobOf<'evaluate'>,
  data: MatrixData,
  family: string,
  predictions: FamilyPredictions,
): ScoredModel {
  const calibrator = frozen?.[family];
  const { normalizedRanks } = predictions;
  return {
    ...scoredModelFactory(data)(family, true, predictions, predictions.scores),
    ...(normalizedRanks ? { normalizedRanks: normalizedRanksOfRows(predictions, normalizedRanks) } : {}),
    ...(calibrator ? { predictedProbability: predictions.scores.map((score) => calibrated(calibrator, score)) } : {}),
  };
}

const hasUpheldAmount = ({ labeled }: ScoredModel) =>
  labeled.amountNok !== undefined && Array.from(labeled.amountNok).some((amountNok) => amountNok > 0);

/** Of families that were fitted a second time with the caseworker columns. */
function caseworkerEffectsOf(
  job: JobOf<'evaluate'>,
  store: ArtifactStore,
  data: MatrixData,
  settings: EvaluationSettings,
) {
  const toScoredModel = scoredModelFactory(data);
  const families = new Set(job.predictions.filter(({ nuisanceSha256 }) => nuisanceSha256).map(({ family }) => family));
  return [...families].flatMap((family) => {
    const labeled = (predictions: TestPredictions) =>
      toScoredModel(family, true, predictions, predictions.scores).labeled;
    const withColumns = predictionsOf(job, store, data, family, ({ nuisanceSha256 }) => nuisanceSha256!);
    const without = predictionsOf(
      job,
      store,
      data,
      family,
      ({ nuisanceBaseSha256, sha256 }) => nuisanceBaseSha256 ?? sha256,
    );
    return caseworkerEffects(family, { without: labeled(without), withColumns: labeled(withColumns) }, settings);
  });
}
