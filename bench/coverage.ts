import { loadBackend } from '../models/backend';
import {
  bounds,
  type Candidate,
  naive,
  type PolicyEstimate,
  randomArm,
} from '../models/evaluation/off-policy-estimators';
import { ensembleOf } from './lib/ensemble-learner';
import { type Learner, replay, type ReplayConfig } from './lib/replay';
import { type Figure, report } from './lib/results';

/**
 * Do the intervals cover? The estimand is the share of the first k of a model's list that would be upheld if
 * controlled, over replays of a reduced register. With a random arm its interval has to, where the arm is large enough
 * to reach the list and where it is not; without one only the bounds may claim to. With the logistic model, and fewer
 * times with the product's default ensemble.
 */
const REPLAYS = { logistic: 2000, ensemble: 100 } as const;
const KS = [20, 80, 200] as const;
const THIN: ReplayConfig = {
  providers: 1000,
  trainingRounds: 6,
  capacity: 60,
  evaluationCapacity: 160,
  randomShare: 0.25,
};
/** The evaluation round draws a quarter of those that it does not choose, so that a list of 20 holds some of them. */
const DENSE: ReplayConfig = { ...THIN, evaluationCapacity: 400, randomShare: 0.5 };
const WITHOUT: ReplayConfig = { ...THIN, randomShare: 0 };

interface Tally {
  covered: number;
  width: number;
  bias: number;
}

/**
 * The sharpest that chance allows: those of the list that were seen, as if drawn by a known chance, with
 * the truth's own variance.
 */
function oracle(candidates: readonly Candidate[], truthOfRest: number): number {
  const rest = left(candidates);
  const expected = rest.reduce((sum, { propensity }) => sum + propensity, 0);
  if (rest.length < 2 || expected === 0) return rest.length / candidates.length;
  const variance =
    ((truthOfRest * (1 - truthOfRest)) / expected) * Math.max(0, (rest.length - expected) / (rest.length - 1));
  const half = Math.min(0.5, 1.959964 * Math.sqrt(variance));
  return (2 * half * rest.length) / candidates.length;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function tally(found: readonly { estimate: PolicyEstimate; truth: number }[]): Tally {
  return {
    covered:
      100 *
      mean(found.map(({ estimate, truth }) => (estimate.lo <= truth + 1e-12 && truth <= estimate.hi + 1e-12 ? 1 : 0))),
    width: mean(found.map(({ estimate }) => estimate.hi - estimate.lo)),
    bias: mean(found.map(({ estimate, truth }) => estimate.value - truth)),
  };
}

type Scenarios = readonly ReturnType<typeof replay>[];
const over = (set: Scenarios, k: number, estimator: (candidates: readonly Candidate[]) => PolicyEstimate) =>
  tally(set.map((scenario) => ({ estimate: estimator(scenario.candidates(k)), truth: scenario.truth(k) })));
const shown = (t: Tally) => `mean width ${t.width.toFixed(3)}, bias ${t.bias.toFixed(3)}`;

/** Those of a list that the evaluation round did not choose for certain. */
const left = (candidates: readonly Candidate[]) =>
  candidates.filter(({ labeled, propensity }) => !(labeled && propensity >= 1));

function ofArm(name: string, set: Scenarios, target: boolean): Figure[] {
  return KS.flatMap((k): Figure[] => {
    const arm = over(set, k, randomArm);
    const ideal = mean(
      set.map((scenario) =>
        oracle(scenario.candidates(k), mean(left(scenario.candidates(k)).map(({ outcome }) => outcome))),
      ),
    );
    const reached = set.map((scenario) => left(scenario.candidates(k)).filter(({ labeled }) => labeled).length);
    const withoutAny = 100 * mean(reached.map((n) => (n === 0 ? 1 : 0)));
    const drawn = `${mean(reached).toFixed(1)} drawn on the list, none in ${withoutAny.toFixed(0)} %`;
    const most = (value: number) => (target ? { target: { at: 'most', value } as const } : {});
    return [
      {
        name: `${name}, first ${k}: interval covers`,
        value: arm.covered,
        unit: '%',
        baseline: `${shown(arm)}; ${drawn}`,
        ...(target ? { target: { at: 'least', value: 93.5 } } : {}),
      },
      { name: `${name}, first ${k}: and not too often`, value: arm.covered, unit: '%', ...most(97) },
      { name: `${name}, first ${k}: width against the oracle's`, value: arm.width / ideal, unit: '×', ...most(1.5) },
    ];
  });
}

async function main(): Promise<void> {
  const scenarios = (config: ReplayConfig, count: number, learner?: Learner) =>
    Array.from({ length: count }, (_, i) => replay(config, i, learner));
  const without = scenarios(WITHOUT, REPLAYS.logistic);
  const ensemble = ensembleOf((await loadBackend()).tf);
  report('coverage', [
    ...ofArm('dense arm', scenarios(DENSE, REPLAYS.logistic), true),
    ...ofArm('thin arm', scenarios(THIN, REPLAYS.logistic), true),
    ...KS.flatMap((k): Figure[] => {
      const [limits, naively] = [over(without, k, bounds), over(without, k, naive)];
      return [
        {
          name: `no random arm, first ${k}: bounds cover`,
          value: limits.covered,
          unit: '%',
          baseline: shown(limits),
          target: { at: 'least', value: 95 },
        },
        {
          name: `no random arm, first ${k}: naive interval covers`,
          value: naively.covered,
          unit: '%',
          baseline: shown(naively),
        },
      ];
    }),
    ...ofArm(`TabM-mini, ${REPLAYS.ensemble} replays, dense arm`, scenarios(DENSE, REPLAYS.ensemble, ensemble), false),
  ]);
}

void main();
