import type { DuckDBConnection } from '@duckdb/node-api';
import { civilTime } from '../../domain/time/civil-time';
import { UtplukkError } from '../../domain/errors';
import type { ArtifactStore } from '../artifacts/store';
import { type Manifest, partsOf } from '../snapshots/datasets';
import { createView } from '../features/monthly-rollups';
import { ident } from '../duckdb/duckdb';

/**
 * Cohort and labels as reviewed SQL over the stored snapshot: controls opened before the as-of instant, and what of
 * their outcome was known by then. A label has a state:
 *   open        no decision is known
 *   provisional decided, and a complaint may still come or is still open (less than `finalDays` since the decision)
 *   final       decided, not changed
 *   reversed    an appeal or the payer itself took the finding back; partly: the amount that is left counts
 *   unclear     a reversal stands in the case system as a complaint nobody sent in: flagged, no label rests on it
 * A label counts as known from its last deciding fact, so that a row whose label an appeal changed trains no earlier fold.
 */
export const FINAL_DAYS = 42; // three weeks to complain (forvaltningsloven § 29), three to register it

export function labelSql(minAmountOre: number, asOf: string): string {
  const nothing = "('none', 'guidance', 'letter')";
  return `
    with last_outcome as (select case_no, arg_max(outcome, known_from) as outcome, arg_max(amount_ore, known_from) as amount_ore, arg_max(decided, known_from) as decided, max(known_from) as known_from from outcome group by 1),
    last_appeal as (select case_no, arg_max(result, known_from) as result, arg_max(amount_ore, known_from) as amount_ore, bool_or(misregistered) as misregistered, max(known_from) as known_from from appeal group by 1),
    last_reversal as (select case_no, arg_max(amount_ore, known_from) as amount_ore, max(known_from) as known_from from reversal group by 1),
    joined as (
      select c.case_no, c.provider_id, c.caseworker, c.basis, cast(date_trunc('month', c.opened) as date) as as_of, o.outcome, o.decided,
        case when r.case_no is not null then r.amount_ore when a.result in ('reversed', 'partly-upheld') then a.amount_ore else o.amount_ore end as amount_ore,
        greatest(o.known_from, coalesce(a.known_from, o.known_from), coalesce(r.known_from, o.known_from)) as known_from,
        case when o.case_no is null then 'open' when a.misregistered then 'unclear' when a.result = 'reversed' or r.case_no is not null then 'reversed'
             when a.case_no is null and o.decided > date '${asOf}' - ${FINAL_DAYS} then 'provisional' else 'final' end as state,
        a.result = 'reversed' or (r.case_no is not null and r.amount_ore = 0) as undone
      from "case" c left join last_outcome o using (case_no) left join last_appeal a using (case_no) left join last_reversal r using (case_no))
    select *, case when state in ('open', 'unclear') then null when outcome in ${nothing} or undone then 0 when amount_ore >= ${minAmountOre} then 1 else 0 end as label,
      case when state in ('open', 'unclear') then null else cast(known_from as date) end as label_known_on
    from joined`;
}

/** Makes table `labels` from a snapshot's cases and yields the as-of dates of those that have a label, in order. */
export async function createLabelsView(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  minAmountOre: number,
): Promise<readonly string[]> {
  for (const name of ['case', 'outcome', 'appeal', 'reversal'])
    await createView(duck, store, manifest, ident(name), name, () => true);
  // Snapshots sealed before chances of selection were extracted hold none.
  if (partsOf(manifest, 'case_draw').length > 0)
    await createView(duck, store, manifest, 'case_draw', 'case_draw', () => true);
  else await duck.run('create temp table case_draw (case_no varchar, selection_probability double)');
  const day = civilTime(Date.parse(manifest.asOf)).day;
  await duck.run(`create temp table labels as ${labelSql(minAmountOre, day)}`);
  // Features at the first of a month need a whole month of receipt before it.
  const first = partsOf(manifest, 'bill')[0]!.part.slice(0, 10);
  const dates = await duck.runAndReadAll(
    `select distinct cast(as_of as varchar) from labels where label is not null and as_of < date '${day}' and as_of > date '${first}' order by 1`,
  );
  const asOfs = dates.getRows().map(([date]) => String(date));
  if (asOfs.length === 0)
    throw new UtplukkError(
      'NoLabels',
      'the snapshot holds no concluded control',
      'Load outcomes, or choose a later as-of instant.',
    );
  return asOfs;
}
