import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { TIME_RULES } from '../../domain/rules/time-use';
import { addMonths } from '../../domain/time/days';
import { digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { startOfDay } from '../duckdb/civil-day';
import { PARQUET, quote } from '../duckdb/duckdb';
import { duckDbVersion } from '../duckdb/version';
import { createDatasetView } from '../snapshots/dataset-view';
import { type Manifest, monthOf, partitionsOf } from '../snapshots/datasets';
import { createKnownProviders, createProviderViews } from './monthly-rollups';
import { LATEST_END_BEFORE } from './monthly-rollups-sql';
import { createLineTariffs, createTariffVersions, LINE_MINUTES, LINES_WITH_TARIFFS } from './tariffs-of-lines';

/** Bills come up to half a year after treatment, and a day is assessed on all bills that are known of it. */
const LATE_MONTHS = 7;

/**
 * Assesses every day of every performer in a snapshot, by month of treatment: minutes claimed, overlap, and the flags
 * of TIME_RULES. Bills are first reduced to time intervals (one pass over the lines); each month of treatment is then
 * swept in order of start.
 * @returns one Parquet file per month of treatment with the flagged days, ordered by provider, day, performer
 */
export async function flagTimeUse(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  progress: (done: number, total: number) => void = () => {},
): Promise<{ month: string; file: string }[]> {
  await createTariffVersions(duck, store, manifest);
  await createProviderViews(duck, store, manifest);
  await duck.run(
    'create or replace temp table stand_in as select distinct provider_id, substitute_hpr from substitute',
  );
  await createDatasetView(duck, store, manifest, 'bill_entry', 'bill');
  await duck.run(`create or replace temp table gone as ${GONE}`);
  const months = [...new Set(partitionsOf(manifest, 'bill').flatMap((ref) => monthOf(ref) ?? []))].sort();
  const intervals = new Map<string, string[]>();
  for (const month of months) intervals.set(month, await contactIntervalFiles(duck, store, manifest, month));
  const results: { month: string; file: string }[] = [];
  // Treatment may precede the first month of receipt.
  const first = addMonths(months[0]!, 1 - LATE_MONTHS);
  const serviceMonths = Array.from({ length: months.length + LATE_MONTHS - 1 }, (_, i) => addMonths(first, i)).filter(
    (month) => month <= months.at(-1)!,
  );
  for (const [index, month] of serviceMonths.entries()) {
    const received = Array.from({ length: LATE_MONTHS }, (_, i) => addMonths(month, i));
    const files = received.flatMap((receivedMonth) => intervals.get(receivedMonth) ?? []);
    const parquet = store.temporary('.parquet');
    await duck.run(`copy (${flaggedDaysSql(month, files)}) to ${quote(parquet)} ${PARQUET}`);
    const sha = await store.putFile(parquet);
    fs.rmSync(parquet, { force: true });
    results.push({ month, file: store.existing(sha) });
    progress(index + 1, serviceMonths.length);
  }
  return results;
}

/** Files with the time intervals of the contacts received in a month, one per shard. */
async function contactIntervalFiles(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  month: string,
): Promise<string[]> {
  const files: string[] = [];
  const code = codeIdentity(__filename);
  const end = startOfDay(addMonths(month, 1));
  await createKnownProviders(duck, end);
  for (let shard = 0; shard < manifest.shards; shard++) {
    const selected = (m: string | undefined, s: number) => m === month && s === shard;
    const sources = [
      ...(await createDatasetView(duck, store, manifest, 'in_bill', 'bill', selected)),
      ...(await createDatasetView(duck, store, manifest, 'in_line', 'bill_line', selected)),
    ];
    const tariffs = await createLineTariffs(duck, end);
    const key = digestOf({ table: 'contact_interval', sources, tariffs, code, engine: duckDbVersion() });
    if (!store.derived(key)) {
      const parquet = store.temporary('.parquet');
      await duck.run(`copy (${CONTACT_INTERVALS}) to ${quote(parquet)} ${PARQUET}`);
      await store.putDerived(key, parquet);
      fs.rmSync(parquet, { force: true });
    }
    files.push(store.existing(store.derived(key)!));
  }
  return files;
}

/** Versions of bills that stand no longer, from view `bill_entry` of a snapshot: their entries add up to nothing. */
export const GONE = `select of_bill as bill_id from bill_entry where kind <> 'sent' and of_bill is not null
  group by 1 having sum(entry) < 0`;

/** True for bills whose every line may run during other work. */
export const NON_BLOCKING = "bool_and(coalesce(t.kind in ('simple-contact', 'lab'), false))";

/** Ordered by day, so that a month of treatment reads few row groups of later months of receipt. */
const CONTACT_INTERVALS = `
  with timed as (
    select l.bill_id, ${LINE_MINUTES} as minutes, ${NON_BLOCKING} as non_blocking
    from ${LINES_WITH_TARIFFS} group by l.bill_id)
  select b.bill_id, b.provider_id, coalesce(b.performed_by, 0) as performer, b.civil_day, b.minute_of_day,
    cast(t.minutes as integer) as minutes, t.non_blocking
  from in_bill b join timed t using (bill_id)
  where b.kind = 'sent' order by b.civil_day, b.provider_id, b.minute_of_day, b.bill_id`;

function flaggedDaysSql(month: string, files: readonly string[]): string {
  const { overlapMinutes, dayMinutes, sameMinute } = TIME_RULES;
  const flags = {
    overlap: `overlap_minutes >= ${overlapMinutes}`,
    beyond_a_day: `minutes > ${dayMinutes}`,
    with_substitute: `coalesce(same_minute, 0) >= ${sameMinute}`,
  };
  return `
    with interval_of as (
      select * from read_parquet([${files.map(quote).join(', ')}]) anti join gone using (bill_id)
      where civil_day >= date '${month}' and civil_day < date '${addMonths(month, 1)}'),
    ends as (select *, ${LATEST_END_BEFORE} as end_before from interval_of where not non_blocking),
    -- Starts of a substitute; the holder is not expected to work then, while colleagues under one practice number may.
    substitute_starts as (
      select distinct s.provider_id, s.civil_day, s.minute_of_day
      from interval_of s join stand_in i on i.provider_id = s.provider_id and i.substitute_hpr = s.performer
      where not s.non_blocking),
    simultaneous as (
      select s.provider_id, s.performer, s.civil_day, count(*) as same_minute
      from interval_of s join substitute_starts using (provider_id, civil_day, minute_of_day)
      where not s.non_blocking and s.performer = 0 group by 1, 2, 3),
    days as (
      select provider_id, performer, civil_day, sum(minutes) as minutes, count(*) as bills,
        count(*) filter (end_before > minute_of_day) as overlapping,
        coalesce(sum(least(minute_of_day + minutes, end_before) - minute_of_day)
          filter (end_before > minute_of_day), 0) as overlap_minutes
      from ends group by 1, 2, 3)
    select provider_id, civil_day, performer, cast(minutes as bigint) as minutes, bills, overlapping,
      cast(overlap_minutes as bigint) as overlap_minutes, coalesce(same_minute, 0) as same_minute,
      ${Object.entries(flags)
        .map(([name, condition]) => `${condition} as ${name}`)
        .join(', ')}
    from days left join simultaneous using (provider_id, performer, civil_day)
    where ${Object.values(flags).join(' or ')}
    order by provider_id, civil_day, performer`;
}
