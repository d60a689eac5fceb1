import { offsetChanges } from '../../domain/time/civil-time';
import type { BillTable } from '../../domain/import/bill-table';
import { SENT_LATE_MONTHS } from '../../domain/import/kuhr/flags';
import { quote } from '../duckdb/duckdb';
import {
  expectedDateTime,
  isAmount,
  isCount,
  isDateTime,
  toClockTime,
  toOffsetMinutes,
  toOre,
} from '../tables/grammar';
import { cell } from '../tables/open-table';

/** SQL that reads a table of bills in DuckDB: columns by role as text, checks, bills, lines. */

export function namedColumns({ columns, format }: BillTable): string[] {
  const column = (role: keyof BillTable['columns'], otherwise = 'null::varchar') => {
    const name = columns[role];
    const text = name === undefined ? otherwise : cell(name, format);
    return `${role === 'guid' ? `lower(${text})` : text} as ${role}`;
  };
  return [
    column('guid'),
    column('billNo'),
    column('practice'),
    column('received'),
    column('started'),
    column('patient'),
    column('performedBy'),
    column('diagnosis'),
    column('copay', "'0'"),
    column('tariff'),
    column('repetitions', "'1'"),
    column('amount'),
  ];
}

const digit = (at: number) => `cast(substr(patient, ${at}, 1) as integer)`;
const weighted = (weights: readonly number[]) =>
  `((${weights.map((w, i) => `${w} * ${digit(i + 1)}`).join(' + ')}) % 11)`;
/**
 * True for text with both control digits (mod 11) and a day and month that a fødselsnummer, D-, H- or synthetic number
 * has.
 */
const NATIONAL_ID = `case when not regexp_full_match(patient, '\\d{11}') then false else
  ${weighted([3, 7, 6, 1, 8, 9, 4, 5, 2, 1])} = 0 and ${weighted([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])} = 0
  and cast(substr(patient, 1, 2) as integer) % 40 between 1 and 31 and cast(substr(patient, 3,
    2) as integer) % 40 between 1 and 12 end`;
const UUID = "'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'";
const LARGEST_REPETITIONS = 500;
type Check = readonly [role: keyof BillTable['columns'], bad: string, expected: string];

/** Checks: column by role, condition of a bad value, and what was expected. */
export function checksOf({ format }: BillTable): Check[] {
  const whole = (text: string, digits: number) => `coalesce(${isCount(text, digits)}, false)`;
  const badAmount = (text: string) => `${text} is null or not ${isAmount(text, format)}`;
  const amount = 'expected an amount that is not negative, with at most two decimals';
  const time = (text: string) => `${text} is null or not ${isDateTime(text, format)}`;
  return [
    ['guid', `not regexp_full_match(coalesce(guid, ''), ${UUID})`, 'expected a UUID'],
    ['billNo', `not ${whole('billNo', 9)}`, 'expected a whole number of 1 or more'],
    [
      'practice',
      'practice is null or practice not in (select practice_no from provider)',
      'no such practice is known; load its provider first',
    ],
    ['received', time('received'), expectedDateTime(format)],
    ['started', time('started'), expectedDateTime(format)],
    [
      'patient',
      `patient is null or not (${NATIONAL_ID})`,
      'expected an identity number of 11 digits with right control digits',
    ],
    [
      'performedBy',
      `performedBy is not null and not ${isCount('performedBy', 9)}`,
      'expected an HPR number of 1 to 9 digits',
    ],
    [
      'diagnosis',
      "diagnosis is not null and not regexp_full_match(diagnosis, '[A-Za-z0-9.]{1,12}')",
      'expected a diagnosis code',
    ],
    ['copay', badAmount('copay'), amount],
    ['tariff', "not regexp_full_match(coalesce(tariff, ''), '[A-Za-zÆØÅæøå0-9]{1,12}')", 'expected a tariff code'],
    [
      'repetitions',
      `not ${whole('repetitions', 3)} or coalesce(try_cast(repetitions as integer), 0) > ${LARGEST_REPETITIONS}`,
      `expected a whole number from 1 to ${LARGEST_REPETITIONS}`,
    ],
    ['amount', badAmount('amount'), amount],
  ];
}

