import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import { type EncoderState, fitEncoder } from '../preprocessing/encoder';
import type { LeakageVerdict } from '../../domain/rules/leakage-verdict';
import { STATISTICAL_CHECKS } from './statistical';
import { STRUCTURAL_CHECKS } from './structural';
import type { LeakageContext, LeakageFinding } from './types';

export const LEAKAGE_CHECKS = [...STRUCTURAL_CHECKS, ...STATISTICAL_CHECKS] as const;

export type { LeakageVerdict };

/** All checks and their findings; stored with the run. */
export interface LeakageReport {
  readonly v: 1;
  readonly verdict: LeakageVerdict;
  readonly rows: number;
  readonly columns: number;
  /** Number of checks times columns. */
  readonly tests: number;
  readonly checks: readonly { readonly id: string; readonly looksFor: string; readonly findings: number }[];
  readonly findings: readonly LeakageFinding[];
}

export function verdictOf(findings: readonly LeakageFinding[]): LeakageVerdict {
  if (findings.some((finding) => finding.severity === 'structural')) return 'refused';
  return findings.length > 0 ? 'needs-reason' : 'clean';
}

/** @param further checks that were run elsewhere (over the snapshot) */
export function checkLeakage(
  context: LeakageContext,
  further: readonly { id: string; looksFor: string; findings: readonly LeakageFinding[] }[] = [],
): LeakageReport {
  const results = [
    ...LEAKAGE_CHECKS.map((check) => ({ id: check.id, looksFor: check.looksFor, findings: check.run(context) })),
    ...further,
  ];
  const findings = results.flatMap((result) => result.findings);
  return {
    v: 1,
    verdict: verdictOf(findings),
    rows: context.data.n,
    columns: context.columns.length,
    tests: results.length * Math.max(1, context.columns.length),
    checks: results.map(({ id, looksFor, findings: own }) => ({ id, looksFor, findings: own.length })),
    findings,
  };
}

/**
 * Compares an encoder with one fitted on the training rows alone. An encoder fitted on more rows holds medians,
 * quantiles or categories of the test part.
 */
export function checkEncoder(
  state: EncoderState,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  trainingRows: readonly number[],
): LeakageFinding[] {
  const expected = fitEncoder(data, columns, trainingRows, state.numericEncoding);
  const differs = (kind: 'numeric' | 'categorical') => {
    const own = new Map(expected[kind].map((column) => [column.name, JSON.stringify(column)]));
    return state[kind].filter((column) => own.get(column.name) !== JSON.stringify(column)).map((column) => column.name);
  };
  const names = [...differs('numeric'), ...differs('categorical')];
  if (
    names.length === 0 &&
    expected.numeric.length === state.numeric.length &&
    expected.categorical.length === state.categorical.length
  )
    return [];
  return [
    {
      check: 'preprocessing',
      severity: 'structural',
      detail:
        'preprocessing was not fitted on the training rows alone; ' +
        `it differs in ${names.slice(0, 5).join(', ') || 'its columns'}`,
    },
  ];
}
