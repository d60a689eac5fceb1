import { Rng } from '../../domain/rng';
import { solveSpd } from '../../models/linalg/cholesky';
import type { Candidate } from '../../models/evaluation/off-policy-estimators';

/**
 * A reduced register replayed: providers with a few figures, a past policy that picks by tips, rules and size, outcomes known
 * late, some reversed after an appeal. Training sees what was known when the list was made; the truth sees everything.
 */
export interface ReplayConfig {
  readonly providers: number;
  readonly trainingRounds: number;
  readonly slots: number;
  /** Slots of the round that the list is judged by: its random arm is drawn once, after those chosen for certain. */
  readonly evaluationSlots: number;
  /** Share of each round's slots that is drawn at random. */
  readonly randomShare: number;
}

export interface KnownRow {
  readonly x: Float64Array;
  readonly y: number;
}
/** Learns from what was known when the list was made. @returns scores of providers, as logits */
export type Learner = (
  known: readonly KnownRow[],
  seed: number,
) => (figures: readonly Float64Array[]) => ArrayLike<number>;

export interface Replay {
  /** The list's rows first to last, as the estimators see them, for each k. */
  readonly candidates: (k: number) => Candidate[];
  readonly truth: (k: number) => number;
}

export const FIGURES = 6;
const EFFECTS = [1.1, -0.7, 0.5, 0, 0, 0.3];
const BASE = -1.6;
const STRICTNESS = [0.75, 0.9, 1, 1.1];
/** Rounds until an outcome is known; findings take longer. */
const DELAY = { finding: [0.1, 0.4, 0.4, 0.1], none: [0.4, 0.4, 0.2] } as const;
const REVERSED = 0.1;

interface Provider {
  readonly x: Float64Array;
  readonly found: number;
  readonly upheld: number;
  readonly delay: number;
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

function makeProvider(rng: Rng): Provider {
  const x = Float64Array.from({ length: FIGURES }, () => rng.normal());
  const hidden = 0.8 * rng.normal(); // what no figure tells, and tips know
  const chance =
    logistic(BASE + hidden + x.reduce((sum, value, j) => sum + EFFECTS[j]! * value, 0)) * rng.pick(STRICTNESS);
  const found = rng.chance(Math.min(0.98, chance)) ? 1 : 0;
  const upheld = found === 1 && !rng.chance(REVERSED) ? 1 : 0;
  return { x: Float64Array.of(...x, hidden), found, upheld, delay: rng.weighted(found ? DELAY.finding : DELAY.none) };
}

/** Who is controlled in one round: the past policy's first, then a draw among the rest. */
function round(
  rng: Rng,
  providers: readonly Provider[],
  free: ReadonlySet<number>,
  { slots, randomShare }: ReplayConfig,
) {
  const random = Math.round(slots * randomShare);
  const attention = (i: number) =>
    (rng.chance(logistic(providers[i]!.x[FIGURES]! * 1.5 - 2.5)) ? 1.4 : 0) +
    0.4 * providers[i]!.x[0]! +
    0.3 * providers[i]!.x[5]! +
    0.7 * rng.normal();
  const order = [...free].map((i) => ({ i, score: attention(i) })).sort((a, b) => b.score - a.score);
  const chosen = order.slice(0, slots - random).map(({ i }) => i);
  const rest = order
    .slice(slots - random)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
  const drawn = rng.shuffle(rest).slice(0, random);
  return { chosen, drawn, chance: random / Math.max(1, rest.length) };
}

/** Ridge logistic regression by Newton's method. */
export const ridge: Learner = (rows) => {
  const d = FIGURES + 1;
  let w: Float64Array = new Float64Array(d);
  for (let step = 0; step < 12; step++) {
    const gradient = Float64Array.from(w, (weight, j) => (j < FIGURES ? weight : 0));
    const hessian = new Float64Array(d * d);
    for (let j = 0; j < d; j++) hessian[j * d + j] = j < FIGURES ? 1 : 1e-6;
    for (const { x, y } of rows) {
      const input = [...x, 1];
      const p = logistic(input.reduce((sum, value, j) => sum + value * w[j]!, 0));
      for (let i = 0; i < d; i++) {
        gradient[i]! += (p - y) * input[i]!;
        for (let j = 0; j < d; j++) hessian[i * d + j]! += p * (1 - p) * input[i]! * input[j]!;
      }
    }
    const change = solveSpd(hessian, gradient);
    w = w.map((weight, j) => weight - change[j]!);
  }
  return (providers) => providers.map((x) => x.reduce((sum, value, j) => sum + value * w[j]!, w[FIGURES]!));
};

export function replay(config: ReplayConfig, seed: number, learner: Learner = ridge): Replay {
  const rng = new Rng('replay', seed);
  // Training providers and judged providers are of one population; each period has its own potential outcomes.
  const past = Array.from({ length: config.providers }, () => makeProvider(rng));
  const known: KnownRow[] = [];
  const figures = ({ x }: Provider) => x.subarray(0, FIGURES);
  const free = new Set(past.keys());
  for (let r = 0; r < config.trainingRounds; r++) {
    const { chosen, drawn } = round(rng, past, free, config);
    for (const i of [...chosen, ...drawn]) {
      free.delete(i);
      // Known before the list is made; a reversal comes later still, so the label may be one that will not stand.
      if (r + past[i]!.delay < config.trainingRounds) known.push({ x: figures(past[i]!), y: past[i]!.found });
    }
  }
  const providers = Array.from({ length: config.providers }, () => makeProvider(rng));
  const scores = learner(known, seed)(providers.map(figures));
  const order = [...providers.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const status = new Map<number, 'chosen' | 'drawn'>();
  const { chosen, drawn, chance } = round(rng, providers, new Set(providers.keys()), {
    ...config,
    slots: config.evaluationSlots,
  });
  for (const i of chosen) status.set(i, 'chosen');
  for (const i of drawn) status.set(i, 'drawn');
  const candidates = (k: number) =>
    order.slice(0, k).map((i): Candidate => ({
      listed: true,
      controlled: status.has(i),
      outcome: providers[i]!.upheld,
      propensity: status.get(i) === 'chosen' ? 1 : chance,
      predicted: logistic(scores[i]!),
    }));
  return { candidates, truth: (k) => order.slice(0, k).reduce((sum, i) => sum + providers[i]!.upheld, 0) / k };
}
