import { Rng } from '../../domain/rng';
import type { Calibrator, StoredCalibrator } from '../../domain/schemas/calibration';
import { logLossOfProbabilities } from '../metrics/probability-metrics';
import { type CaseSourceOffset, shiftByCaseSourceOffset } from './case-source-offset';
import { fitIsotonic, isotonicProbability } from './isotonic';
import { fitPlatt, plattProbability } from './platt';
import { normalizedRankOf } from './rank-normalizer';

/** Calibrated probability of a raw score; of a normal score where the calibrator has no rank normalizer of its own. */
export function calibrated(calibrator: StoredCalibrator, score: number): number {
  const input = calibrator.rankNormalizer ? normalizedRankOf(calibrator.rankNormalizer, score) : score;
  return calibrator.kind === 'isotonic' ? isotonicProbability(calibrator, input) : plattProbability(calibrator, input);
}

const FOLDS = 5;
const FITTERS = {
  platt: (scores: Float64Array, labels: Float64Array): Calibrator => ({ kind: 'platt', ...fitPlatt(scores, labels) }),
  isotonic: (scores: Float64Array, labels: Float64Array): Calibrator => ({
    kind: 'isotonic',
    ...fitIsotonic(scores, labels),
  }),
};
type Kind = keyof typeof FITTERS;

export interface Calibration {
  readonly calibrator: Calibrator;
  /** Cross-fitted probability of each row, with its case-source offset; no row's entity took part in its calibrator. */
  readonly crossFitted: Float64Array;
  /** The same without the offset, as scoring predicts for a provider without a case. */
  readonly withoutCaseSourceOffset: Float64Array;
  readonly caseSourceOffset: CaseSourceOffset;
  /** Cross-fitted log loss of each kind: the lower one was selected. */
  readonly logLoss: Readonly<Record<Kind, number>>;
}

/** Out-of-fold scores to calibrate. */
interface CalibrationData {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
  /** Rows whose case source says more than the columns; undefined where nothing is known of case sources. */
  readonly hasOffset: readonly boolean[] | undefined;
}

/**
 * Selects Platt scaling or isotonic regression by the log loss of probabilities cross-fitted over entities, and fits
 * the selected one on all rows. Covariate-adjusted: scores of cases opened on a tip are shifted by the case-source
 * offset first, so that the calibrator describes providers of whom nothing more than the columns is known.
 *
 * @param scores out-of-fold scores, one a row
 * @param hasOffset whether a row's case source says more than the columns; left out where no source is known
 */
export function selectCalibrator(
  scores: Float64Array,
  labels: Float64Array,
  entities: readonly string[],
  seed: number,
  hasOffset?: readonly boolean[],
): Calibration {
  const data = { scores, labels, hasOffset };
  const rng = new Rng(seed, 'calibration');
  const foldOf = new Map(rng.shuffle([...new Set(entities)].sort()).map((entity, i) => [entity, i % FOLDS]));
  const folds = entities.map((entity) => foldOf.get(entity)!);
  const results = { platt: crossFit('platt', data, folds), isotonic: crossFit('isotonic', data, folds) };
  const kind = results.isotonic.logLoss < results.platt.logLoss ? 'isotonic' : 'platt';
  return {
    ...fitOn(kind, data, [...scores.keys()]),
    crossFitted: results[kind].withOffset,
    withoutCaseSourceOffset: results[kind].withoutOffset,
    logLoss: { platt: results.platt.logLoss, isotonic: results.isotonic.logLoss },
  };
}

function fitOn(kind: Kind, { scores, labels, hasOffset }: CalibrationData, rows: readonly number[]) {
  const select = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  const ownLabels = select(labels);
  const mask = hasOffset && rows.map((row) => hasOffset[row]!);
  const { shifted, caseSourceOffset } = shiftByCaseSourceOffset(select(scores), ownLabels, mask);
  return { calibrator: FITTERS[kind](shifted, ownLabels), caseSourceOffset };
}

/** Probabilities of each row by the calibrator of the other folds. */
function crossFit(kind: Kind, data: CalibrationData, folds: readonly number[]) {
  const { scores, labels, hasOffset } = data;
  const rows = [...scores.keys()];
  const withOffset = new Float64Array(scores.length);
  const withoutOffset = new Float64Array(scores.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const { calibrator, caseSourceOffset } = fitOn(
      kind,
      data,
      rows.filter((row) => folds[row] !== fold),
    );
    for (const row of rows.filter((own) => folds[own] === fold)) {
      withOffset[row] = calibrated(calibrator, scores[row]! + (hasOffset?.[row] ? caseSourceOffset.scoreShift : 0));
      withoutOffset[row] = calibrated(calibrator, scores[row]!);
    }
  }
  return { withOffset, withoutOffset, logLoss: logLossOfProbabilities(withOffset, labels) };
}
