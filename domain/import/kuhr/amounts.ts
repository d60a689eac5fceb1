import { z } from 'zod';
import { type Ore, parseOre } from '../../money';

/** Amounts as text in our own register lines, in kroner. */
export const amount = z
  .string()
  .regex(
    /^\d{1,13}(\.\d{1,2})?$/,
    'expected an amount that is not negative, with at most two decimals, such as "175.00"',
  );

const DECIMAL = /^-?\d{1,13}(\.\d{1,2})?$/;

/**
 * Amount of a message: a JSON number in kroner, in øre after parsing. JavaScript prints the shortest decimal text that
 * reads back as the same number. With at most fifteen digits that is the text of the message, so no øre is lost.
 */
export const nok = z
  .number()
  .refine((value) => DECIMAL.test(String(value)), 'expected kroner with at most two decimals, such as 42347.08')
  .transform((value): Ore => parseOre(String(value)));

/** The same, not negative. */
export const positiveNok = nok.refine((ore) => ore >= 0, 'expected an amount that is not negative');

/**
 * Amount of a line in øre: value of its first occurrence × occurrences × repetition percent, rounded to whole øre, half
 * an øre upwards.
 * @param percent repetition percent of the tariff (repetisjonsprosent), 100 where the tariff data gives none
 */
export function lineAmount(firstOre: number, occurrences: number, percent = 100): Ore {
  return Math.floor((firstOre * occurrences * percent + 50) / 100) as Ore;
}
