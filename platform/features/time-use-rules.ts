import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths } from '../../domain/rules/time-splits';
import { TIME_RULES } from '../../domain/rules/time-engine';
import { digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { type Manifest, monthOf, partsOf } from '../snapshots/datasets';
import { tariffView } from './monthly-rollups-sql';
import { createView } from './monthly-rollups';
import { PARQUET, quote } from '../duckdb/duckdb';
import { matrixEngine } from '../duckdb/version';

/** Bills come up to half a year after treatment; a day is judged on all that is known of it. */
const LATE_MONTHS = 7;

/**
 * Every day of every performer in a snapshot, by month of treatment: minutes claimed, overlap, and what stands out.
 * Bills are first cut to what the engine needs (a pass over the lines), then each month of treatment is swept in order
 * of start. @returns one Parquet file a month of treatment with the flagged days, ordered by provider, day, performer
 */
export async function timeEngine(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  progress: (done: number, total: number) => void = () => {},
): Promise<{ month: string; file: string }[]> {
  await duck.run(tariffView());
  await createView(duck, store, manifest, 'substitute', 'substitute', () => true);
  await duck.run(
    'create or replace temp table stand_in as select distinct provider_id, substitute_hpr from substitute',
  );
  const months = [...new Set(partsOf(manifest, 'bill').flatMap((part) => monthOf(part) ?? []))].sort();
  const slots = new Map<string, string[]>();
  for (const month of months) slots.set(month, await slotFiles(duck, store, manifest, month));
  const results: { month: string; file: string }[] = [];
  // Treatment may lie before the first month of receipt.
  const first = addMonths(months[0]!, 1 - LATE_MONTHS);
  const service = Array.from({ length: months.length + LATE_MONTHS - 1 }, (_, i) => addMonths(first, i)).filter(
    (m) => m <= months.at(-1)!,
  );
  for (const [index, month] of service.entries()) {
    const files = Array.from({ length: LATE_MONTHS }, (_, i) => addMonths(month, i)).flatMap((m) => slots.get(m) ?? []);
    const parquet = store.temporary('.parquet');
    await duck.run(`copy (${sweepSql(month, files)}) to ${quote(parquet)} ${PARQUET}`);
    const sha = await store.putFile(parquet);
    fs.rmSync(parquet, { force: true });
    results.push({ month, file: store.existing(sha) });
    progress(index + 1, service.length);
  }
  return results;
}

async function slotFiles(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  month: string,
): Promise<string[]> {
  const files: string[] = [];
  for (let shard = 0; shard < manifest.shards; shard++) {
    const here = (m: string | undefined, s: number) => m === month && s === shard;
    const sources = [
      ...(await createView(duck, store, manifest, 'in_bill', 'bill', here)),
      ...(await createView(duck, store, manifest, 'in_line', 'bill_line', here)),
    ];
    const key = digestOf({
      table: 'slot',
      sources,
      code: codeIdentity('platform/features/time-use-rules.ts'),
      engine: matrixEngine(),
    });
    if (!store.derived(key)) {
      const parquet = store.temporary('.parquet');
      await duck.run(`copy (${SLOTS}) to ${quote(parquet)} ${PARQUET}`);
      await store.putDerived(key, parquet);
      fs.rmSync(parquet, { force: true });
    }
    files.push(store.existing(store.derived(key)!));
  }
  return files;
}

/** Ordered by day, so that a month of treatment touches few row groups of later months of receipt. */
const SLOTS = `
  with timed as (
    select l.bill_id, sum(coalesce(t.min_minutes + t.per_repetition * (l.repetitions - 1), 0)) as minutes, bool_and(coalesce(t.kind in ('simple-contact', 'lab'), false)) as beside
    from in_line l left join tariff t on t.code = l.tariff group by l.bill_id)
  select b.bill_id, b.provider_id, coalesce(b.performed_by, 0) as performer, b.civil_day, b.minute_of_day, cast(t.minutes as integer) as minutes, t.beside
  from in_bill b join timed t using (bill_id) where not b.is_credit order by b.civil_day, b.provider_id, b.minute_of_day, b.bill_id`;

function sweepSql(month: string, files: readonly string[]): string {
  const { overlapMinutes, dayMinutes, sameMinute } = TIME_RULES;
  return `
    with slot as (select * from read_parquet([${files.map(quote).join(', ')}]) where civil_day >= date '${month}' and civil_day < date '${addMonths(month, 1)}'),
    reached as (
      select *, max(minute_of_day + minutes) over (partition by provider_id, performer, civil_day order by minute_of_day, bill_id rows between unbounded preceding and 1 preceding) as reach
      from slot where not beside),
    -- The substitute and the holder at work at one minute; colleagues under one practice number may be.
    standing_in as (
      select distinct s.provider_id, s.civil_day, s.minute_of_day from slot s join stand_in i on i.provider_id = s.provider_id and i.substitute_hpr = s.performer where not s.beside),
    together as (
      select s.provider_id, s.performer, s.civil_day, count(*) as same_minute from slot s join standing_in using (provider_id, civil_day, minute_of_day)
      where not s.beside and s.performer = 0 group by 1, 2, 3),
    days as (
      select provider_id, performer, civil_day, sum(minutes) as minutes, count(*) as bills, count(*) filter (reach > minute_of_day) as overlapping,
        coalesce(sum(least(minute_of_day + minutes, reach) - minute_of_day) filter (reach > minute_of_day), 0) as overlap_minutes from reached group by 1, 2, 3)
    select provider_id, civil_day, performer, cast(minutes as bigint) as minutes, bills, overlapping, cast(overlap_minutes as bigint) as overlap_minutes, coalesce(same_minute, 0) as same_minute,
      overlap_minutes >= ${overlapMinutes} as overlap, minutes > ${dayMinutes} as beyond_a_day, coalesce(same_minute, 0) >= ${sameMinute} as with_substitute
    from days left join together using (provider_id, performer, civil_day)
    where overlap_minutes >= ${overlapMinutes} or minutes > ${dayMinutes} or coalesce(same_minute, 0) >= ${sameMinute}
    order by provider_id, civil_day, performer`;
}
