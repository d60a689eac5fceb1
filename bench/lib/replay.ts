import { Rng } from '../../domain/rng';
import { solveCholesky } from '../../models/linalg/cholesky';
import type { Candidate } from '../../models/evaluation/off-policy-estimators';

/**
 * A simulation of the labeling process: providers with a few features, a past policy that selects by tips, rules and
 * size, outcomes that become known with a delay, some reversed on appeal. Training sees the labels known when the list
 * is made; the ground truth has the final outcomes of all providers.
 */
export interface ReplayConfig {
  readonly providers: number;
  readonly trainingRounds: number;
  /** Control cases of each training round. */
  readonly capacity: number;
  /** Control cases of the round that evaluates the list. */
  readonly evaluationCapacity: number;
  /** Share of each round's cases that the random arm draws. */
  readonly randomShare: number;
}

export interface LabeledRow {
  readonly x: Float64Array;
  readonly y: number;
}
/** Fits on the labels known when the list is made. @returns a function from features to scores, as logits */
export type Learner = (
  labeled: readonly LabeledRow[],
  seed: number,
) => (features: readonly Float64Array[]) => ArrayLike<number>;

export interface Replay {
  /** The first k of the list, as the estimators see them. */
  readonly candidates: (k: number) => Candidate[];
  /** True share of upheld findings among the first k. */
  readonly truth: (k: number) => number;
}

export const FEATURES = 6;
const EFFECTS = [1.1, -0.7, 0.5, 0, 0, 0.3];
const BASE = -1.6;
const STRICTNESS = [0.75, 0.9, 1, 1.1];
/** Probabilities of a delay of 0, 1, … rounds until an outcome is known; findings take longer. */
const DELAY = { finding: [0.1, 0.4, 0.4, 0.1], none: [0.4, 0.4, 0.2] } as const;
/** Share of findings reversed on appeal. */
const REVERSED = 0.1;

interface Provider {
  readonly x: Float64Array;
  readonly found: number;
  readonly upheld: number;
  readonly delay: number;
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

function makeProvider(rng: Rng): Provider {
  const x = Float64Array.from({ length: FEATURES }, () => rng.normal());
  const hidden = 0.8 * rng.normal(); // not in the features, but known to informants
  const chance =
    logistic(BASE + hidden + x.reduce((sum, value, j) => sum + EFFECTS[j]! * value, 0)) * rng.pick(STRICTNESS);
  const found = rng.chance(Math.min(0.98, chance)) ? 1 : 0;
  const upheld = found === 1 && !rng.chance(REVERSED) ? 1 : 0;
  return { x: Float64Array.of(...x, hidden), found, upheld, delay: rng.weighted(found ? DELAY.finding : DELAY.none) };
}

/** Control cases of one round: the past policy's highest attention first, then a random draw among all others. */
function round(
  rng: Rng,
  providers: readonly Provider[],
  free: ReadonlySet<number>,
  { capacity, randomShare }: ReplayConfig,
) {
  const random = Math.round(capacity * randomShare);
  const attention = (i: number) =>
    (rng.chance(logistic(providers[i]!.x[FEATURES]! * 1.5 - 2.5)) ? 1.4 : 0) +
    0.4 * providers[i]!.x[0]! +
    0.3 * providers[i]!.x[5]! +
    0.7 * rng.normal();
  const order = [...free].map((i) => ({ i, score: attention(i) })).sort((a, b) => b.score - a.score);
  const chosen = order.slice(0, capacity - random).map(({ i }) => i);
  const rest = order
    .slice(capacity - random)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
  const drawn = rng.shuffle(rest).slice(0, random);
  return { chosen, drawn, chance: random / Math.max(1, rest.length) };
}

/** Ridge logistic regression by Newton's method. */
export const ridge: Learner = (rows) => {
  const d = FEATURES + 1;
  let w: Float64Array = new Float64Array(d);
  for (let step = 0; step < 12; step++) {
    const gradient = Float64Array.from(w, (weight, j) => (j < FEATURES ? weight : 0));
    const hessian = new Float64Array(d * d);
    for (let j = 0; j < d; j++) hessian[j * d + j] = j < FEATURES ? 1 : 1e-6;
    for (const { x, y } of rows) {
      const input = [...x, 1];
      const p = logistic(input.reduce((sum, value, j) => sum + value * w[j]!, 0));
      for (let i = 0; i < d; i++) {
        gradient[i]! += (p - y) * input[i]!;
        for (let j = 0; j < d; j++) hessian[i * d + j]! += p * (1 - p) * input[i]! * input[j]!;
      }
    }
    const change = solveCholesky(hessian, gradient);
    w = w.map((weight, j) => weight - change[j]!);
  }
  return (providers) => providers.map((x) => x.reduce((sum, value, j) => sum + value * w[j]!, w[FEATURES]!));
};

export function replay(config: ReplayConfig, seed: number, learner: Learner = ridge): Replay {
  const rng = new Rng('replay', seed);
  // Providers of the training rounds and of the evaluation are of the same distribution.
  const past = Array.from({ length: config.providers }, () => makeProvider(rng));
  const labeled: LabeledRow[] = [];
  const featuresOf = ({ x }: Provider) => x.subarray(0, FEATURES);
  const free = new Set(past.keys());
  for (let r = 0; r < config.trainingRounds; r++) {
    const { chosen, drawn } = round(rng, past, free, config);
    for (const i of [...chosen, ...drawn]) {
      free.delete(i);
      // Known before the list is made. A reversal comes later, so some labels are not final.
      if (r + past[i]!.delay < config.trainingRounds) labeled.push({ x: featuresOf(past[i]!), y: past[i]!.found });
    }
  }
  const providers = Array.from({ length: config.providers }, () => makeProvider(rng));
  const scores = learner(labeled, seed)(providers.map(featuresOf));
  const order = [...providers.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const status = new Map<number, 'chosen' | 'drawn'>();
  const { chosen, drawn, chance } = round(rng, providers, new Set(providers.keys()), {
    ...config,
    capacity: config.evaluationCapacity,
  });
  for (const i of chosen) status.set(i, 'chosen');
  for (const i of drawn) status.set(i, 'drawn');
  const candidates = (k: number) =>
    order.slice(0, k).map((i): Candidate => ({
      listed: true,
      labeled: status.has(i),
      outcome: providers[i]!.upheld,
      propensity: status.get(i) === 'chosen' ? 1 : chance,
      predicted: logistic(scores[i]!),
    }));
  return { candidates, truth: (k) => order.slice(0, k).reduce((sum, i) => sum + providers[i]!.upheld, 0) / k };
}
