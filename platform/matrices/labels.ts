import { type CivilDate, toCivilDate } from '../../domain/time/instant';
import type { DuckDBConnection } from '@duckdb/node-api';
import { civilTime } from '../../domain/time/civil-time';
import { UtplukkError } from '../../domain/errors';
import type { ArtifactStore } from '../artifacts/store';
import { type Manifest, partitionsOf } from '../snapshots/datasets';
import { ident } from '../duckdb/duckdb';
import { createDatasetView } from '../snapshots/dataset-view';

/** Days until a decision is final: three weeks to appeal (forvaltningsloven § 29), three to register the appeal. */
export const FINAL_DAYS = 42;

/**
 * SQL for cohort and labels of a stored snapshot: control cases opened before the as-of instant, with what was known of
 * their outcome by then. A label has a state:
 * - `open`: no decision is known
 * - `provisional`: decided less than FINAL_DAYS ago, so an appeal may still come or be registered
 * - `final`: decided and not changed
 * - `reversed`: an appeal or the payer itself withdrew the finding; after a partial reversal the remaining amount
 * counts
 * - `unclear`: the case system records a reversal as an appeal that nobody sent; such a case gets no label
 *
 * A label is known from its last deciding fact, so a label that an appeal changed trains no earlier fold.
 * @param minAmountOre amount in øre from which a decision counts as a finding
 * @param asOf civil day of the as-of instant
 */
export function labelSql(minAmountOre: number, asOf: CivilDate): string {
  const noFinding = "('none', 'guidance', 'letter')";
  const last = (column: string) => `arg_max(${column}, known_from) as ${column}`;
  return `
    with last_outcome as (
      select case_no, ${last('outcome')}, ${last('amount_ore')}, ${last('decided')}, max(known_from) as known_from
      from outcome group by 1),
    last_appeal as (
      select case_no, ${last('result')}, ${last('amount_ore')}, bool_or(misregistered) as misregistered,
        max(known_from) as known_from
      from appeal group by 1),
    last_reversal as (
      select case_no, ${last('amount_ore')}, max(known_from) as known_from from reversal group by 1),
    joined as (
      select c.case_no, c.provider_id, c.caseworker, c.basis, cast(date_trunc('month', c.opened) as date) as as_of,
        o.outcome, o.decided,
        case when r.case_no is not null then r.amount_ore
             when a.result in ('reversed', 'partly-upheld') then a.amount_ore
             else o.amount_ore end as amount_ore,
        greatest(o.known_from, coalesce(a.known_from, o.known_from), coalesce(r.known_from, o.known_from))
          as known_from,
        case when o.case_no is null then 'open' when a.misregistered then 'unclear'
             when a.result = 'reversed' or r.case_no is not null then 'reversed'
             when a.case_no is null and o.decided > date '${asOf}' - ${FINAL_DAYS} then 'provisional'
             else 'final' end as state,
        a.result = 'reversed' or (r.case_no is not null and r.amount_ore = 0) as undone
      from "case" c left join last_outcome o using (case_no) left join last_appeal a using (case_no)
        left join last_reversal r using (case_no))
    select *,
      case when state in ('open', 'unclear') then null when outcome in ${noFinding} or undone then 0
           when amount_ore >= ${minAmountOre} then 1 else 0 end as label,
      case when state in ('open', 'unclear') then null else cast(known_from as date) end as label_known_on
    from joined`;
}

/**
 * Creates table `labels` from a snapshot's cases, and `case_draw` with the selection probabilities.
 * @returns the as-of dates of the cases that have a label, in order
 * @throws UtplukkError NoLabels if no case has one
 */
export async function createLabels(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  minAmountOre: number,
): Promise<readonly CivilDate[]> {
  for (const name of ['case', 'outcome', 'appeal', 'reversal', 'case_draw'])
    await createDatasetView(duck, store, manifest, ident(name), name);
  const day = civilTime(Date.parse(manifest.asOf)).day;
  await duck.run(`create temp table labels as ${labelSql(minAmountOre, day)}`);
  // Features as of the first of a month need a whole month of receipt before it.
  const first = partitionsOf(manifest, 'bill')[0]!.partition.slice(0, 10);
  const dates = await duck.runAndReadAll(
    `select distinct cast(as_of as varchar) from labels
     where label is not null and as_of < date '${day}' and as_of > date '${first}' order by 1`,
  );
  const asOfs = dates.getRows().map(([date]) => toCivilDate(String(date), 'as_of of a label'));
  if (asOfs.length === 0)
    throw new UtplukkError(
      'NoLabels',
      'the snapshot holds no concluded control case',
      'Load outcomes, or choose a later as-of instant.',
    );
  return asOfs;
}
