import {
  type Estimate,
  type Estimator,
  ESTIMATORS,
  type ListEstimate,
  type MISSING,
  type PopulationReport,
  type SwapEstimate,
} from '../../domain/schemas/evaluation';
import type { Platt } from '../../domain/schemas/calibration';
import { shiftByCaseSourceOffset } from '../calibration/case-source-offset';
import { fitPlatt, plattProbability } from '../calibration/platt';
import { bootstrapWeights, percentileInterval, rankOrder } from '../metrics/ranking-metrics';
import {
  bounds,
  type Candidate,
  doublyRobust,
  inverseProbability,
  naive,
  type PolicyEstimate,
  randomArm,
} from './off-policy-estimators';

/** All active providers at the start of one test part, and those of them that were controlled within it. */
export interface PopulationPart {
  readonly fold: string;
  readonly asOf: string;
  readonly entities: readonly string[];
  /** Controls opened in the part whose outcome is known, by entity. `probability` is the stored chance of selection. */
  readonly controls: ReadonlyMap<string, { readonly label: number; readonly probability: number | undefined }>;
}

/** A control of a test part as one family scored it before its outcome was known. */
export interface PastControl {
  readonly fold: string;
  readonly entity: string;
  readonly score: number;
  readonly label: number;
  readonly amountNok: number | undefined;
  /** Whether it rests on more than any column shows. */
  readonly beyond?: boolean | undefined;
}

/** One way to order all active providers of every part, in the order of `PopulationPart.entities`. */
export interface PopulationRanking {
  readonly family: string;
  readonly scores: readonly ArrayLike<number>[];
  /** Of models only: what their probabilities are put to scale by. */
  readonly controls?: readonly PastControl[] | undefined;
}

interface Settings {
  readonly ks: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

const SCORE_MATCHED = 'providers that were not controlled have findings as often as controlled ones of the same score';
const SCORE_AND_GROUND = `${SCORE_MATCHED} that nothing beyond the columns pointed at`;
const WHY_NOT: Readonly<Record<(typeof MISSING)[number], string>> = {
  'no-draw': 'none given: no control of these parts carries a stored chance of selection (no random arm)',
  'unequal-draw': 'none given: stored chances differ, and those of providers that were not drawn are not known',
  'no-probability': 'none given: a baseline has no probability',
  'no-caseload':
    'none given: it needs the whole caseload of a decider, those passed over too, which the register does not hold',
};
type Told = Pick<ListEstimate, 'estimate' | 'missing' | 'assumption'>;
const none = (missing: (typeof MISSING)[number]): Told => ({ estimate: null, missing, assumption: WHY_NOT[missing] });
/** Draws of the calibration; more change no digit that is shown. */
const MOST_DRAWS = 200;
/** Stored chances of one draw may differ by rounding. */
const EQUAL = 0.01;

/** Judges lists drawn from everybody, not from the controlled alone. The same arguments give the same report. */
export function evaluatePopulation(
  parts: readonly PopulationPart[],
  rankings: readonly PopulationRanking[],
  settings: Settings,
): Omit<PopulationReport, 'groups'> {
  const chances = parts.map(chanceOf);
  const smallest = Math.min(...parts.map(({ entities }) => entities.length));
  const ks = [...settings.ks.filter((k) => k <= smallest), 0];
  const lists: ListEstimate[] = [];
  const swap: SwapEstimate[] = [];
  for (const ranking of rankings) {
    const orders = parts.map(({ entities }, p) =>
      rankOrder({ scores: ranking.scores[p]!, rowIds: entities }, settings.seed),
    );
    const scale = ranking.controls && new Scale(ranking.controls, settings);
    for (const k of ks) lists.push(...listEstimates(parts, chances, ranking, orders, k, scale));
    if (scale && ranking.controls.length > 0) swap.push(swapOf(parts, ranking, orders, scale));
  }
  const shown = parts.map(({ fold, asOf, entities, controls }) => {
    const drawn = [...controls.values()].filter(
      ({ probability }) => probability !== undefined && probability < 1,
    ).length;
    return { fold, asOf, providers: entities.length, controlled: controls.size, drawn };
  });
  return { parts: shown, lists, swap };
}

/** Chance of the part's draw, where it had one and the same for everybody; undefined without one, NaN where chances differ. */
function chanceOf({ controls }: PopulationPart): number | undefined {
  const drawn = [...controls.values()].flatMap(({ probability }) =>
    probability !== undefined && probability < 1 ? [probability] : [],
  );
  if (drawn.length === 0) return undefined;
  const [least, most] = [Math.min(...drawn), Math.max(...drawn)];
  return most - least <= EQUAL * most ? drawn.reduce((sum, p) => sum + p, 0) / drawn.length : Number.NaN;
}

/**
 * Probabilities of a score: of providers never controlled by all controls, of a controlled one by the others' alone. They are
 * those of providers of whom nothing is known beyond the columns.
 */
class Scale {
  readonly #whole: Platt;
  readonly #without: ReadonlyMap<string, Platt>;
  readonly draws: readonly { readonly platt: Platt; readonly weights: Float64Array }[];

