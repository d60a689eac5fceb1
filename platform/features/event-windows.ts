import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventWindows } from '../../domain/import/event-windows';
import { ident, quote } from '../duckdb/duckdb';

/**
 * Window aggregates over dated events. Entities are processed in batches, so that memory holds one batch. Within a
 * batch, events between two as-of days are summed once and carried on as running totals; only events within the
 * longest window of a day are read again. Sums are exact whole numbers, in doubles where no sum can exceed 2^53 and in
 * 128-bit integers otherwise, so the result does not depend on the order of rows.
 */
interface Accumulator {
  readonly name: string;
  /** SQL for the value of one event. */
  readonly ofEvent: string;
  /** Aggregate over events; totals are summed, or for `max` the largest is taken. */
  readonly combine: 'count' | 'sum' | 'max';
}
/** One column of the result, computed from accumulators. */
interface Aggregate {
  readonly name: string;
  readonly sql: (accumulator: (name: string) => string) => string;
}

/** Result rows of a batch, which bounds its memory. */
const ROWS_PER_BATCH = 200_000;
const EXACT = 2 ** 53;

function aggregatesOf(
  { counts, amounts }: EventWindows,
  whole: 'double' | 'hugeint',
): { accumulators: Accumulator[]; aggregates: Aggregate[] } {
  const accumulators: Accumulator[] = [{ name: 'n', ofEvent: '1', combine: 'count' }];
  const aggregates: Aggregate[] = [{ name: 'events', sql: (a) => `coalesce(${a('n')}, 0)` }];
  counts.forEach((column, i) => {
    const ofEvent = `case when ${ident(column)} is not null then 1 end`;
    accumulators.push({ name: `c${i}`, ofEvent, combine: 'count' });
    aggregates.push({ name: `${column}_count`, sql: (a) => `coalesce(${a(`c${i}`)}, 0)` });
  });
  amounts.forEach((amount, i) => {
    const value = `cast(${wholeNumber(amount)} as ${whole})`;
    accumulators.push(
      { name: `k${i}`, ofEvent: value, combine: 'count' },
      { name: `s${i}`, ofEvent: value, combine: 'sum' },
      { name: `q${i}`, ofEvent: `${value} * ${value}`, combine: 'sum' },
      { name: `m${i}`, ofEvent: value, combine: 'max' },
    );
    aggregates.push(...amountAggregates(amount, i));
  });
  return { accumulators, aggregates };
}

/** Sum, mean, maximum and standard deviation of the i-th amount, from its count k, sum s, squares q and maximum m. */
function amountAggregates({ column, decimals }: EventWindows['amounts'][number], i: number): Aggregate[] {
  const unit = 10 ** decimals;
  const of = (a: (name: string) => string) => ({ k: a(`k${i}`), s: a(`s${i}`), q: a(`q${i}`), m: a(`m${i}`) });
  return [
    { name: `${column}_sum`, sql: (a) => `cast(${of(a).s} as double) / ${unit}` },
    { name: `${column}_mean`, sql: (a) => `cast(${of(a).s} as double) / ${unit} / nullif(${of(a).k}, 0)` },
    { name: `${column}_max`, sql: (a) => `cast(${of(a).m} as double) / ${unit}` },
    {
      name: `${column}_stddev`,
      sql(a) {
        const { k, s, q } = of(a);
        const variance = `cast(${k} * ${q} - ${s} * ${s} as double) / (cast(${k} as double) * (${k} - 1))`;
        return `case when ${k} > 1 then sqrt(${variance}) / ${unit} end`;
      },
    },
  ];
}

/** An amount as a whole number of its last decimal. */
const wholeNumber = ({ column, decimals }: EventWindows['amounts'][number]) =>
  `round(${ident(column)} * ${10 ** decimals})`;

/**
 * Creates table `into`, ordered by entity and as-of day: one row for each entity that has had an event by that day.
 * @param source SQL that can follow `from`: a table, or a table function that reads a file
 */
