import { CALIBRATION } from './calibration';

/** Price level of a month relative to 2022; tariffs rise on 1 July. */
export function priceOf(month: string): number {
  const years = Number(month.slice(0, 4)) - 2022 + (month.slice(5) >= '07' ? 1 : 0);
  return Math.pow(1 + CALIBRATION.tariffRise, years);
}
