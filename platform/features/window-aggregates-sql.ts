import { MEASURES_OF } from '../../domain/features/measures';
import {
  type Feature,
  type Measure,
  type MeasureTable,
  peerWindow,
  WINDOW_MEASURES,
} from '../../domain/features/types';

/** Which (measure, window) pairs a set of features needs, and the SQL that sums them over what was known. */
export type Wanted = readonly (readonly [measure: string, months: number])[];
export const windowName = (measure: string, months: number): string => `${measure}__${months}`;
const SHAPE_MONTHS = 12;
const TREND = { short: 3, long: 12 } as const;

const tableOf = (measure: string): MeasureTable | 'window' => {
  if ((WINDOW_MEASURES as readonly string[]).includes(measure)) return 'window';
  for (const [table, measures] of Object.entries(MEASURES_OF))
    if (measures.some((m) => m.name === measure)) return table as MeasureTable;
  throw new RangeError(`feature declarations name the measure "${measure}", which does not exist`);
};

export function wantedBy(features: readonly Feature[]): Wanted {
  const wanted = new Map<string, readonly [string, number]>();
  const want = (measure: string, months: number) => {
    tableOf(measure);
    wanted.set(windowName(measure, months), [measure, months]);
  };
  want('bills', 12);
  want('prescriptions', 12);
  want('dispensings', 12);
  for (const { declaration, months } of features) {
    const { of, windows } = declaration;
    const at = months ?? peerWindow(windows) ?? SHAPE_MONTHS;
    if (of.kind === 'total') want(of.measure, at);
    else if (of.kind === 'ratio') [of.over, of.under].forEach((measure) => want(measure, at));
    else if (of.kind === 'trend') [TREND.short, TREND.long].forEach((m) => want(of.measure, m));
    else if (of.kind === 'shape') tableOf(of.measure);
  }
  return [...wanted.values()];
}

const since = (asOf: string, months: number) => `date '${asOf}' - interval ${months} month`;
const LONGEST = 24;

/** Rows of a monthly table within the longest window, with their age in months: 1 is the month before the date. */
const aged = (view: string, asOf: string) =>
  `(select *, date_diff('month', service_month, date '${asOf}') as age from ${view} where service_month >= ${since(asOf, LONGEST)} and service_month < date '${asOf}')`;

function summed(table: MeasureTable, wanted: Wanted): string[] {
  return wanted.flatMap(([name, months]) => {
    const measure = MEASURES_OF[table].find((m) => m.name === name);
    if (!measure) return [];
    // A case costs a fifth of what a filter on each of two hundred aggregates does.
    return [
      `cast(coalesce(${measure.combine}(case when age <= ${months} then ${measure.name} end), 0) as bigint) as ${windowName(name, months)}`,
    ];
  });
}

/** Measures of bills by month of service, as known: `base` holds only months of receipt before the as-of date. */
export const billWindows = (wanted: Wanted, asOf: string): string =>
  `select provider_id, ${summed('bill', wanted).join(', ')} from ${aged('base_in', asOf)} group by provider_id`;

export function rxWindows(wanted: Wanted, asOf: string): string {
  const cells = [...summed('prescription', wanted), ...summed('dispensing', wanted)];
  return `select provider_id, ${cells.join(', ')} from ${aged('rx_in', asOf)} group by provider_id`;
}

/** Days are put together over months of receipt first: a day is as long as all bills known of it. */
export function dayWindows(wanted: Wanted, asOf: string): string {
  const cells = wanted.flatMap(([name, months]) => {
    const measure: Measure | undefined = MEASURES_OF.day.find((m) => m.name === name);
    if (!measure) return [];
    const inWindow = `d.civil_day >= ${since(asOf, months)}`;
    const filtered = measure.sql.includes('filter (')
      ? measure.sql.replace('filter (', `filter (${inWindow} and `)
      : measure.sql.replace(/^((?:coalesce\()?\w+\([^)]*\))/, `$1 filter (${inWindow})`);
    return [`cast(${filtered} as bigint) as ${windowName(name, months)}`];
  });
  return `
    with d as (select provider_id, performer, civil_day, sum(minutes) as minutes, sum(bills) as bills, sum(visits) as visits, sum(overlap_minutes) as overlap_minutes,
        sum(overlapping) as overlapping, sum(same_minute) as same_minute
      from day_in where civil_day >= ${since(asOf, LONGEST)} and civil_day < date '${asOf}' group by 1, 2, 3)
    select provider_id, ${cells.join(', ')} from d group by provider_id`;
}

