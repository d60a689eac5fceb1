import { FOLD_CHECKS } from './fold-checks';
import { KNOWN_TIME_CHECKS } from './known-time-checks';
import { OUTCOME_CHECKS } from './outcome-checks';
import { PANEL_CHECKS } from './panel-checks';
import type { LeakageCheck } from './types';

/** Leakage that is a fact, not a suspicion: any finding refuses the run. */
export const STRUCTURAL_CHECKS: readonly LeakageCheck[] = [
  ...KNOWN_TIME_CHECKS,
  ...OUTCOME_CHECKS,
  ...PANEL_CHECKS,
  ...FOLD_CHECKS,
];
