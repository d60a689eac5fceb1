import type { DuckDBConnection } from '@duckdb/node-api';
import { FEATURES } from '../../domain/features/catalogue';
import { addMonths } from '../../domain/rules/time-splits';
import type { MatrixMeta } from '../../domain/schemas/matrix';
import type { ArtifactStore } from '../artifacts/store';
import { shardIndex, type Manifest, monthOf, partsOf } from '../snapshots/datasets';
import { createView } from './monthly-rollups';
import { tariffView } from './monthly-rollups-sql';
import { ident, quote, withDuckDb } from '../duckdb/duckdb';

/** Bills come up to half a year after treatment. */
const LATE_MONTHS = 7;
const MONTHS_SHOWN = 36;
const SAMPLE_MONTHS = 12;
const COMPARISONS = 12;

export interface ProviderMonth {
  /** First day of the month of treatment. */
  readonly month: string;
  readonly bills: number;
  readonly patients: number;
  readonly amountOre: number;
}
export interface SampleBill {
  readonly billNo: number;
  readonly day: string;
  /** Minutes after midnight in Norway. */
  readonly minute: number;
  readonly amountOre: number;
  readonly tariffs: readonly string[];
}
export interface Contact extends SampleBill {
  /** HPR number of a substitute or employee; 0 for the holder. */
  readonly performer: number;
  /** Minutes that the tariffs ask for at the least. */
  readonly minutes: number;
  /** May run beside other work, such as the telephone or the laboratory. */
  readonly beside: boolean;
}
export interface PeerFigure {
  readonly feature: string;
  readonly unit: string;
  readonly value: number;
  /** Robust deviation from peers, in spreads. */
  readonly deviation: number;
  readonly peers: number;
  /** 10th, 25th, 50th, 75th and 90th percentile of the peers. */
  readonly quantiles: readonly number[];
}

type Row = Record<string, unknown>;
const rowsOf = async (duck: DuckDBConnection, sql: string): Promise<Row[]> =>
  (await duck.runAndReadAll(sql)).getRowObjectsJS();
const numbers = (values: unknown): number[] => (values as unknown[]).map(Number);

/** What a stored snapshot holds of one provider: nothing newer than what the list was made of, read from its shard alone. */
export class ProviderProfile {
  constructor(
    readonly store: ArtifactStore,
    readonly manifest: Manifest,
    readonly providerId: number,
  ) {}

  async #open(duck: DuckDBConnection, name: string, dataset: string, months?: ReadonlySet<string>): Promise<void> {
    const shard = shardIndex(this.providerId, this.manifest.shards);
    await createView(
      duck,
      this.store,
      this.manifest,
      name,
      dataset,
      (month, s) => s === shard && (months === undefined || months.has(month ?? '')),
    );
  }

  #lastMonth(): string | undefined {
    return partsOf(this.manifest, 'bill')
      .flatMap((part) => monthOf(part) ?? [])
      .sort()
      .at(-1);
  }

  /** The last three years by month of treatment. */
  months = (): Promise<ProviderMonth[]> =>
    withDuckDb(this.store.temporary(), async (duck) => {
      await this.#open(duck, 'bill', 'bill');
      const rows = await rowsOf(
        duck,
        `select strftime(date_trunc('month', civil_day), '%Y-%m-%d') as month, count(*) as bills, count(distinct patient_key) as patients, sum(amount_ore)::double as ore
          from bill where provider_id = ${this.providerId} and not is_credit group by 1 order by 1 desc limit ${MONTHS_SHOWN}`,
      );
      return rows
        .map((row) => ({
          month: String(row['month']),
          bills: Number(row['bills']),
          patients: Number(row['patients']),
          amountOre: Number(row['ore']),
        }))
        .reverse();
    });

  /** Bills of the last year, drawn by their number's hash, so that a second look shows the same ones. */
  sample = (count: number): Promise<SampleBill[]> =>
    withDuckDb(this.store.temporary(), async (duck) => {
      const last = this.#lastMonth();
      if (last === undefined) return [];
      const months = new Set(Array.from({ length: SAMPLE_MONTHS }, (_, i) => addMonths(last, -i)));
      await this.#open(duck, 'bill', 'bill', months);
      await this.#open(duck, 'line', 'bill_line', months);
      const rows = await rowsOf(
        duck,
        `with drawn as (select * from bill where provider_id = ${this.providerId} and not is_credit order by md5(bill_id::varchar) limit ${count})
         select b.bill_no, strftime(b.civil_day, '%Y-%m-%d') as day, b.minute_of_day, b.amount_ore::double as ore, list(l.tariff order by l.line_no) as tariffs
          from drawn b left join line l using (bill_id) group by all order by day, minute_of_day, bill_no`,
      );
      return rows.map(toBill);
    });

  /** Every contact of one day, as the time engine counts it: start, and the minutes that its tariffs ask for. */
  day = (day: string): Promise<Contact[]> =>
    withDuckDb(this.store.temporary(), async (duck) => {
      await duck.run(tariffView());
      const months = new Set(Array.from({ length: LATE_MONTHS }, (_, i) => addMonths(`${day.slice(0, 7)}-01`, i)));
      await this.#open(duck, 'bill', 'bill', months);
      await this.#open(duck, 'line', 'bill_line', months);
      const rows = await rowsOf(
        duck,
        `select b.bill_no, strftime(b.civil_day, '%Y-%m-%d') as day, b.minute_of_day, b.amount_ore::double as ore, coalesce(b.performed_by, 0) as performer, list(l.tariff order by l.line_no) as tariffs,
            sum(coalesce(t.min_minutes + t.per_repetition * (l.repetitions - 1), 0)) as minutes, bool_and(coalesce(t.kind in ('simple-contact', 'lab'), false)) as beside
          from bill b left join line l using (bill_id) left join tariff t on t.code = l.tariff
          where b.provider_id = ${this.providerId} and b.civil_day = date ${quote(day)} and not b.is_credit group by all order by b.minute_of_day, b.bill_no`,
      );
      return rows.map((row) => ({
        ...toBill(row),
        performer: Number(row['performer']),
        minutes: Number(row['minutes']),
        beside: row['beside'] === true,
      }));
    });
}

