import type { CivilDate } from '../../../domain/time/instant';
import type { Db } from '../../postgres/connection';

/** Of rows that were loaded more than once, those of the last committed batch are right. */
const LAST_LOAD = 'batch.committed_seq desc';

/** What a tariff pays and asks for on a day; undefined where the open data says nothing. Amounts are whole øre. */
export interface TariffOnDay {
  readonly validFrom: string;
  readonly validTo: string | undefined;
  readonly feeOre: number | undefined;
  readonly refundOre: number | undefined;
  readonly copayOre: number | undefined;
  /** What each further use pays of the first, and from which use on that changes. */
  readonly repetitionPercent: number | undefined;
  readonly reducedFromRepetition: number | undefined;
  readonly reducedRepetitionPercent: number | undefined;
  readonly maxRepetitions: number | undefined;
  readonly minMinutes: number | undefined;
  readonly minutesPerRepetition: number | undefined;
}

/** The version of a tariff that is valid on a day; undefined if none is loaded. Codes are unique within a field. */
export async function tariffOn(
  db: Db,
  { code, field, day }: { code: string; field: string; day: CivilDate },
): Promise<TariffOnDay | undefined> {
  const { rows } = await db.raw<{ rows: Record<string, string | number | null>[] }>(
    `select * from (
       select distinct on (t.valid_from) t.valid_from::text, t.valid_to::text, fee_ore, refund_ore, copay_ore,
         repetition_percent::float8, reduced_from_repetition, reduced_repetition_percent::float8, max_repetitions,
         min_minutes, minutes_per_repetition
       from ref.tariff t join core.load_batch batch using (batch_id)
       where t.code = :code and t.field = :field order by t.valid_from, ${LAST_LOAD}) version
     where valid_from <= :day and (valid_to is null or valid_to >= :day)`,
    { code, field, day },
  );
  const [row] = rows;
  if (!row) return undefined;
  const number = (name: string) => (row[name] === null ? undefined : Number(row[name]));
  return {
    validFrom: String(row['valid_from']),
    validTo: row['valid_to'] === null ? undefined : String(row['valid_to']),
    feeOre: number('fee_ore'),
    refundOre: number('refund_ore'),
    copayOre: number('copay_ore'),
    repetitionPercent: number('repetition_percent'),
    reducedFromRepetition: number('reduced_from_repetition'),
    reducedRepetitionPercent: number('reduced_repetition_percent'),
    maxRepetitions: number('max_repetitions'),
    minMinutes: number('min_minutes'),
    minutesPerRepetition: number('minutes_per_repetition'),
  };
}

/** How much a tariff was used by a practice type in an area and period. Amounts are whole øre. */
export interface TariffUse {
  readonly tariff: string;
  readonly field: string;
  readonly practiceType: string;
  /** Municipality number, county, or `Norge`. */
  readonly area: string;
  /** First day of the month or year. */
  readonly period: string;
  /** Undefined where the source withholds small counts: never 0. */
  readonly bills: number | undefined;
  readonly uses: number | undefined;
  readonly refundOre: number | undefined;
}

export interface TariffUseFilter {
  readonly areaKind: 'municipality' | 'county' | 'country';
  readonly months: 1 | 12;
  /** First days of the first and last period. */
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly practiceType?: string | undefined;
}

/** Tariff use by tariff, practice type, area and period: the denominators of what one provider bills. */
export async function tariffUse(
  db: Db,
  { areaKind, months, from, until, practiceType }: TariffUseFilter,
): Promise<TariffUse[]> {
  const key = 'u.tariff, u.field, u.practice_type, u.area, u.period_start';
  const { rows } = await db.raw<{ rows: Record<string, string | number | null>[] }>(
    `select distinct on (${key}) u.tariff, u.field, u.practice_type, u.area, u.period_start::text as period, u.bills,
       u.uses, u.refund_ore
     from ref.tariff_use u join core.load_batch batch using (batch_id)
     where u.area_kind = :areaKind and u.months = :months and u.period_start between :from and :until
       ${practiceType === undefined ? '' : 'and u.practice_type = :practiceType'}
     order by ${key}, ${LAST_LOAD}`,
    { areaKind, months, from, until, ...(practiceType === undefined ? {} : { practiceType }) },
  );
  const number = (value: string | number | null | undefined) =>
    value === null || value === undefined ? undefined : Number(value);
  return rows.map((row) => ({
    tariff: String(row['tariff']),
    field: String(row['field']),
    practiceType: String(row['practice_type']),
    area: String(row['area']),
    period: String(row['period']),
    bills: number(row['bills']),
    uses: number(row['uses']),
    refundOre: number(row['refund_ore']),
  }));
}