const OFTEN = 6;
const DISTINCT_MONTHS = 12;

/** True distincts: for each patient the last month seen decides in which of the nested windows the patient counts. */
export const patientWindows = (asOf: string): string => `
  with seen as (
    select provider_id, patient_key, max(service_month) as last, sum(n) as n from patient_in
    where service_month >= ${since(asOf, DISTINCT_MONTHS)} and service_month < date '${asOf}' group by 1, 2)
  select provider_id, ${[1, 3, 6, 12].map((m) => `count(*) filter (last >= ${since(asOf, m)}) as ${windowName('patients', m)}`).join(', ')},
    count(*) filter (n >= ${OFTEN}) as ${windowName('patients_seen_often', 12)}
  from seen group by provider_id`;

/** Spread over tariffs: an ordered list of counts, so that the sum of logarithms has one order. */
export const tariffWindows = (asOf: string): string => `
  with used as (select provider_id, tariff, sum(n) as n from tariff_in where service_month >= ${since(asOf, 12)} and service_month < date '${asOf}' group by 1, 2),
  ordered as (select provider_id, count(*) as tariffs, cast(max(n) as bigint) as top, cast(sum(n) as double) as total, list(cast(n as double) order by n desc, tariff) as ns from used group by provider_id)
  select provider_id, tariffs as ${windowName('tariffs', 12)}, top as ${windowName('top_tariff_lines', 12)},
    -list_sum(list_transform(ns, lambda n: n / total * ln(n / total))) as tariff_entropy from ordered`;

/** Sums, first moments and squares of twelve monthly values, in whole numbers; shapes are made of them row by row. */
export function shapeSums(features: readonly Feature[], asOf: string): { sql: string; measures: readonly string[] } {
  const measures = [
    ...new Set(features.flatMap(({ declaration: { of } }) => (of.kind === 'shape' ? [of.measure] : []))),
  ];
  const at = `${SHAPE_MONTHS - 1} - date_diff('month', service_month, date '${asOf}' - interval 1 month)`;
  const cells = measures.flatMap((m) => [
    `cast(sum(${m}) as hugeint) as ${m}__s0`,
    `cast(sum(i * cast(${m} as hugeint)) as hugeint) as ${m}__s1`,
    `cast(sum(cast(${m} as hugeint) * ${m}) as hugeint) as ${m}__s2`,
    `max(${m}) as ${m}__mx`,
  ]);
  const sql = `
    with monthly as (select provider_id, ${at} as i, ${measures.map((m) => `cast(sum(${m}) as bigint) as ${m}`).join(', ')} from base_in
      where service_month >= ${since(asOf, SHAPE_MONTHS)} and service_month < date '${asOf}' group by 1, 2)
    select provider_id, ${cells.length > 0 ? cells.join(', ') : 'count(*) as months'} from monthly group by provider_id`;
  return { sql, measures };
}

/** Value of one feature column from the window columns, floats only row by row. */
export function valueSql({ declaration, months }: Feature): string {
  const { of, windows } = declaration;
  const at = months ?? peerWindow(windows) ?? SHAPE_MONTHS;
  switch (of.kind) {
    case 'total':
      return `cast(${windowName(of.measure, at)} as double)`;
    case 'ratio':
      return `${windowName(of.over, at)} / nullif(cast(${windowName(of.under, at)} as double), 0)`;
    case 'trend':
      return `${windowName(of.measure, TREND.short)} * ${TREND.long / TREND.short}.0 / nullif(cast(${windowName(of.measure, TREND.long)} as double), 0)`;
    case 'entropy':
      return 'tariff_entropy';
    case 'fact':
      return `cast(${of.sql} as double)`;
    case 'shape': {
      const [n, i1, i2] = [12, 66, 506]; // months, their sum and their squares' sum, counted 0 to 11
      const [s0, s1, s2, mx] = ['s0', 's1', 's2', 'mx'].map((part) => `${of.measure}__${part}`);
      const mean = `nullif(cast(${s0} as double), 0)`;
      if (of.shape === 'slope')
        return `cast(${n} * ${s1} - ${i1} * ${s0} as double) / ${n * i2 - i1 * i1} * ${n} / ${mean}`;
      if (of.shape === 'volatility')
        return `sqrt(greatest(cast(${n} * ${s2} - ${s0} * ${s0} as double), 0)) / abs(${mean})`;
      return `${mx} * ${n} / ${mean}`;
    }
  }
}
