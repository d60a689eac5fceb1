import { offsetChanges } from '../../domain/time/civil-time';
import type { BillTable } from '../../domain/import/bill-table';
import { ident, quote } from '../duckdb/duckdb';

/** SQL that reads a table of bills in DuckDB: columns by role as text, checks, bills, lines. */

export function namedColumns({ columns }: BillTable): string {
  const column = (role: keyof BillTable['columns'], otherwise: string) => {
    const name = columns[role];
    return `${name === undefined ? otherwise : `nullif(trim(cast(${ident(name)} as varchar)), '')`} as ${role}`;
  };
  return [
    `lower(${column('guid', '').replace(' as guid', '')}) as guid`,
    column('billNo', ''),
    column('practice', ''),
    column('received', ''),
    column('started', ''),
    column('patient', ''),
    column('performedBy', 'null::varchar'),
    column('diagnosis', 'null::varchar'),
    column('copay', "'0'"),
    column('tariff', ''),
    column('repetitions', "'1'"),
    column('amount', ''),
  ].join(', ');
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
const AMOUNT = "'\\d{1,13}(\\.\\d{1,2})?'";

/** Checks: column by role, condition of a bad value, and what was expected. */
export const CHECKS: readonly (readonly [role: keyof BillTable['columns'], bad: string, expected: string])[] = [
  ['guid', 'try_cast(guid as uuid) is null', 'expected a UUID'],
  ['billNo', 'coalesce(try_cast(billNo as integer), 0) < 1', 'expected a whole number of 1 or more'],
  [
    'practice',
    'practice is null or practice not in (select practice_no from provider)',
    'no such practice is known; load its provider first',
  ],
  [
    'received',
    "received is null or not regexp_matches(received, '(Z|[+-]\\d{2}:?\\d{2})$') or try_cast(received as " +
      'timestamptz) is null',
    'expected an instant with its offset, such as 2024-03-01T10:15:00Z',
  ],
  [
    'started',
    "started is null or try_cast(regexp_replace(started, '(Z|[+-]\\d{2}:?\\d{2})$', '') as timestamp) is null",
    'expected an existing date and time, such as 2024-03-01T10:15:00',
  ],
  [
    'patient',
    `patient is null or not (${NATIONAL_ID})`,
    'expected an identity number of 11 digits with right control digits',
  ],
  [
    'performedBy',
    "performedBy is not null and not regexp_full_match(performedBy, '[1-9]\\d{0,8}')",
    'expected an HPR number of 1 to 9 digits',
  ],
  [
    'diagnosis',
    "diagnosis is not null and not regexp_full_match(diagnosis, '[A-Za-z0-9.]{1,12}')",
    'expected a diagnosis code',
  ],
  [
    'copay',
    `not regexp_full_match(coalesce(copay, ''), ${AMOUNT})`,
    'expected an amount that is not negative, with at most two decimals',
  ],
  ['tariff', "not regexp_full_match(coalesce(tariff, ''), '[A-Za-zÆØÅæøå0-9]{1,12}')", 'expected a tariff code'],
  [
    'repetitions',
    'coalesce(try_cast(repetitions as integer), 0) not between 1 and 500',
    'expected a whole number from 1 to 500',
  ],
  [
    'amount',
    `not regexp_full_match(coalesce(amount, ''), ${AMOUNT})`,
    'expected an amount that is not negative, with at most two decimals',
  ],
];

/** Bills whose lines differ in a value that belongs to the bill. */
export const INCONSISTENT_BILLS = `select guid from raw group by guid having count(distinct (practice, received,
  started, patient, coalesce(performedBy, ''), coalesce(copay, ''), billNo)) > 1`;

/** Text in kroner to integer øre, through decimals, never floating point. */
const ore = (column: string) => `cast(cast(${column} as decimal(18, 2)) * 100 as bigint)`;

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
export const BILLS = `
  create temp table bills as
  with good as (select * from raw where line not in (select line from bad)),
  parsed as (
    select guid, min(line) as line, min(billNo) as billNo, min(practice) as practice, min(received) as received,
      min(started) as started, min(patient) as patient,
      min(performedBy) as performedBy, min(diagnosis) as diagnosis, min(copay) as copay,
        sum(${ore('amount')}) as amount_ore, count(*) as lines
    from good group by guid),
  instants as (
    select *, cast(cast(received as timestamptz) at time zone 'UTC' as timestamp) as received_at,
      regexp_matches(started, '(Z|[+-]\\d{2}:?\\d{2})$') as has_offset,
      cast(regexp_replace(started, '(Z|[+-]\\d{2}:?\\d{2})$', '') as timestamp) as local from parsed),
  started as (
    -- A text without an offset is civil time; in the hour that occurs twice it means the first occurrence.
    select i.*, case when has_offset then cast(cast(i.started as timestamptz) at time zone 'UTC' as timestamp)
      else local - to_minutes(o.minutes) end as started_at
    from instants i asof join oslo o on i.local - interval 2 hour >= o.since),
  civil as (select s.*, s.started_at + to_minutes(o.minutes) as civil from started s asof
    join oslo o on s.started_at >= o.since),
  known as (select c.*, c.received_at + to_minutes(o.minutes) as received_civil from civil c asof
    join oslo o on c.received_at >= o.since)
  select k.guid, k.line, cast(k.billNo as integer) as bill_no, p.provider_id, k.patient,
    cast(k.performedBy as integer) as performed_by, k.diagnosis, ${ore('k.copay')} as copay_ore,
    cast(k.amount_ore as bigint) as amount_ore,
    k.lines, k.received_at, cast(date_trunc('month', k.received_civil) as date) as received_month, k.started_at,
      cast(k.civil as date) as civil_day, date_part('hour', k.civil) * 60 + date_part('minute',
      k.civil) as minute_of_day,
    cast(md5(k.practice || ' ' || k.received) as uuid) as submission_id
  from known k join provider p on p.practice_no = k.practice`;

/** Tariff lines of the bills in table `fresh(guid, bill_id)`. */
export const LINES = (fresh: string) => `
  select b.received_month, f.bill_id, row_number() over (partition by f.bill_id
    order by r.line) as line_no, b.provider_id, r.tariff, cast(r.repetitions as integer) as repetitions,
    ${ore('r.amount')} as amount_ore, b.received_at
  from raw r join bills b using (guid) join ${fresh} f using (guid) where r.line not in (select line from bad)`;
