import type { Estimate, GroupFairness, PairedDifference, ReliabilityReport } from '../schemas/evaluation';
import { GATE_POLICY } from './gate-policy';

/** What the gates judge. A verdict keeps every reason, also those that passed. */
export interface GateInput {
  /** True when nuisance columns (who looked) entered the model: it may be studied, never promoted. */
  readonly usesNuisance: boolean;
  /** Verdict of the run's leak check and how many people gave a reason for what it suspects; undefined before there were any. */
  readonly leaks: { readonly verdict: string; readonly tests: number; readonly reasons: number } | undefined;
  readonly testRows: number;
  readonly testPositives: number;
  readonly averagePrecision: Estimate;
  readonly baselines: Readonly<Record<string, Estimate>>;
  /** Candidate against others on the same rows, average precision; empty for runs from before there were any. */
  readonly paired: readonly PairedDifference[];
  /** Champion of the slot, judged on the same rows; undefined when the slot is empty or the splits differ. */
  readonly champion: Estimate | undefined;
  readonly reliability: ReliabilityReport | undefined;
  /** Of the candidate, at the longest list judged. */
  readonly fairness: readonly GroupFairness[];
  /** Average precision in each test period, in order of time. */
  readonly periods: readonly (Estimate & { readonly period: string })[];
  /** Labels it was trained on that a later label set has otherwise; undefined where no later one is known. */
  readonly revisedLabels?: { readonly changed: number; readonly rows: number } | undefined;
  /** Mandatory parts of the version's documents that are empty or missing. */
  readonly undocumented: readonly string[];
}

export interface GateResult {
  readonly gate: string;
  readonly passed: boolean;
  readonly reason: string;
}

const show = (e: Pick<Estimate, 'value' | 'lo' | 'hi'>) => `${e.value.toFixed(3)} [${e.lo.toFixed(3)}, ${e.hi.toFixed(3)}]`;
const withN = (e: Estimate) => `${show(e)}, n ${e.n}`;

type Gate = (input: GateInput) => GateResult[];
const one = (gate: string, passed: boolean, reason: string): GateResult[] => [{ gate, passed, reason }];

const enoughOutcomes: Gate = ({ testPositives, testRows }) =>
  one(
    'enough-outcomes',
    testPositives >= GATE_POLICY.minTestPositives,
    `${testPositives} findings among ${testRows} tested outcomes; at least ${GATE_POLICY.minTestPositives} are needed`,
  );

const noNuisance: Gate = ({ usesNuisance }) =>
  one(
    'no-nuisance',
    !usesNuisance,
    usesNuisance ? 'the model uses columns that say who looked' : 'no column that says who looked entered the model',
  );

/** A suspicion that two different people have explained does not block for ever; it stays visible with its reasons. */
const leakCertificate: Gate = ({ leaks }) => {
  if (!leaks) return one('leak-certificate', false, 'the run has no leak certificate; train again');
  if (leaks.verdict === 'clean') return one('leak-certificate', true, `${leaks.tests} tests found no leak`);
  const { leakReasonsNeeded } = GATE_POLICY;
  const accepted = leaks.verdict === 'needs-reason' && leaks.reasons >= leakReasonsNeeded;
  return one(
    'leak-certificate',
    accepted,
    `the leak check suspects something; ${leaks.reasons} of ${leakReasonsNeeded} people have given a reason`,
  );
};

const betterThanBaselines: Gate = ({ baselines, averagePrecision }) =>
  GATE_POLICY.beat.flatMap((name) => {
    const baseline = baselines[name];
    if (!baseline) return [];
    const reason = `average precision ${withN(averagePrecision)} against ${name} ${withN(baseline)}`;
    return one(`better-than-${name}`, averagePrecision.value > baseline.value, reason);
  });

const notClearlyWorse: Gate = ({ paired }) =>
  GATE_POLICY.notClearlyWorseThan.flatMap((name) => {
    const found = paired.find(({ against }) => against === name);
    if (!found) return [];
    return one(`not-clearly-worse-than-${name}`, found.hi >= 0, `average precision minus that of ${name}, in pairs: ${show(found)}`);
  });

const champion: Gate = (input) => {
  if (!input.champion) return [];
  const least = input.champion.value * (1 - GATE_POLICY.championTolerance);
  return one(
    'not-worse-than-champion',
    input.averagePrecision.value >= least,
    `average precision ${withN(input.averagePrecision)} against champion ${withN(input.champion)}`,
  );
};

const calibration: Gate = ({ reliability }) => {
  const top = reliability?.top.at(-1);
  if (!top) return [];
  const { calibrationSlack: slack } = GATE_POLICY;
  const passed = top.meanProbability >= top.findingRate.lo - slack && top.meanProbability <= top.findingRate.hi + slack;
  return one('calibration', passed, `among the first ${top.k}: promised ${top.meanProbability.toFixed(3)}, found ${show(top.findingRate)}`);
};

const fairness: Gate = ({ fairness: groups }) => {
  if (groups.length === 0) return [];
  const judged = groups.filter(({ few }) => !few);
  const few = groups.filter((group) => group.few).map(({ group }) => group);
  const all = groups.reduce((sum, { inVain }) => sum + inVain.value * inVain.n, 0) / Math.max(1, groups.reduce((sum, { inVain }) => sum + inVain.n, 0)); // prettier-ignore
  const over = judged.filter(({ inVain }) => inVain.lo > all + GATE_POLICY.burdenSlack);
  const fewText = few.length > 0 ? `; too few rows for a verdict: ${few.join(', ')}` : '';
  const text = over.map(({ group, inVain }) => `${group} ${show(inVain)}`).join(', ');
  return one(
    'fairness',
    over.length === 0,
    over.length === 0
      ? `no group of ${judged.length} bears clearly more controls in vain than all (${all.toFixed(3)})${fewText}`
      : `controls in vain clearly above all (${all.toFixed(3)}): ${text}${fewText}`,
  );
};

/** Drift: what the newest test period shows must be possible beside what the earlier ones showed. */
const drift: Gate = ({ periods, averagePrecision }) => {
  const newest = periods.at(-1);
  if (!newest || periods.length < 2) return [];
  const reason = `newest period ${newest.period}: average precision ${withN(newest)}; all periods ${show(averagePrecision)}`;
  return one('no-decay', newest.hi >= averagePrecision.lo, reason);
};

const documentation: Gate = ({ undocumented }) =>
  one(
    'documentation',
    undocumented.length === 0,
    undocumented.length === 0 ? 'the model card has no empty part' : `empty or missing: ${undocumented.join(', ')}`,
  );

const labelsStand: Gate = ({ revisedLabels }) => {
  if (!revisedLabels) return [];
  const { changed, rows } = revisedLabels;
  const passed = changed <= GATE_POLICY.maxRevisedLabels;
  return one('labels-stand', passed, `${changed} of ${rows} labels it was trained on became others since${passed ? '' : '; train it again on the newer ones'}`);
}; // prettier-ignore

const GATES: readonly Gate[] = [enoughOutcomes, noNuisance, leakCertificate, labelsStand, betterThanBaselines, notClearlyWorse, champion, calibration, fairness, drift, documentation]; // prettier-ignore

/** All gates over one candidate. */
export function judge(input: GateInput): { passed: boolean; results: GateResult[] } {
  const results = GATES.flatMap((gate) => gate(input));
  return { passed: results.every((result) => result.passed), results };
}