const toBill = (row: Row): SampleBill => ({
  billNo: Number(row['bill_no']),
  day: String(row['day']),
  minute: Number(row['minute_of_day']),
  amountOre: Number(row['ore']),
  tariffs: (row['tariffs'] as (string | null)[]).filter((code) => code !== null),
});

/** Columns with a deviation from peers beside them. */
const PAIRS = FEATURES.filter((feature) => feature.peer === 'z').map(({ name, declaration }) => ({
  z: name,
  base: name.replace(/_z$/, ''),
  unit: declaration.unit,
}));

/** Where a provider stands farthest from the peers it was scored beside: its figure and their spread. */
export const peerFigures = (
  store: ArtifactStore,
  file: string,
  meta: MatrixMeta,
  entity: string,
): Promise<PeerFigure[]> =>
  withDuckDb(store.temporary(), async (duck) => {
    await duck.run(`create view m as select * from read_parquet(${quote(store.existing(file))})`);
    const have = new Set(meta.columns.map(({ name }) => name));
    const pairs = PAIRS.filter(({ z, base }) => have.has(z) && have.has(base));
    if (pairs.length === 0) return [];
    const columns = pairs
      .flatMap(({ z, base }) => [z, base])
      .map((name) => `cast(${ident(name)} as double) as ${ident(name)}`);
    const [own] = await rowsOf(
      duck,
      `select grp, ${columns.join(', ')} from m where entity = ${quote(entity)} limit 1`,
    );
    if (!own) return [];
    const known = (name: string) => (own[name] === null ? Number.NaN : Number(own[name]));
    const farthest = pairs
      .filter(({ z, base }) => Number.isFinite(known(z)) && Number.isFinite(known(base)))
      .sort((a, b) => Math.abs(known(b.z)) - Math.abs(known(a.z)) || a.z.localeCompare(b.z))
      .slice(0, COMPARISONS);
    if (farthest.length === 0) return [];
    const spreads = farthest.map(
      ({ base }, i) =>
        `quantile_cont(cast(${ident(base)} as double), [0.1, 0.25, 0.5, 0.75, 0.9]) as q${i}, count(${ident(base)}) as n${i}`,
    );
    const [peers] = await rowsOf(duck, `select ${spreads.join(', ')} from m where grp = ${quote(String(own['grp']))}`);
    return farthest.map(({ z, base, unit }, i) => ({
      feature: base,
      unit,
      value: known(base),
      deviation: known(z),
      peers: Number(peers![`n${i}`]),
      quantiles: numbers(peers![`q${i}`]),
    }));
  });

/** One column of a matrix by entity; missing figures are left out. */
export const columnByEntity = (
  store: ArtifactStore,
  file: string,
  column: string,
): Promise<ReadonlyMap<string, number>> =>
  withDuckDb(store.temporary(), async (duck) => {
    const result = await duck.runAndReadAll(
      `select entity, cast(${ident(column)} as double) from read_parquet(${quote(store.existing(file))}) where ${ident(column)} is not null`,
    );
    return new Map(result.getRows().map(([entity, value]) => [String(entity), Number(value)]));
  });