/** Bills whose lines differ in a value that belongs to the bill. */
export const INCONSISTENT_BILLS = `select guid from raw group by guid having count(distinct (practice, received,
  started, patient, coalesce(performedBy, ''), coalesce(copay, ''), billNo)) > 1`;

/**
 * Creates table `oslo(since, minutes)`: Norway's offsets from UTC, so that civil time is derived as everywhere else.
 */
export function osloTable(): string {
  const rows = offsetChanges(1990, 2060).map(({ since, minutes }) => `(timestamp ${quote(since)}, ${minutes})`);
  return `create temp table oslo as select * from (values ${rows.join(', ')}) t(since, minutes)`;
}

/**
 * Creates table `bills` from the good rows: instants in UTC, civil day and minute in Norway. Reads `raw`, `bad`,
 * `provider`, `oslo`.
 */
export const billsSql = ({ format }: BillTable): string => `
  create temp table bills as
  with good as (select * from raw where line not in (select line from bad)),
  parsed as (
    select guid, min(line) as line, min(billNo) as billNo, min(practice) as practice, min(received) as received,
      min(started) as started, min(patient) as patient,
      min(performedBy) as performedBy, min(diagnosis) as diagnosis, min(copay) as copay,
        sum(${toOre('amount', format)}) as amount_ore, count(*) as lines
    from good group by guid),
  instants as (
    select *, ${toClockTime('received', format)} as received_clock,
      ${toOffsetMinutes('received', format)} as received_offset, ${toClockTime('started', format)} as local,
      ${toOffsetMinutes('started', format)} as started_offset from parsed),
  started as (
    -- A text without an offset is civil time; in the hour that occurs twice it means the first occurrence.
    select i.*, local - to_minutes(coalesce(started_offset, o.minutes)) as started_at
    from instants i asof join oslo o on i.local - interval 2 hour >= o.since),
  received as (
    select s.*, received_clock - to_minutes(coalesce(received_offset, o.minutes)) as received_at
    from started s asof join oslo o on s.received_clock - interval 2 hour >= o.since),
  civil as (select s.*, s.started_at + to_minutes(o.minutes) as civil from received s asof
    join oslo o on s.started_at >= o.since),
  known as (select c.*, c.received_at + to_minutes(o.minutes) as received_civil from civil c asof
    join oslo o on c.received_at >= o.since)
  select k.guid, k.line, cast(k.billNo as integer) as bill_no, p.provider_id, k.patient,
    cast(k.performedBy as integer) as performed_by, k.diagnosis, ${toOre('k.copay', format)} as copay_ore,
    cast(k.amount_ore as bigint) as amount_ore,
    cast(k.received_civil as date) > cast(k.civil as date) + interval ${SENT_LATE_MONTHS} month as sent_late,
    k.lines, k.received_at, cast(date_trunc('month', k.received_civil) as date) as received_month, k.started_at,
      cast(k.civil as date) as civil_day, date_part('hour', k.civil) * 60 + date_part('minute',
      k.civil) as minute_of_day,
    cast(md5(k.practice || ' ' || k.received) as uuid) as submission_id
  from known k join provider p on p.practice_no = k.practice`;

/** Bills of table `bills` that the payer had before the contact began. */
export const RECEIVED_TOO_EARLY = 'select guid from bills where received_at < started_at';

/** Tariff lines of the bills in table `fresh(guid, bill_id)`. */
export const linesSql = ({ format }: BillTable, fresh: string): string => `
  select b.received_month, f.bill_id, row_number() over (partition by f.bill_id
    order by r.line) as line_no, b.provider_id, r.tariff, cast(r.repetitions as integer) as repetitions,
    ${toOre('r.amount', format)} as amount_ore, b.received_at
  from raw r join bills b using (guid) join ${fresh} f using (guid) where r.line not in (select line from bad)`;
