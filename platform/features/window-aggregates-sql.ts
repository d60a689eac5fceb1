import type { CivilDate } from '../../domain/time/instant';
import { MEASURES_OF } from '../../domain/features/measures';
import {
  type Feature,
  type Measure,
  type MeasureTable,
  peerWindow,
  WINDOW_MEASURES,
} from '../../domain/features/types';

/** (measure, months) pairs that a set of features needs. */
export type RequiredAggregates = readonly (readonly [measure: string, months: number])[];

/** Column of a measure summed over a window of months before the as-of date. */
export const windowName = (measure: string, months: number): string => `${measure}__${months}`;

const SHAPE_MONTHS = 12;
const TREND = { short: 3, long: 12 } as const;
/** The widest window, in months. */
const MAX_MONTHS = 24;

/** @throws RangeError for a measure that does not exist */
const tableOf = (measure: string): MeasureTable | 'window' => {
  if ((WINDOW_MEASURES as readonly string[]).includes(measure)) return 'window';
  for (const [table, measures] of Object.entries(MEASURES_OF))
    if (measures.some((m) => m.name === measure)) return table as MeasureTable;
  throw new RangeError(`feature declarations name the measure "${measure}", which does not exist`);
};

/** @throws RangeError for a declaration that names a measure which does not exist */
export function requiredAggregates(features: readonly Feature[]): RequiredAggregates {
  const required = new Map<string, readonly [string, number]>();
  const need = (measure: string, months: number) => {
    tableOf(measure);
    required.set(windowName(measure, months), [measure, months]);
  };
  need('bills', 12);
  need('prescriptions', 12);
  need('dispensings', 12);
  for (const { declaration, months } of features) {
    const { of, windows } = declaration;
    const window = months ?? peerWindow(windows) ?? SHAPE_MONTHS;
    if (of.kind === 'total') need(of.measure, window);
    else if (of.kind === 'ratio') [of.over, of.under].forEach((measure) => need(measure, window));
    else if (of.kind === 'trend') [TREND.short, TREND.long].forEach((m) => need(of.measure, m));
    else if (of.kind === 'shape') tableOf(of.measure);
  }
  return [...required.values()];
}

const since = (asOf: CivilDate, months: number) => `date '${asOf}' - interval ${months} month`;

/** Condition for months of service within a window before the as-of date. */
const inMonths = (asOf: CivilDate, months: number) =>
  `service_month >= ${since(asOf, months)} and service_month < date '${asOf}'`;

/** Rows of a monthly table within the widest window, with their age in months: 1 is the month before the as-of date. */
const withAge = (view: string, asOf: CivilDate) =>
  `(select *, date_diff('month', service_month, date '${asOf}') as age
      from ${view} where ${inMonths(asOf, MAX_MONTHS)})`;

function windowSums(table: MeasureTable, required: RequiredAggregates): string[] {
  return required.flatMap(([name, months]) => {
    const measure = MEASURES_OF[table].find((m) => m.name === name);
    if (!measure) return [];
    // `case` takes a fifth of the time of a filter on each of two hundred aggregates.
    const sum = `${measure.combine}(case when age <= ${months} then ${measure.name} end)`;
    return [`cast(coalesce(${sum}, 0) as bigint) as ${windowName(name, months)}`];
  });
}

/** Measures of bills by month of service; the view holds only months of receipt before the as-of date. */
export const billWindows = (required: RequiredAggregates, asOf: CivilDate): string =>
  `select provider_id, ${windowSums('bill', required).join(', ')}
    from ${withAge('known_bill_month', asOf)} group by provider_id`;

export function prescriptionWindows(required: RequiredAggregates, asOf: CivilDate): string {
  const cells = (['prescription', 'dispensing', 'result'] as const).flatMap((table) => windowSums(table, required));
  return `select provider_id, ${cells.join(', ')}
    from ${withAge('known_prescription_month', asOf)} group by provider_id`;
}

/**
 * The SQL of a measure of days, kept to the days of a window.
 * @throws RangeError unless it is one aggregate, perhaps within `coalesce`, whose filter holds no `or`: anything else
 * would be kept to the window in one place only
 */
