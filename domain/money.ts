import { invalid } from './errors';

declare const ORE: unique symbol;
/** An amount in whole øre (1 NOK = 100 øre), the only type of money inside the product. */
export type Ore = number & { readonly [ORE]: true };

const DECIMAL = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/;

/**
 * Parses decimal text in kroner, such as "175.00", without floating point; never rounds. @throws UtplukkError
 * InvalidInput
 */
export function parseOre(text: string): Ore {
  const match = DECIMAL.exec(text);
  if (!match) throw invalid(`"${text}" is not an amount in kroner with at most two decimals, such as 175.00`);
  const [, sign, amountNok = '0', decimals = ''] = match;
  const ore = Number(amountNok) * 100 + Number(decimals.padEnd(2, '0'));
  return (sign ? -ore : ore) as Ore;
}
