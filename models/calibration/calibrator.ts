import { Rng } from '../../domain/rng';
import type { Calibrator, StoredCalibrator } from '../../domain/schemas/calibration';
import { logLossOfProbabilities } from '../metrics/probability-metrics';
import { type CaseSourceOffset, shiftByCaseSourceOffset } from './case-source-offset';
import { fitIsotonic, isotonicProbability } from './isotonic';
import { fitPlatt, plattProbability } from './platt';
import { normalizedRankOf } from './rank-normalizer';

export function calibrated(calibrator: StoredCalibrator, score: number): number {
  const at = calibrator.rankNormalizer ? normalizedRankOf(calibrator.rankNormalizer, score) : score;
  return 'scores' in calibrator ? isotonicProbability(calibrator, at) : plattProbability(calibrator, at);
}

const PARTS = 5;
const KINDS = {
  platt: (scores: Float64Array, labels: Float64Array): Calibrator => ({ kind: 'platt', ...fitPlatt(scores, labels) }),
  isotonic: (scores: Float64Array, labels: Float64Array): Calibrator => ({
    kind: 'isotonic',
    ...fitIsotonic(scores, labels),
  }),
};

export interface Calibration {
  readonly calibrator: Calibrator;
  /** Probability of each row, its ground counted, from a calibrator that its entity took no part in. */
  readonly crossFitted: Float64Array;
  /** The same from the columns alone: what scoring promises of such a provider. */
  readonly withoutCaseSourceOffset: Float64Array;
  /** What a ground beyond the columns was worth. */
  readonly ground: CaseSourceOffset;
  /** Log loss of each kind, cross-fitted: the lower one was chosen. */
  readonly logLoss: Readonly<Record<Calibrator['kind'], number>>;
}

/**
 * Chooses between Platt and isotonic by the log loss of probabilities that are cross-fitted over entities, and fits the
 * chosen one on all out-of-fold scores. Controls that rest on more than the columns show are moved up the scale by what
 * that was worth, so that the calibrator speaks of providers of whom nothing more is known.
 *
 * @param beyond of each row; left out where nothing is known of grounds
 */
export function chooseCalibrator(
  scores: Float64Array,
  labels: Float64Array,
  entities: readonly string[],
  seed: number,
  beyond?: readonly boolean[],
): Calibration {
  const rng = new Rng(seed, 'calibration');
  const partOf = new Map(rng.shuffle([...new Set(entities)].sort()).map((entity, i) => [entity, i % PARTS]));
  const all = [...scores.keys()];
  const fit = (kind: keyof typeof KINDS, rows: readonly number[]) => {
    const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
    const [own, found] = [pick(scores), pick(labels)];
    const { moved, ground } = shiftByCaseSourceOffset(own, found, beyond && rows.map((row) => beyond[row]!));
    return { calibrator: KINDS[kind](moved, found), ground };
  };
  const cross = (kind: keyof typeof KINDS) => {
    const [own, without] = [new Float64Array(scores.length), new Float64Array(scores.length)];
    for (let part = 0; part < PARTS; part++) {
      const { calibrator, ground } = fit(
        kind,
        all.filter((row) => partOf.get(entities[row]!) !== part),
      );
      for (const row of all) {
        if (partOf.get(entities[row]!) !== part) continue;
        own[row] = calibrated(calibrator, scores[row]! + (beyond?.[row] ? ground.score : 0));
        without[row] = calibrated(calibrator, scores[row]!);
      }
    }
    return { own, without, loss: logLossOfProbabilities(own, labels) };
  };
  const tried = { platt: cross('platt'), isotonic: cross('isotonic') };
  const kind = tried.isotonic.loss < tried.platt.loss ? 'isotonic' : 'platt';
  return {
    ...fit(kind, all),
    crossFitted: tried[kind].own,
    withoutCaseSourceOffset: tried[kind].without,
    logLoss: { platt: tried.platt.loss, isotonic: tried.isotonic.loss },
  };
}
