import { invalid } from '../../domain/errors';

/** Most that options and schedule files may ask for. */
export const MOST = {
  capacity: 1_000_000,
  seed: 2 ** 31 - 1,
  openDays: 90,
  shards: 256,
  confirmHours: 7 * 24,
  rows: 1_000_000,
} as const;

/**
 * Reads a whole number of an option.
 * @param option names it in the error
 * @throws UtplukkError InvalidInput for another text, or a number outside the range
 */
export const wholeNumber =
  (option: string, least: number, most: number) =>
  (text: string): number => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw invalid(`${option} ${text}: expected a whole number from ${least} to ${most}`, 'Try --help.');
    return value;
  };
