import {
  type Estimate,
  type Estimator,
  ESTIMATORS,
  type ListEstimate,
  type MissingReason,
  type PopulationReport,
  type SwapEstimate,
} from '../../domain/schemas/evaluation';
import { percentileInterval, rankOrder } from '../metrics/ranking-metrics';
import {
  bounds,
  type Candidate,
  doublyRobust,
  inverseProbability,
  naive,
  type PolicyEstimate,
  randomArm,
} from './off-policy-estimators';
import { PopulationCalibrator } from './population-calibrator';
import type { PopulationPart, PopulationRanking } from './population-ranking';
import { swapSetAnalysis } from './swap-set';

interface Settings {
  readonly ks: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

const OUTCOME_MODEL = 'unlabeled providers have findings as often as labelled ones of the same score';
const ADJUSTED_OUTCOME_MODEL = `${OUTCOME_MODEL} whose case source says no more than the columns`;
const MISSING_TEXTS: Readonly<Record<MissingReason, string>> = {
  'no-draw': 'not estimated: no case of these parts has a stored chance of selection (no random arm)',
  'unequal-draw': 'not estimated: stored chances differ, and those of providers that were not drawn are not known',
  'no-probability': 'not estimated: a baseline has no probability',
  'no-caseload':
    'not estimated: it needs the whole caseload of a decision maker, also the cases not opened, which the register ' +
    'lacks',
};
/** Stored chances of one draw may differ by rounding. */
const EQUAL_CHANCE_TOLERANCE = 0.01;

type EstimateOrReason = Pick<ListEstimate, 'estimate' | 'missing' | 'assumption'>;
const missingEstimate = (missing: MissingReason): EstimateOrReason => ({
  estimate: null,
  missing,
  assumption: MISSING_TEXTS[missing],
});
const toEstimate = ({ value, lo, hi, n, assumption }: PolicyEstimate): EstimateOrReason => ({
  estimate: { value, lo, hi, n },
  missing: null,
  assumption,
});

/**
 * Evaluates lists drawn from the population, not from labelled providers alone. The same arguments give the same
 * report.
 */
export function evaluatePopulation(
  parts: readonly PopulationPart[],
  rankings: readonly PopulationRanking[],
  settings: Settings,
): Omit<PopulationReport, 'groups'> {
  const chances = parts.map(drawChance);
  const smallest = Math.min(...parts.map(({ entities }) => entities.length));
  const ks = [...settings.ks.filter((k) => k <= smallest), 0];
  const lists: ListEstimate[] = [];
  const swap: SwapEstimate[] = [];
  for (const ranking of rankings) {
    const orders = parts.map(({ entities }, p) =>
      rankOrder({ scores: ranking.scores[p]!, rowIds: entities }, settings.seed),
    );
    const calibrator = ranking.cases && new PopulationCalibrator(ranking.cases, settings);
    for (const k of ks) {
      const candidates = candidatesOf(parts, chances, ranking, orders, k, calibrator);
      lists.push(...listEstimates(ranking.family, k, candidates, chances, calibrator));
    }
    if (calibrator && calibrator.cases.length > 0) swap.push(swapSetAnalysis(parts, ranking, orders, calibrator));
  }
  return { parts: parts.map(countsOf), lists, swap };
}

const drawnCases = ({ cases }: PopulationPart): number[] =>
  [...cases.values()].flatMap(({ probability }) => (probability !== undefined && probability < 1 ? [probability] : []));

const countsOf = (part: PopulationPart): PopulationReport['parts'][number] => ({
  fold: part.fold,
  asOf: part.asOf,
  providers: part.entities.length,
  labeled: part.cases.size,
  drawn: drawnCases(part).length,
});

/**
 * Chance of the part's random draw, where it is the same for all; undefined without a draw, NaN where chances differ.
 */
function drawChance(part: PopulationPart): number | undefined {
  const chances = drawnCases(part);
  if (chances.length === 0) return undefined;
  const [lowest, highest] = [Math.min(...chances), Math.max(...chances)];
  if (highest - lowest > EQUAL_CHANCE_TOLERANCE * highest) return Number.NaN;
  return chances.reduce((sum, p) => sum + p, 0) / chances.length;
}

type ScoredCandidate = Candidate & { readonly score: number };

/** The first k of every part's list; with k 0 the whole population. */
function candidatesOf(
  parts: readonly PopulationPart[],
  chances: readonly (number | undefined)[],
  { scores }: PopulationRanking,
  orders: readonly (readonly number[])[],
  k: number,
  calibrator: PopulationCalibrator | undefined,
): ScoredCandidate[] {
  return parts.flatMap((part, p) =>
    (k === 0 ? orders[p]! : orders[p]!.slice(0, k)).map((row): ScoredCandidate => {
      const entity = part.entities[row]!;
      const own = part.cases.get(entity);
      const score = scores[p]![row]!;
      return {
        listed: true,
        labeled: own !== undefined,
        outcome: own?.label ?? 0,
        // A case without a stored chance was certain; all others took part in the draw.
        propensity: own ? (own.probability ?? 1) : (chances[p] ?? 0),
        predicted: calibrator?.predicted(entity, score) ?? 0.5,
        score,
      };
    }),
  );
}

function listEstimates(
  family: string,
  k: number,
  listed: readonly ScoredCandidate[],
  chances: readonly (number | undefined)[],
  calibrator: PopulationCalibrator | undefined,
): ListEstimate[] {
  const noDraw = chances.every((chance) => chance === undefined)
    ? 'no-draw'
    : chances.some(Number.isNaN)
      ? 'unequal-draw'
      : undefined;
  const byDraw = (estimator: (rows: readonly Candidate[]) => PolicyEstimate) =>
    noDraw ? missingEstimate(noDraw) : toEstimate(estimator(listed));
  const estimates: Record<Estimator, EstimateOrReason> = {
    naive: toEstimate(naive(listed)),
    'outcome-model': calibrator ? outcomeModelEstimate(listed, calibrator) : missingEstimate('no-probability'),
    'inverse-probability': byDraw(inverseProbability),
    'doubly-robust': calibrator ? byDraw(doublyRobust) : missingEstimate(noDraw ?? 'no-probability'),
    'random-arm': byDraw(randomArm),
    contraction: missingEstimate('no-caseload'),
    bounds: toEstimate(bounds(listed)),
  };
  return ESTIMATORS.map((estimator) => ({ family, k, estimator, ...estimates[estimator] }));
}

/**
 * Direct method: known outcomes, and calibrated probabilities where there is none. The interval is the calibration's.
 */
function outcomeModelEstimate(listed: readonly ScoredCandidate[], calibrator: PopulationCalibrator): EstimateOrReason {
  const findings = listed.reduce((sum, { labeled, outcome }) => sum + (labeled ? outcome : 0), 0);
  const unlabeled = listed.filter(({ labeled }) => !labeled);
  const share = (probabilityOf: (score: number) => number) =>
    (findings + unlabeled.reduce((sum, { score }) => sum + probabilityOf(score), 0)) / listed.length;
  const value = share((score) => calibrator.probability(score));
  const draws = calibrator.draws.map(({ platt }) => share((score) => calibrator.probability(score, platt)));
  const estimate: Estimate = { value, ...percentileInterval(draws, value), n: calibrator.cases.length };
  const isAdjusted = calibrator.cases.some(({ hasOffset }) => hasOffset);
  return { estimate, missing: null, assumption: isAdjusted ? ADJUSTED_OUTCOME_MODEL : OUTCOME_MODEL };
}
