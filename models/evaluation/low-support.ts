const MIN_ROWS = 20;
const MIN_FINDINGS = 5;

/** Whether a figure has too few labeled rows behind it to support a verdict. Such figures are shown and marked. */
export const hasLowSupport = (rows: number, findings: number): boolean => rows < MIN_ROWS || findings < MIN_FINDINGS;
