import { FEATURES } from '../../domain/features/catalogue';
import { DAY_MEASURES, MEASURES } from '../../domain/features/measures';
import type { Feature } from '../../domain/features/types';
import { TARIFFS } from '../../domain/reference/tariffs';
import type { Manifest } from './datasets';
import { ident, quote } from './duck';

/** Compiles the declarations in domain/features to DuckDB SQL over one sealed snapshot. */

const KINDS = ['simple-contact', 'consultation', 'e-consultation', 'visit', 'time-add-on', 'procedure', 'lab', 'group'];
const column = (kind: string) => `n_${kind.replaceAll('-', '_')}`;

export function createViews(manifest: Manifest, pathOf: (sha: string) => string): string[] {
  const views = manifest.datasets.map(({ name, parts, columns }) => {
    const files = parts.filter((part) => part.rows > 0);
    if (files.length === 0) {
      const empty = columns.map(([col, type]) => `cast(null as ${type}) as ${ident(col)}`).join(', ');
      return `create view ${ident(name)} as select ${empty}${name.startsWith('bill') || name === 'rule_outcome' ? ', cast(null as date) as month' : ''} where false`;
    }
    const selects = files.map(
      (part) => `select *${part.part === 'all' ? '' : `, date '${part.part}' as month`} from read_parquet(${quote(pathOf(part.file))})`,
    );
    return `create view ${ident(name)} as ${selects.join(' union all ')}`;
  });
  const tariffs = TARIFFS.map((t) => `(${quote(t.code)}, ${quote(t.kind)}, ${t.minMinutes})`).join(', ');
  return [...views, `create view tariff(code, kind, min_minutes) as values ${tariffs}`];
}

/** One row (provider, month of receipt): integers only. `month` parts are done one at a time, which bounds memory. */
export function baseSql(month: string): string {
  const perKind = KINDS.map((kind) => `sum(case when t.kind = '${kind}' then 1 else 0 end) as ${column(kind)}`).join(', ');
  const measures = MEASURES.map((m) => `cast(${m.sql} as bigint) as ${m.name}`).join(', ');
  const days = DAY_MEASURES.map((m) => `cast(${m.sql} as bigint) as ${m.name}`).join(', ');
  return `
    with lines as (
      select l.bill_guid, count(*) as n_lines, sum(coalesce(t.min_minutes, 0) * l.repetitions) as minutes, ${perKind},
             sum(case when t.kind = 'time-add-on' then l.repetitions else 0 end) as add_on_repetitions
      from bill_line l left join tariff t on t.code = l.tariff where l.month = date '${month}' group by l.bill_guid),
    hits as (
      select bill_guid, count(*) as rule_hits, sum(case when effect = 'reject' then 1 else 0 end) as rejections,
             sum(case when effect = 'note' then 0 else amount_ore end) as rejected_ore
      from rule_outcome where month = date '${month}' group by bill_guid),
    joined as (
      select b.*, lines.* exclude (bill_guid), hits.* exclude (bill_guid)
      from bill b left join lines using (bill_guid) left join hits using (bill_guid) where b.month = date '${month}'),
    b as (
      select *, coalesce(minute_of_day < max(minute_of_day + minutes) over (
        partition by provider_id, civil_day order by minute_of_day, bill_no rows between unbounded preceding and 1 preceding), false) as overlaps
      from joined),
    d as (select provider_id, civil_day, sum(minutes) as minutes, count(*) as bills from joined where not is_credit group by 1, 2),
    monthly as (select b.provider_id, ${measures} from b group by b.provider_id),
    daily as (select d.provider_id, ${days} from d group by d.provider_id)
    select date '${month}' as month, monthly.*, daily.* exclude (provider_id) from monthly left join daily using (provider_id)`;
}

const ALL_MEASURES = [...MEASURES, ...DAY_MEASURES];
const windowName = (measure: string, months: number) => `${measure}__${months}`;

function windowsOf(features: readonly Feature[]): [string, number][] {
  const wanted = new Map<string, [string, number]>();
  const want = (measure: string, months: number) => wanted.set(windowName(measure, months), [measure, months]);
  want('bills', 12);
  for (const f of features) {
    if (f.kind === 'total') want(f.measure, f.months);
    else if (f.kind === 'ratio') [f.over, f.under].forEach((measure) => want(measure, f.months));
    else if (f.kind === 'trend') [f.shortMonths, f.longMonths].forEach((months) => want(f.measure, months));
  }
  return [...wanted.values()];
}

