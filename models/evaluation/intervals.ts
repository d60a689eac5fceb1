/** 97.5 % quantile of the standard normal. */
export const Z = 1.959964;

/** Wilson score interval of a proportion: valid also for few rows and for shares near 0 or 1. */
export function wilson(hits: number, n: number): { lo: number; hi: number } {
  if (n === 0) return { lo: 0, hi: 1 };
  const p = hits / n;
  const center = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { lo: Math.max(0, center - half), hi: Math.min(1, center + half) };
}

/**
 * 97.5 % quantile of Student's t (Cornish-Fisher expansion; within 1 % of the exact value from 3 degrees of freedom
 * on).
 */
export function studentT(degrees: number): number {
  if (degrees < 1) return 12.7;
  const [z, z3, z5] = [Z, Z ** 3, Z ** 5];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}