  constructor(
    readonly controls: readonly PastControl[],
    { bootstrap, seed }: Settings,
  ) {
    const scores = controls.map(({ score }) => score);
    const labels = controls.map(({ label }) => label);
    const entities = controls.map(({ entity }) => entity);
    const fit = (rows: readonly number[]) => {
      const [own, found] = [rows.map((row) => scores[row]!), Float64Array.from(rows, (row) => labels[row]!)];
      return fitPlatt(
        shiftByCaseSourceOffset(
          own,
          found,
          rows.map((row) => controls[row]!.beyond === true),
        ).moved,
        found,
      );
    };
    const all = [...controls.keys()];
    this.#whole = fit(all);
    const names = [...new Set(entities)].sort();
    const partOf = new Map(names.map((entity, i) => [entity, i % CROSS_PARTS]));
    const byPart = Array.from({ length: CROSS_PARTS }, (_, part) =>
      fit(all.filter((row) => partOf.get(entities[row]!) !== part)),
    );
    this.#without = new Map(names.map((entity) => [entity, byPart[partOf.get(entity)!]!]));
    this.draws = [...bootstrapWeights(entities, Math.min(bootstrap, MOST_DRAWS), seed)].map((weights) => ({
      weights,
      platt: fit(all.flatMap((row) => Array<number>(weights[row]!).fill(row))),
    }));
  }