export function withinDays(sql: string, condition: string): string {
  const aggregates = [...sql.matchAll(/\b(\w+)\(/g)].filter(([, name]) => name !== 'coalesce');
  const filters = sql.split('filter (').length - 1;
  const kept =
    filters === 1
      ? sql.replace('filter (', `filter (${condition} and `)
      : sql.replace(/^((?:coalesce\()?\w+\([^()]*\))/, `$1 filter (${condition})`);
  if (aggregates.length !== 1 || filters > 1 || kept === sql || /\bor\b/.test(sql))
    throw new RangeError(
      `the measure of days "${sql}" cannot be kept to a window: write one aggregate such as count(*) filter ` +
        '(d.minutes > 60), without another function and without "or"',
    );
  return kept;
}

/** Days are first summed over months of receipt: a day is as long as all of its bills that are known. */
export function dayWindows(required: RequiredAggregates, asOf: CivilDate): string {
  const cells = required.flatMap(([name, months]) => {
    const measure: Measure | undefined = MEASURES_OF.day.find((m) => m.name === name);
    if (!measure) return [];
    const filtered = withinDays(measure.sql, `d.civil_day >= ${since(asOf, months)}`);
    return [`cast(${filtered} as bigint) as ${windowName(name, months)}`];
  });
  return `
    with d as (
      select provider_id, performer, civil_day, sum(minutes) as minutes, sum(bills) as bills, sum(visits) as visits,
        sum(overlap_minutes) as overlap_minutes, sum(overlapping) as overlapping, sum(same_minute) as same_minute
      from known_performer_day
      where civil_day >= ${since(asOf, MAX_MONTHS)} and civil_day < date '${asOf}' group by 1, 2, 3
      having sum(bills) > 0)
    select provider_id, ${cells.join(', ')} from d group by provider_id`;
}

/** Contacts within a year from which a patient counts as seen often. */
const OFTEN = 6;
const PATIENT_MONTHS = 12;

/**
 * Exact distinct counts: the last month in which a patient was seen decides in which of the nested windows it counts.
 */
export const patientWindows = (asOf: CivilDate): string => {
  const counts = [1, 3, 6, 12].map(
    (months) => `count(*) filter (last >= ${since(asOf, months)}) as ${windowName('patients', months)}`,
  );
  return `
  with net as (
    select provider_id, patient_key, service_month, sum(n) as n from known_patient_month
    where ${inMonths(asOf, PATIENT_MONTHS)} group by 1, 2, 3 having sum(n) > 0),
  seen as (select provider_id, patient_key, max(service_month) as last, sum(n) as n from net group by 1, 2)
  select provider_id, ${counts.join(', ')},
    count(*) filter (n >= ${OFTEN}) as ${windowName('patients_seen_often', 12)}
  from seen group by provider_id`;
};

/** Distribution over tariffs; the counts are an ordered list, so that the sum of logarithms has one order. */
export const tariffWindows = (asOf: CivilDate): string => `
  with used as (
    select provider_id, tariff, sum(n) as n from known_tariff_month where ${inMonths(asOf, 12)} group by 1, 2
    having sum(n) > 0),
  ordered as (
    select provider_id, count(*) as tariffs, cast(max(n) as bigint) as top, cast(sum(n) as double) as total,
      list(cast(n as double) order by n desc, tariff) as ns
    from used group by provider_id)
  select provider_id, tariffs as ${windowName('tariffs', 12)}, top as ${windowName('top_tariff_lines', 12)},
    -list_sum(list_transform(ns, lambda n: n / total * ln(n / total))) as tariff_entropy from ordered`;

/**
 * SQL for sums, first moments, squares and maxima of twelve monthly values, in whole numbers. `valueSql` computes the
 * shapes (slope, volatility, jump) from them row by row.
 */
export function monthlyShapeSums(features: readonly Feature[], asOf: CivilDate): string {
  const measures = [
    ...new Set(features.flatMap(({ declaration: { of } }) => (of.kind === 'shape' ? [of.measure] : []))),
  ];
  const index = `${SHAPE_MONTHS - 1} - date_diff('month', service_month, date '${asOf}' - interval 1 month)`;
  const monthly = measures.map((m) => `cast(sum(${m}) as bigint) as ${m}`);
  const cells = measures.flatMap((m) => [
    `cast(sum(${m}) as hugeint) as ${m}__s0`,
    `cast(sum(i * cast(${m} as hugeint)) as hugeint) as ${m}__s1`,
    `cast(sum(cast(${m} as hugeint) * ${m}) as hugeint) as ${m}__s2`,
    `max(${m}) as ${m}__mx`,
  ]);
  return `
    with monthly as (
      select provider_id, ${index} as i, ${monthly.join(', ')} from known_bill_month
      where ${inMonths(asOf, SHAPE_MONTHS)} group by 1, 2)
    select provider_id, ${cells.length > 0 ? cells.join(', ') : 'count(*) as months'} from monthly
      group by provider_id`;
}

/** SQL for the value of one feature column, from the window columns; floating point is used only row by row. */
export function valueSql({ declaration, months }: Feature): string {
  const { of, windows } = declaration;
  const window = months ?? peerWindow(windows) ?? SHAPE_MONTHS;
  const asDouble = (measure: string, width: number) => `cast(${windowName(measure, width)} as double)`;
  switch (of.kind) {
    case 'total':
      return asDouble(of.measure, window);
    case 'ratio':
      return `${windowName(of.over, window)} / nullif(${asDouble(of.under, window)}, 0)`;
    case 'trend': {
      const scaled = `${windowName(of.measure, TREND.short)} * ${TREND.long / TREND.short}.0`;
      return `${scaled} / nullif(${asDouble(of.measure, TREND.long)}, 0)`;
    }
    case 'entropy':
      return 'tariff_entropy';
    case 'fact':
      return `cast(${of.sql} as double)`;
    case 'shape': {
      const [n, i1, i2] = [12, 66, 506]; // months, the sum of their indices 0 to 11, and the sum of the squared indices
      const [s0, s1, s2, mx] = ['s0', 's1', 's2', 'mx'].map((suffix) => `${of.measure}__${suffix}`);
      const mean = `nullif(cast(${s0} as double), 0)`;
      if (of.shape === 'slope')
        return `cast(${n} * ${s1} - ${i1} * ${s0} as double) / ${n * i2 - i1 * i1} * ${n} / ${mean}`;
      if (of.shape === 'volatility')
        return `sqrt(greatest(cast(${n} * ${s2} - ${s0} * ${s0} as double), 0)) / abs(${mean})`;
      return `${mx} * ${n} / ${mean}`;
    }
  }
}
