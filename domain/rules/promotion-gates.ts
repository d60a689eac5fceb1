import type { Estimate } from '../schemas/evaluation';

/** Gates are data: a list of named checks with figures. A verdict keeps every reason, also those that passed. */
export interface GateInput {
  /** True when nuisance columns (who looked) entered the model: it may be studied, never promoted. */
  readonly usesNuisance: boolean;
  /** Verdict of the run's leak check and how many people gave a reason for what it suspects; undefined before there were any. */
  readonly leaks: { readonly verdict: string; readonly tests: number; readonly reasons: number } | undefined;
  readonly testRows: number;
  readonly testPositives: number;
  readonly averagePrecision: Estimate;
  readonly baselines: Readonly<Record<string, Estimate>>;
  /** Champion of the slot, judged on the same rows; undefined when the slot is empty or the splits differ. */
  readonly champion: Estimate | undefined;
}

export interface GateResult {
  readonly gate: string;
  readonly passed: boolean;
  readonly reason: string;
}

/** Gates that nobody can pass over: a model that knows who looked, and data that hold the future. */
export const isHard = (gate: string): boolean => gate === 'no-nuisance' || gate === 'leak-certificate';

export const MIN_TEST_POSITIVES = 10;
/** A challenger may be this much worse than the champion (relative) and still pass: below it is noise at our counts. */
export const CHAMPION_TOLERANCE = 0.05;

const show = (e: Estimate) => `${e.value.toFixed(3)} [${e.lo.toFixed(3)}, ${e.hi.toFixed(3)}], n ${e.n}`;

/** A suspicion that two different people have explained does not block for ever; it stays visible with its reasons. */
export const REASONS_NEEDED = 2;

function leakGate(leaks: GateInput['leaks']): GateResult {
  const gate = 'leak-certificate';
  if (!leaks) return { gate, passed: false, reason: 'the run has no leak certificate; train again' };
  if (leaks.verdict === 'clean') return { gate, passed: true, reason: `${leaks.tests} tests found no leak` };
  const accepted = leaks.verdict === 'needs-reason' && leaks.reasons >= REASONS_NEEDED;
  return {
    gate,
    passed: accepted,
    reason: `the leak check suspects something; ${leaks.reasons} of ${REASONS_NEEDED} people have given a reason`,
  };
}

export function judge(input: GateInput): { passed: boolean; results: GateResult[] } {
  const results: GateResult[] = [
    {
      gate: 'enough-outcomes',
      passed: input.testPositives >= MIN_TEST_POSITIVES,
      reason: `${input.testPositives} findings among ${input.testRows} tested outcomes; at least ${MIN_TEST_POSITIVES} are needed`,
    },
  ];
  results.push({
    gate: 'no-nuisance',
    passed: !input.usesNuisance,
    reason: input.usesNuisance ? 'the model uses columns that say who looked' : 'no column that says who looked entered the model',
  });
  results.push(leakGate(input.leaks));
  for (const [name, baseline] of Object.entries(input.baselines).sort(([a], [b]) => (a < b ? -1 : 1))) {
    results.push({
      gate: `better-than-${name}`,
      passed: input.averagePrecision.value > baseline.value,
      reason: `average precision ${show(input.averagePrecision)} against ${name} ${show(baseline)}`,
    });
  }
  if (input.champion) {
    results.push({
      gate: 'not-worse-than-champion',
      passed: input.averagePrecision.value >= input.champion.value * (1 - CHAMPION_TOLERANCE),
      reason: `average precision ${show(input.averagePrecision)} against champion ${show(input.champion)}`,
    });
  }
  return { passed: results.every((result) => result.passed), results };
}