  predicted = (entity: string, score: number): number =>
    plattProbability(this.#without.get(entity) ?? this.#whole, score);
  probability = (score: number, platt: Platt = this.#whole): number => plattProbability(platt, score);
}
const CROSS_PARTS = 5;

function listEstimates(
  parts: readonly PopulationPart[],
  chances: readonly (number | undefined)[],
  { family, scores }: PopulationRanking,
  orders: readonly (readonly number[])[],
  k: number,
  scale: Scale | undefined,
): ListEstimate[] {
  const listed = parts.flatMap((part, p) =>
    (k === 0 ? orders[p]! : orders[p]!.slice(0, k)).map((row): Candidate & { score: number } => {
      const entity = part.entities[row]!;
      const control = part.controls.get(entity);
      const score = scores[p]![row]!;
      // Who was controlled without a draw was so for certain; the others stood in the part's draw.
      const propensity = control ? (control.probability ?? 1) : (chances[p] ?? 0);
      return {
        listed: true,
        controlled: control !== undefined,
        outcome: control?.label ?? 0,
        propensity,
        predicted: scale?.predicted(entity, score) ?? 0.5,
        score,
      };
    }),
  );
  const why = chances.every((chance) => chance === undefined)
    ? 'no-draw'
    : chances.some(Number.isNaN)
      ? 'unequal-draw'
      : undefined;
  const drawn = (estimator: (rows: readonly Candidate[]) => PolicyEstimate) => () =>
    why ? none(why) : told(estimator(listed));
  const matchedByScore = () =>
    scale
      ? {
          estimate: matched(listed, scale),
          missing: null,
          assumption: scale.controls.some(({ beyond }) => beyond) ? SCORE_AND_GROUND : SCORE_MATCHED,
        }
      : none('no-probability');
  const by: Record<Estimator, () => Told> = {
    naive: () => told(naive(listed)),
    'score-matched': matchedByScore,
    'inverse-probability': drawn(inverseProbability),
    'doubly-robust': scale ? drawn(doublyRobust) : () => none(why ?? 'no-probability'),
    'random-arm': drawn(randomArm),
    contraction: () => none('no-caseload'),
    bounds: () => told(bounds(listed)),
  };
  return ESTIMATORS.map((estimator) => ({ family, k, estimator, ...by[estimator]() }));
}

const told = ({ value, lo, hi, n, assumption }: PolicyEstimate): Told => ({
  estimate: { value, lo, hi, n },
  missing: null,
  assumption,
});

/** Outcomes where they are known, probabilities of the score where they are not; the interval is the calibration's. */
function matched(listed: readonly (Candidate & { score: number })[], scale: Scale): Estimate {
  const known = listed.reduce((sum, { controlled, outcome }) => sum + (controlled ? outcome : 0), 0);
  const unknown = listed.filter(({ controlled }) => !controlled);
  const share = (of: (score: number) => number) =>
    (known + unknown.reduce((sum, { score }) => sum + of(score), 0)) / listed.length;
  const value = share((score) => scale.probability(score));
  const draws = scale.draws.map(({ platt }) => share((score) => scale.probability(score, platt)));
  return { value, ...percentileInterval(draws, value), n: scale.controls.length };
}

function swapOf(
  parts: readonly PopulationPart[],
  { family, scores }: PopulationRanking,
  orders: readonly (readonly number[])[],
  scale: Scale,
): SwapEstimate {
  const { controls } = scale;
  const count = Math.max(1, Math.round(controls.length / 10));
  const ids = controls.map(({ fold, entity }, i) => `${fold} ${entity} ${i}`);
  const worst = rankOrder({ scores: controls.map(({ score }) => -score), rowIds: ids }, 0).slice(0, count);
  const replacements = parts.flatMap((part, p) => {
    const wanted = worst.filter((row) => controls[row]!.fold === part.fold).length;
    return orders[p]!.filter((row) => !part.controls.has(part.entities[row]!))
      .slice(0, wanted)
      .map((row) => scores[p]![row]!);
  });
  const hasAmounts = controls.some(({ amountNok }) => amountNok !== undefined);
  const measure = (platt: Platt | undefined, weights: ArrayLike<number> | undefined) => {
    const weight = (row: number) => weights?.[row] ?? 1;
    const mean = (rows: readonly number[], of: (row: PastControl) => number) =>
      rows.reduce((sum, row) => sum + weight(row) * of(controls[row]!), 0) /
      Math.max(
        1e-9,
        rows.reduce((sum, row) => sum + weight(row), 0),
      );
    const found = [...controls.keys()].filter((row) => controls[row]!.label === 1);
    const expected =
      replacements.reduce((sum, score) => sum + scale.probability(score, platt), 0) / Math.max(1, replacements.length);
    const amountNok = mean(worst, (row) => row.amountNok ?? 0);
    const findings = mean(worst, ({ label }) => label);
    return {
      findings,
      amountNok,
      gain: expected - findings,
      gainNok: expected * mean(found, (row) => row.amountNok ?? 0) - amountNok,
    };
  };
  const point = measure(undefined, undefined);
  // A draw without any of the replaced controls says nothing of them.
  const draws = scale.draws
    .filter(({ weights }) => worst.some((row) => weights[row]! > 0))
    .map(({ platt, weights }) => measure(platt, weights));
  const estimate = (of: (m: ReturnType<typeof measure>) => number, n: number): Estimate => ({
    value: of(point),
    ...percentileInterval(draws.map(of), of(point)),
    n,
  });
  return {
    family,
    replaced: count,
    observed: {
      findings: estimate((m) => m.findings, count),
      amountNok: hasAmounts ? estimate((m) => m.amountNok, count) : null,
    },
    gain: {
      findings: estimate((m) => m.gain, replacements.length),
      amountNok: hasAmounts ? estimate((m) => m.gainNok, replacements.length) : null,
    },
    bounds: { lo: -point.findings, hi: 1 - point.findings },
  };
}
