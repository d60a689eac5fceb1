import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../../domain/errors';
import { CLASSIFIED_TARIFFS, TARIFF_KINDS } from '../../domain/reference/tariff-kinds';
import type { ArtifactStore } from '../artifacts/store';
import { quote } from '../duckdb/duckdb';
import { createDatasetView } from '../snapshots/dataset-view';
import { type Manifest, partitionsOf } from '../snapshots/datasets';

/** Kinds of tariffs, with their number in TARIFF_KINDS: numbers compare faster than text. */
const KINDS = CLASSIFIED_TARIFFS.map(
  ({ field, code, kind }) => `(${quote(field)}, ${quote(code)}, ${quote(kind)}, ${TARIFF_KINDS.indexOf(kind)})`,
).join(', ');

const rowsIn = (manifest: Manifest, dataset: string) =>
  partitionsOf(manifest, dataset).reduce((sum, { rows }) => sum + rows, 0);

/**
 * Creates view `tariff_version` over the tariffs of a snapshot.
 * @throws UtplukkError InvalidInput if there are bills and no tariff: every bill would claim no time
 */
export async function createTariffVersions(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
): Promise<void> {
  if (rowsIn(manifest, 'bill_line') > 0 && rowsIn(manifest, 'tariff') === 0)
    throw invalid(
      'the snapshot holds bills and no tariff (takst) that is valid by then',
      'Load the tariffs of those years (takstkoder, open data) with utplukk register import, and extract again.',
    );
  await createDatasetView(duck, store, manifest, 'tariff_version', 'tariff');
}

/**
 * Creates the tables `tariff` (one row a version that applies to a day of `in_bill`) and `provider_field` (the field
 * of a provider by days), from the views `tariff_version`, `in_bill` and `in_provider`. Of a version that was loaded
 * again, the last load is right.
 * @returns a digest of both, which identifies what the minutes and kinds of those bills depend on
 */
export async function createLineTariffs(duck: DuckDBConnection, knownBefore: string): Promise<string> {
  await duck.run(`create or replace temp table tariff as
    with days as (select min(civil_day) as first, max(civil_day) as last from in_bill),
    version as (
      select * from tariff_version where known_from < timestamp ${quote(knownBefore)}
      qualify row_number() over (partition by code, field, valid_from order by load_seq desc) = 1)
    select v.code, v.field, v.valid_from, coalesce(v.valid_to, date '9999-12-31') as valid_to, k.kind, k.k,
      coalesce(v.min_minutes, 0) as min_minutes, coalesce(v.minutes_per_repetition, 0) as per_repetition,
      v.max_repetitions
    from version v cross join days d left join (values ${KINDS}) k(field, code, kind, k) using (field, code)
    where v.valid_from <= d.last and coalesce(v.valid_to, date '9999-12-31') >= d.first
    order by v.code, v.field, v.valid_from`);
  // The first known field holds for earlier days too: bills may come before a practice's registration.
  await duck.run(`create or replace temp table provider_field as
    with known as (
      select provider_id, valid_from, arg_max(field, known_from) as field from in_provider group by 1, 2),
    changed as (
      select * from known
      qualify lag(field) over (partition by provider_id order by valid_from) is distinct from field)
    select provider_id, field,
      case when lag(field) over by_day is null then date '0001-01-01' else valid_from end as from_day,
      coalesce(lead(valid_from) over by_day, date '9999-12-31') as until_day
    from changed window by_day as (partition by provider_id order by valid_from)`);
  const digests = await duck.runAndReadAll(`
    select (select md5(coalesce(string_agg(t::varchar, chr(10) order by code, field, valid_from), '')) from tariff t),
      (select md5(coalesce(string_agg(f::varchar, chr(10) order by provider_id, from_day), ''))
        from provider_field f)`);
  return digests.getRows()[0]!.join(' ');
}

/**
 * From clause: lines `l` of the view `in_line`, each with the version `t` of its tariff that was valid on the bill's
 * day in the provider's field. Codes are unique within a field only.
 */
export const LINES_WITH_TARIFFS = `in_line l
    left join (
      select b.bill_id, b.civil_day, f.field from in_bill b
        join provider_field f on f.provider_id = b.provider_id and b.civil_day >= f.from_day
          and b.civil_day < f.until_day) day_of on day_of.bill_id = l.bill_id
    left join tariff t on t.code = l.tariff and t.field = day_of.field
      and day_of.civil_day between t.valid_from and t.valid_to`;

/** Minutes that a line `l` claims at least by its tariff `t`. */
export const LINE_MINUTES = 'sum(coalesce(t.min_minutes + t.per_repetition * (l.repetitions - 1), 0))';
