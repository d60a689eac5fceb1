import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventWindows } from '../../domain/schemas/event-windows';
import { ident, quote } from '../duckdb/duckdb';

/**
 * Window aggregates over dated events. Entities are taken some thousand at a time, so that memory holds one such lot. In a
 * lot, what happened between two as-of days is summed once and carried along as running totals; only events within the
 * longest window of a day are looked at again. Sums are exact whole numbers, in doubles where none can pass 2^53 and in
 * huge integers elsewhere, so bytes depend on no order of rows.
 */
interface Part {
  readonly name: string;
  /** What of an event is stored, and how events and totals are put together. */
  readonly ofEvent: string;
  readonly combine: 'count' | 'sum' | 'max';
}
/** One cell of the result, made of parts. */
interface Aggregate {
  readonly name: string;
  readonly sql: (part: (name: string) => string) => string;
}

/** Result rows of a lot: bounds its memory. */
const ROWS_A_LOT = 200_000;
const EXACT = 2 ** 53;

function aggregatesOf(
  { counts, amounts }: EventWindows,
  whole: 'double' | 'hugeint',
): { parts: Part[]; aggregates: Aggregate[] } {
  const parts: Part[] = [{ name: 'n', ofEvent: '1', combine: 'count' }];
  const aggregates: Aggregate[] = [{ name: 'events', sql: (p) => `coalesce(${p('n')}, 0)` }];
  counts.forEach((column, i) => {
    parts.push({ name: `c${i}`, ofEvent: `case when ${ident(column)} is not null then 1 end`, combine: 'count' });
    aggregates.push({ name: `${column}_count`, sql: (p) => `coalesce(${p(`c${i}`)}, 0)` });
  });
  amounts.forEach((amount, i) => {
    const [unit, value] = [10 ** amount.decimals, `cast(${wholeOf(amount)} as ${whole})`];
    parts.push(
      { name: `k${i}`, ofEvent: value, combine: 'count' },
      { name: `s${i}`, ofEvent: value, combine: 'sum' },
      { name: `q${i}`, ofEvent: `${value} * ${value}`, combine: 'sum' },
      { name: `m${i}`, ofEvent: value, combine: 'max' },
    );
    const of = (p: (name: string) => string) =>
      ['k', 's', 'q', 'm'].map((name) => p(`${name}${i}`)) as [string, string, string, string];
    const { column } = amount;
    aggregates.push(
      { name: `${column}_sum`, sql: (p) => `cast(${of(p)[1]} as double) / ${unit}` },
      { name: `${column}_mean`, sql: (p) => `cast(${of(p)[1]} as double) / ${unit} / nullif(${of(p)[0]}, 0)` },
      { name: `${column}_max`, sql: (p) => `cast(${of(p)[3]} as double) / ${unit}` },
      {
        name: `${column}_stddev`,
        sql(p) {
          const [k, s, q] = of(p);
          return `case when ${k} > 1 then sqrt(cast(${k} * ${q} - ${s} * ${s} as double) / (cast(${k} as double) * (${k} - 1))) / ${unit} end`;
        },
      },
    );
  });
  return { parts, aggregates };
}

const wholeOf = ({ column, decimals }: EventWindows['amounts'][number]) =>
  `round(${ident(column)} * ${10 ** decimals})`;

/** Columns of the result after entity and as_of, in order. */
export const eventColumns = (spec: EventWindows): string[] =>
  aggregatesOf(spec, 'double').aggregates.flatMap(({ name }) => [
    name,
    ...spec.windows.map((days) => `${name}_${days}d`),
  ]);

/**
 * Makes table `into`, ordered by entity and as-of day: one row for each entity that has had an event by that day.
 * @param source SQL that can stand after `from`: a table, or a reading of a file
 */