function rowSql(f: Exclude<Feature, { kind: 'peer' }>): string {
  switch (f.kind) {
    case 'total':
      return `cast(w.${windowName(f.measure, f.months)} as double)`;
    case 'ratio':
      return `w.${windowName(f.over, f.months)} / nullif(w.${windowName(f.under, f.months)}, 0)`;
    case 'trend':
      return `w.${windowName(f.measure, f.shortMonths)} * ${f.longMonths / f.shortMonths}.0 / nullif(w.${windowName(f.measure, f.longMonths)}, 0)`;
    case 'fact':
      return `cast(${f.sql} as double)`;
  }
}

/** Fixed point for peer statistics: medians over integers do not depend on the order of rows or threads. */
const FIXED = 1_000_000;
/** Normal consistency of the median absolute deviation. */
const MAD_SCALE = 1.4826;

/**
 * All features of every active provider at each as-of date in table `as_of_dates(as_of)`. Only months of receipt that
 * ended before the date count; peers are the providers of the same practice type at the same date.
 */
export function featureSql(features: readonly Feature[] = FEATURES): string {
  const windows = windowsOf(features).map(([measure, months]) => {
    const combine = ALL_MEASURES.find((m) => m.name === measure)?.combine;
    if (!combine) throw new RangeError(`feature declarations name the measure "${measure}", which does not exist`);
    return `cast(coalesce(${combine}(m.${measure}) filter (m.month >= a.as_of - interval ${months} month), 0) as bigint) as ${windowName(measure, months)}`;
  });
  const own = features.filter((f) => f.kind !== 'peer');
  const peers = features.filter((f) => f.kind === 'peer');
  const fixed = [...new Set(peers.map((p) => p.of))];
  const median = (of: string) => `quantile_disc(x_${of}, 0.5) over (partition by as_of, practice_type) as med_${of}`;
  const spread = (of: string) => `quantile_disc(abs(x_${of} - med_${of}), 0.5) over (partition by as_of, practice_type) as mad_${of}`;
  const z = (of: string) => `(x_${of} - med_${of}) / greatest(${MAD_SCALE} * mad_${of}, 1.0)`;
  return `
    with facts as (
      select a.as_of, f.provider_id, arg_max(f.practice_type, (f.valid_from, f.known_from)) as practice_type,
             arg_max(f.list_size, (f.valid_from, f.known_from)) as list_size, min(f.valid_from) as first_valid
      from as_of_dates a join provider_fact f on f.known_from < a.as_of and f.valid_from <= a.as_of group by 1, 2),
    w as (
      select a.as_of, m.provider_id, ${windows.join(', ')}
      from as_of_dates a join base m on m.month < a.as_of and m.month >= a.as_of - interval 12 month group by 1, 2),
    own as (
      select w.as_of, w.provider_id, f.practice_type, ${own.map((f) => `${rowSql(f)} as ${f.name}`).join(', ')}
      from w join facts f using (as_of, provider_id) join as_of_dates a using (as_of)),
    fixed as (select *, ${fixed.map((of) => `cast(round(coalesce(${of}, 0) * ${FIXED}) as bigint) as x_${of}`).join(', ')} from own),
    med as (select *, ${fixed.map(median).join(', ')} from fixed),
    mad as (select *, ${fixed.map(spread).join(', ')} from med)
    select as_of, provider_id, practice_type, ${features.map((f) => (f.kind === 'peer' ? `${z(f.of)} as ${f.name}` : f.name)).join(', ')} from mad`;
}

/**
 * Outcomes of cases as known before the snapshot's as-of instant. A finding that an appeal reversed is no finding. The
 * label counts as known from its last deciding fact: a row whose label an appeal changed later trains no earlier fold.
 */
export function labelSql(minAmountOre: number): string {
  return `
    with last_outcome as (select case_no, arg_max(outcome, known_from) as outcome, arg_max(amount_ore, known_from) as amount_ore, max(known_from) as known_from from outcome group by 1),
    last_appeal as (select case_no, arg_max(result, known_from) as result, arg_max(amount_ore, known_from) as amount_ore, max(known_from) as known_from from appeal group by 1)
    select c.case_no, c.provider_id, c.caseworker, cast(date_trunc('month', c.opened) as date) as as_of,
      case when a.result in ('reversed', 'partly-upheld') then a.amount_ore else o.amount_ore end as amount_ore,
      case when o.outcome in ('none', 'guidance', 'letter') or a.result = 'reversed' then 0
           when (case when a.result = 'partly-upheld' then a.amount_ore else o.amount_ore end) >= ${minAmountOre} then 1 else 0 end as label,
      cast(greatest(o.known_from, coalesce(a.known_from, o.known_from)) as date) as label_known_on
    from "case" c join last_outcome o using (case_no) left join last_appeal a using (case_no)`;
}