export async function makeEventWindows(
  duck: DuckDBConnection,
  spec: EventWindows,
  source: string,
  into: string,
): Promise<void> {
  const days = [...new Set(spec.asOf)].sort();
  const [entity, day] = [ident(spec.entity), `cast(${ident(spec.day)} as date)`];
  const events = `from ${source} where ${day} <= date ${quote(days.at(-1)!)} and ${entity} is not null`;
  const dayRows = days.map((d, i) => `(${i}, date ${quote(d)})`).join(', ');
  await duck.run(`create or replace temp table ew_day as select * from (values ${dayRows}) t(i, as_of)`);
  await duck.run(`create or replace temp table ew_entity as
    select entity, events, cast(row_number() over (order by entity) - 1 as integer) as no
    from (select ${entity} as entity, count(*) as events ${events} group by 1)`);
  const { accumulators, aggregates } = aggregatesOf(spec, await wholeNumberType(duck, spec, events));
  const values = accumulators.map((a) => `${a.ofEvent} as ${a.name}`).join(', ');
  await duck.run(`create or replace temp table ew_event as
    select n.no, v.day, d.i as upto, ${accumulators.map((a) => `v.${a.name}`).join(', ')}
    from (select ${entity} as entity, ${day} as day, ${values} ${events}) v
    join ew_entity n using (entity) asof join ew_day d on v.day <= d.as_of order by n.no`);
  const [entities = 0] = (await duck.runAndReadAll('select count(*)::int from ew_entity')).getRows()[0]!.map(Number);
  const size = Math.max(1, Math.floor(ROWS_PER_BATCH / days.length));
  for (let from = 0; from === 0 || from < entities; from += size) {
    const rows = batchSql(spec, accumulators, aggregates, `no >= ${from} and no < ${from + size}`);
    await duck.run(from === 0 ? `create or replace temp table ${into} as ${rows}` : `insert into ${into} ${rows}`);
  }
  await duck.run('drop table ew_event; drop table ew_entity; drop table ew_day');
}

/**
 * Doubles add whole numbers exactly while no sum can exceed 2^53, and are several times faster than 128-bit integers.
 */
async function wholeNumberType(
  duck: DuckDBConnection,
  { amounts }: EventWindows,
  events: string,
): Promise<'double' | 'hugeint'> {
  if (amounts.length === 0) return 'double';
  const largest = amounts.map((amount) => `max(abs(cast(${wholeNumber(amount)} as double)))`).join(', ');
  const reader = await duck.runAndReadAll(`select greatest(${largest}), (select max(events) from ew_entity) ${events}`);
  const [value = 0, count = 0] = (reader.getRows()[0] ?? []).map(Number);
  return value * value * count * count < EXACT ? 'double' : 'hugeint';
}

function batchSql(
  { windows }: EventWindows,
  accumulators: readonly Accumulator[],
  aggregates: readonly Aggregate[],
  batch: string,
): string {
  const longest = Math.max(0, ...windows);
  const combined = accumulators.map((a) => `${a.combine}(${a.name}) as ${a.name}`).join(', ');
  const totals = accumulators.map((a) => `${a.combine === 'max' ? 'max' : 'sum'}(${a.name}) as ${a.name}`).join(', ');
  const inWindows = windows.flatMap((days) =>
    accumulators.map(({ name, combine }) => {
      const value = days === longest ? name : `case when day >= as_of - ${days} then ${name} end`;
      return `${combine}(${value}) as ${name}_${days}`;
    }),
  );
  const cells = aggregates.flatMap(({ name, sql }) => [
    `${sql((a) => `t.${a}`)} as ${ident(name)}`,
    ...windows.map((days) => `${sql((a) => `w.${a}_${days}`)} as ${ident(`${name}_${days}d`)}`),
  ]);
  const windowed = `select no, d.i, ${inWindows.join(', ')}
      from ew_event e join ew_day d on e.day >= d.as_of - ${longest} and e.day <= d.as_of
      where ${batch} group by 1, 2`;
  return `
    with between_days as (select no, upto, ${combined} from ew_event where ${batch} group by 1, 2),
    t as (select no, d.i, ${totals} from between_days b join ew_day d on b.upto <= d.i group by 1, 2)
    select n.entity, d.as_of, ${cells.join(', ')}
    from t join ew_entity n using (no) join ew_day d using (i)
      ${windows.length === 0 ? '' : `left join (${windowed}) w using (no, i)`} order by no, i`;
}