export async function makeEventWindows(
  duck: DuckDBConnection,
  spec: EventWindows,
  source: string,
  into: string,
): Promise<void> {
  const days = [...new Set(spec.asOf)].sort();
  const [entity, day] = [ident(spec.entity), `cast(${ident(spec.day)} as date)`];
  const known = `from ${source} where ${day} <= date ${quote(days.at(-1)!)} and ${entity} is not null`;
  await duck.run(
    `create or replace temp table ew_day as select * from (values ${days.map((d, i) => `(${i}, date ${quote(d)})`).join(', ')}) t(i, as_of)`,
  );
  await duck.run(
    `create or replace temp table ew_entity as select entity, events, cast(row_number() over (order by entity) - 1 as integer) as no from (select ${entity} as entity, count(*) as events ${known} group by 1)`,
  );
  const { parts, aggregates } = aggregatesOf(spec, await wholeType(duck, spec, known));
  await duck.run(`create or replace temp table ew_event as
    select n.no, v.day, d.i as upto, ${parts.map((p) => `v.${p.name}`).join(', ')} from (select ${entity} as entity, ${day} as day, ${parts.map((p) => `${p.ofEvent} as ${p.name}`).join(', ')} ${known}) v
    join ew_entity n using (entity) asof join ew_day d on v.day <= d.as_of order by n.no`);
  const [entities = 0] = (await duck.runAndReadAll('select count(*)::int from ew_entity')).getRows()[0]!.map(Number);
  const size = Math.max(1, Math.floor(ROWS_A_LOT / days.length));
  for (let from = 0; from === 0 || from < entities; from += size) {
    const rows = lotSql(spec, parts, aggregates, `no >= ${from} and no < ${from + size}`);
    await duck.run(from === 0 ? `create or replace temp table ${into} as ${rows}` : `insert into ${into} ${rows}`);
  }
  await duck.run('drop table ew_event; drop table ew_entity; drop table ew_day');
}

/** Doubles add whole numbers exactly as long as no sum can pass 2^53; they are several times faster than huge integers. */
async function wholeType(
  duck: DuckDBConnection,
  { amounts }: EventWindows,
  known: string,
): Promise<'double' | 'hugeint'> {
  if (amounts.length === 0) return 'double';
  const largest = amounts.map((amount) => `max(abs(cast(${wholeOf(amount)} as double)))`).join(', ');
  const reader = await duck.runAndReadAll(`select greatest(${largest}), (select max(events) from ew_entity) ${known}`);
  const [value = 0, events = 0] = (reader.getRows()[0] ?? []).map(Number);
  return value * value * events * events < EXACT ? 'double' : 'hugeint';
}

function lotSql(
  { windows }: EventWindows,
  parts: readonly Part[],
  aggregates: readonly Aggregate[],
  lot: string,
): string {
  const longest = Math.max(0, ...windows);
  const combined = parts.map((p) => `${p.combine}(${p.name}) as ${p.name}`).join(', ');
  const added = parts.map((p) => `${p.combine === 'max' ? 'max' : 'sum'}(${p.name}) as ${p.name}`).join(', ');
  const inWindows = windows.flatMap((w) =>
    parts.map(
      (p) =>
        `${p.combine}(${w === longest ? p.name : `case when day >= as_of - ${w} then ${p.name} end`}) as ${p.name}_${w}`,
    ),
  );
  const cells = aggregates.flatMap(({ name, sql }) => [
    `${sql((part) => `t.${part}`)} as ${ident(name)}`,
    ...windows.map((w) => `${sql((part) => `w.${part}_${w}`)} as ${ident(`${name}_${w}d`)}`),
  ]);
  const windowed = `select no, d.i, ${inWindows.join(', ')} from ew_event e join ew_day d on e.day >= d.as_of - ${longest} and e.day <= d.as_of where ${lot} group by 1, 2`;
  return `
    with between_days as (select no, upto, ${combined} from ew_event where ${lot} group by 1, 2),
    t as (select no, d.i, ${added} from between_days b join ew_day d on b.upto <= d.i group by 1, 2)
    select n.entity, d.as_of, ${cells.join(', ')} from t join ew_entity n using (no) join ew_day d using (i) ${windows.length === 0 ? '' : `left join (${windowed}) w using (no, i)`} order by no, i`;
}
