import type { EventWindows } from '../../domain/schemas/event-windows';
import { ident, quote } from './duck';

/**
 * Window aggregates over dated events in two passes. All as-of days and window starts cut time into pieces; events are
 * summed once an entity and piece, in whole numbers, and each as-of day adds up the pieces that lie within its windows.
 * Cost grows with events plus pieces times days, not with events times days. Sums, means and standard deviations come
 * from whole-number sums, so their bytes depend on no order of rows.
 */
interface Aggregate {
  readonly name: string;
  /** Over pieces `p` within a window; `within` is the condition. */
  readonly sql: (within: string) => string;
}

const sumWhen = (column: string, within: string) => (within === 'true' ? `sum(${column})` : `sum(case when ${within} then ${column} end)`);

function aggregatesOf({ counts, amounts }: EventWindows): { pieces: string[]; aggregates: Aggregate[] } {
  const pieces: string[] = ['count(*) as n_events'];
  const aggregates: Aggregate[] = [{ name: 'events', sql: (within) => `coalesce(${sumWhen('n_events', within)}, 0)::bigint` }];
  counts.forEach((column, i) => {
    pieces.push(`count(${ident(column)}) as c${i}`);
    aggregates.push({ name: `${column}_count`, sql: (within) => `coalesce(${sumWhen(`c${i}`, within)}, 0)::bigint` });
  });
  amounts.forEach(({ column, decimals }, i) => {
    const unit = 10 ** decimals;
    const whole = `cast(round(${ident(column)} * ${unit}) as bigint)`;
    pieces.push(
      `count(${whole}) as n${i}`,
      `sum(${whole})::bigint as s${i}`,
      `sum(${whole}::hugeint * ${whole}) as q${i}`,
      `max(${whole}) as m${i}`,
    );
    const [n, s, q] = ['n', 's', 'q'].map((part) => (within: string) => sumWhen(`${part}${i}`, within)) as [Piece, Piece, Piece];
    const max = (within: string) => (within === 'true' ? `max(m${i})` : `max(case when ${within} then m${i} end)`);
    aggregates.push(
      { name: `${column}_sum`, sql: (w) => `${s(w)}::double / ${unit}` },
      { name: `${column}_mean`, sql: (w) => `${s(w)}::double / ${unit} / ${n(w)}` },
      { name: `${column}_max`, sql: (w) => `${max(w)}::double / ${unit}` },
      {
        name: `${column}_stddev`,
        sql: (w) =>
          `case when ${n(w)} > 1 then sqrt((${n(w)} * ${q(w)} - ${s(w)}::hugeint * ${s(w)})::double / (${n(w)}::double * (${n(w)} - 1))) / ${unit} end`,
      },
    );
  });
  return { pieces, aggregates };
}
type Piece = (within: string) => string;

/** Columns of the result after entity and as_of, in order. */
export const eventColumns = (spec: EventWindows): string[] =>
  aggregatesOf(spec).aggregates.flatMap(({ name }) => [name, ...spec.windows.map((days) => `${name}_${days}d`)]);

/** @returns SQL for one row an entity and as-of day on which the entity has had an event */
export function eventWindowsSql(spec: EventWindows, source: string): string {
  const { pieces, aggregates } = aggregatesOf(spec);
  const cells = aggregates.flatMap(({ name, sql }) => [
    `${sql('true')} as ${ident(name)}`,
    ...spec.windows.map((days) => `${sql(`p.lo >= a.as_of - ${days}`)} as ${ident(`${name}_${days}d`)}`),
  ]);
  const days = spec.asOf.map((day) => `(date ${quote(day)})`).join(', ');
  const lengths = spec.windows.map((w) => `(${w})`).join(', ');
  const starts = spec.windows.length > 0 ? `union select as_of - w from as_of, (values ${lengths}) t(w)` : '';
  return `
    with as_of as materialized (select * from (values ${days}) t(as_of)),
    bound as materialized (select date '0001-01-01' as lo union select as_of + 1 from as_of ${starts}),
    event as (select ${ident(spec.entity)} as __entity, cast(${ident(spec.day)} as date) as __day, * from ${source} where cast(${ident(spec.day)} as date) <= (select max(as_of) from as_of)),
    p as materialized (select e.__entity as entity, b.lo, ${pieces.join(', ')} from event e asof join bound b on e.__day >= b.lo group by 1, 2)
    select p.entity, a.as_of, ${cells.join(', ')} from p join as_of a on p.lo <= a.as_of group by 1, 2`;
}
