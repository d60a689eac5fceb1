import { Rng } from '../../domain/rng';
import type { Calibrator, StoredCalibrator } from '../../domain/schemas/calibration';
import { logLossOfProbabilities } from '../metrics/probability-metrics';
import { fitIsotonic, isotonicProbability } from './isotonic';
import { fitPlatt, plattProbability } from './platt';

export const calibrated = (calibrator: StoredCalibrator, score: number): number =>
  'scores' in calibrator ? isotonicProbability(calibrator, score) : plattProbability(calibrator, score);

const PARTS = 5;
const KINDS = {
  platt: (scores: Float64Array, labels: Float64Array): Calibrator => ({ kind: 'platt', ...fitPlatt(scores, labels) }),
  isotonic: (scores: Float64Array, labels: Float64Array): Calibrator => ({ kind: 'isotonic', ...fitIsotonic(scores, labels) }),
};

export interface Calibration {
  readonly calibrator: Calibrator;
  /** Probability of each row from a calibrator that its entity took no part in. */
  readonly crossFitted: Float64Array;
  /** Log loss of each kind, cross-fitted: the lower one was chosen. */
  readonly logLoss: Readonly<Record<Calibrator['kind'], number>>;
}

/**
 * Chooses between Platt and isotonic by the log loss of probabilities that are cross-fitted over entities, and fits the
 * chosen one on all out-of-fold scores.
 */
export function chooseCalibrator(scores: Float64Array, labels: Float64Array, entities: readonly string[], seed: number): Calibration {
  const rng = new Rng(seed, 'calibration');
  const partOf = new Map(rng.shuffle([...new Set(entities)].sort()).map((entity, i) => [entity, i % PARTS]));
  const cross = (kind: keyof typeof KINDS) => {
    const out = new Float64Array(scores.length);
    for (let part = 0; part < PARTS; part++) {
      const rows = [...scores.keys()];
      const train = rows.filter((row) => partOf.get(entities[row]!) !== part);
      const pick = (values: Float64Array) => Float64Array.from(train, (row) => values[row]!);
      const fitted = KINDS[kind](pick(scores), pick(labels));
      for (const row of rows) if (partOf.get(entities[row]!) === part) out[row] = calibrated(fitted, scores[row]!);
    }
    return { out, loss: logLossOfProbabilities(out, labels) };
  };
  const tried = { platt: cross('platt'), isotonic: cross('isotonic') };
  const kind = tried.isotonic.loss < tried.platt.loss ? 'isotonic' : 'platt';
  return {
    calibrator: KINDS[kind](scores, labels),
    crossFitted: tried[kind].out,
    logLoss: { platt: tried.platt.loss, isotonic: tried.isotonic.loss },
  };
}
