import { type TariffRow, tariffRowSchema } from '../domain/import/open-data';
import { kindOfTariff, type TariffKind } from '../domain/reference/tariff-kinds';
import rows from './takstkoder.json';
import { priceOf } from './prices';
import { type SimulationConfig, monthAt, monthsOf } from './simulation-config';

/** A tariff of the simulated register, at the prices of 2022. Fees marked as published are; all else is made. */
export interface SimulatedTariff {
  readonly code: string;
  readonly kind: TariffKind;
  readonly minMinutes: number;
  readonly minutesPerRepetition: number;
  readonly maxRepetitions: number;
  readonly feeOre: number;
}

function simulated({ takstkode, fagomraade, ...row }: TariffRow): SimulatedTariff {
  const kind = kindOfTariff(fagomraade, takstkode);
  if (!kind) throw new RangeError(`tariff ${takstkode} of field ${fagomraade} has no kind`);
  return {
    code: takstkode,
    kind,
    minMinutes: row.minimum_tidsbruk ?? 0,
    minutesPerRepetition: row.tidsbruk_per_rep ?? 0,
    maxRepetitions: row.maks_repetisjoner ?? 1,
    feeOre: row.honorar ?? 0,
  };
}

/** The file has no validity: each simulated year gets its own version. */
const FIRST_DAY = { fradato: '2022-07-01' };
export const TARIFFS: readonly SimulatedTariff[] = rows.map((row) =>
  simulated(tariffRowSchema.parse({ ...FIRST_DAY, ...row })),
);
const BY_CODE = new Map(TARIFFS.map((tariff) => [tariff.code, tariff]));

/** @throws RangeError for an unknown code */
export function tariffOf(code: string): SimulatedTariff {
  const found = BY_CODE.get(code);
  if (!found) throw new RangeError(`tariff ${code} is not in takstkoder.json`);
  return found;
}

/** Yearly versions of the tariffs, as a file of the open data (takstkoder) holds them: new prices each 1 July. */
export function tariffVersions(config: SimulationConfig): Record<string, unknown>[] {
  const year = (month: string) => Number(month.slice(0, 4)) - (month.slice(5) >= '07' ? 0 : 1);
  const [first, last] = [year(config.firstMonth), year(monthAt(config, monthsOf(config) - 1))];
  const years = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return years.flatMap((from) => {
    const price = (amount: number) => Math.round(amount * priceOf(`${from}-07`));
    return rows.map(({ honorar, egenandel, ...row }) => ({
      ...row,
      fradato: `${from}-07-01`,
      tildato: from === last ? null : `${from + 1}-06-30`,
      honorar: price(honorar),
      refusjon: price(honorar) - price(egenandel),
      egenandel: price(egenandel),
    }));
  });
}
