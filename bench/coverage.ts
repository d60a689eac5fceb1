import { bounds, type Candidate, naive, type PolicyEstimate, randomArm } from '../models/evaluation/estimators';
import { replay, type ReplayDials } from './lib/replay';
import { type Figure, report } from './lib/results';

/**
 * Do the intervals cover? The estimand is the share of the first k of a model's list that would be upheld if controlled,
 * over replays of a reduced register. With a random arm its interval has to; without one only the bounds may claim to.
 */
const REPLAYS = 2000;
const KS = [20, 80, 200] as const;
const WITH_ARM: ReplayDials = { actors: 1000, trainingRounds: 6, slots: 60, judgingSlots: 160, randomShare: 0.25 };
const WITHOUT: ReplayDials = { ...WITH_ARM, randomShare: 0 };

interface Tally {
  covered: number;
  width: number;
  bias: number;
}

/** The sharpest that chance allows: those of the list that were seen, as if drawn by a known chance, judged by the truth's own variance. */
function oracle(candidates: readonly Candidate[], truthOfRest: number): number {
  const rest = candidates.filter(({ controlled, propensity }) => !(controlled && propensity >= 1));
  const expected = rest.reduce((sum, { propensity }) => sum + propensity, 0);
  if (rest.length < 2 || expected === 0) return rest.length / candidates.length;
  const variance = ((truthOfRest * (1 - truthOfRest)) / expected) * Math.max(0, (rest.length - expected) / (rest.length - 1));
  const half = Math.min(0.5, 1.959964 * Math.sqrt(variance));
  return (2 * half * rest.length) / candidates.length;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function tally(found: readonly { estimate: PolicyEstimate; truth: number }[]): Tally {
  return {
    covered: 100 * mean(found.map(({ estimate, truth }) => (estimate.lo <= truth + 1e-12 && truth <= estimate.hi + 1e-12 ? 1 : 0))),
    width: mean(found.map(({ estimate }) => estimate.hi - estimate.lo)),
    bias: mean(found.map(({ estimate, truth }) => estimate.value - truth)),
  };
}

function main(): void {
  const figures: Figure[] = [];
  const worlds = (dials: ReplayDials) => Array.from({ length: REPLAYS }, (_, i) => replay(dials, i));
  const [withArm, without] = [worlds(WITH_ARM), worlds(WITHOUT)];
  for (const k of KS) {
    const over = (set: typeof withArm, estimator: (candidates: readonly Candidate[]) => PolicyEstimate) =>
      tally(set.map((world) => ({ estimate: estimator(world.candidates(k)), truth: world.truth(k) })));
    const arm = over(withArm, randomArm);
    const ideal = mean(
      withArm.map((world) => {
        const candidates = world.candidates(k);
        const rest = candidates.filter(({ controlled, propensity }) => !(controlled && propensity >= 1));
        return oracle(candidates, mean(rest.map(({ outcome }) => outcome)));
      }),
    );
    const shown = (t: Tally) => `mean width ${t.width.toFixed(3)}, bias ${t.bias.toFixed(3)}`;
    figures.push({ name: `first ${k}, random arm: interval covers`, value: arm.covered, unit: '%', yardstick: shown(arm), owed: { at: 'least', value: 93.5 } });
    figures.push({ name: `first ${k}, random arm: and not too often`, value: arm.covered, unit: '%', owed: { at: 'most', value: 97 } });
    figures.push({ name: `first ${k}, random arm: width against the oracle's`, value: arm.width / ideal, unit: '', owed: { at: 'most', value: 1.5 } });
    const limits = over(without, bounds);
    figures.push({ name: `first ${k}, no random arm: bounds cover`, value: limits.covered, unit: '%', yardstick: shown(limits), owed: { at: 'least', value: 95 } });
    const naively = over(without, naive);
    figures.push({ name: `first ${k}, no random arm: naive interval covers`, value: naively.covered, unit: '%', yardstick: shown(naively) });
  } // prettier-ignore
  report('coverage', figures);
}

main();
