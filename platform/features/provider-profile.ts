import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths } from '../../domain/time/days';
import type { ArtifactStore } from '../artifacts/store';
import { quote, type Row, rowsOf, withDuckDb } from '../duckdb/duckdb';
import { createDatasetView } from '../snapshots/dataset-view';
import { type Manifest, monthOf, partitionsOf, shardIndex } from '../snapshots/datasets';
import { createKnownProviders, createProviderViews } from './monthly-rollups';
import { createLineTariffs, createTariffVersions, LINE_MINUTES, LINES_WITH_TARIFFS } from './tariffs-of-lines';
import { GONE, NON_BLOCKING } from './time-use-rules';

/** Bills come up to half a year after treatment. */
const LATE_MONTHS = 7;
const MONTHS_SHOWN = 36;
const SAMPLE_MONTHS = 12;

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
  /** HPR number of a substitute or employee; 0 for the practice holder. */
  readonly performer: number;
  /** Minutes that the tariffs claim at least. */
  readonly minutes: number;
  /** May run during other work, such as phone contacts and laboratory lines. */
  readonly nonBlocking: boolean;
}

/**
 * One provider's bills in a stored snapshot: nothing newer than what the list was made from, read from one shard only.
 */
export class ProviderProfile {
  constructor(
    readonly store: ArtifactStore,
    readonly manifest: Manifest,
    readonly providerId: number,
  ) {}

  async #createView(duck: DuckDBConnection, name: string, dataset: string, months?: ReadonlySet<string>) {
    const shard = shardIndex(this.providerId, this.manifest.shards);
    await createDatasetView(
      duck,
      this.store,
      this.manifest,
      name,
      dataset,
      (month, s) => s === shard && (months === undefined || months.has(month ?? '')),
    );
  }

  #lastMonth(): string | undefined {
    return partitionsOf(this.manifest, 'bill')
      .flatMap((ref) => monthOf(ref) ?? [])
      .sort()
      .at(-1);
  }

  /** The last three years by month of treatment, oldest first. */
  months = (): Promise<ProviderMonth[]> =>
    withDuckDb(this.store.temporary(), async (duck) => {
      await this.#createView(duck, 'bill', 'bill');
      await this.#createView(duck, 'bill_entry', 'bill');
      const rows = await rowsOf(
        duck,
        `select strftime(date_trunc('month', civil_day), '%Y-%m-%d') as month, count(*) as bills,
            count(distinct patient_key) as patients, sum(amount_ore)::double as ore
          from bill where provider_id = ${this.providerId} and kind = 'sent' and bill_id not in (${GONE})
          group by 1 order by 1 desc limit ${MONTHS_SHOWN}`,
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

  /**
   * Up to `count` bills of the last year, sampled by the hash of their number, so that repeated calls show the same
   * ones.
   */
  sample = (count: number): Promise<SampleBill[]> =>
    withDuckDb(this.store.temporary(), async (duck) => {
      const last = this.#lastMonth();
      if (last === undefined) return [];
      const months = new Set(Array.from({ length: SAMPLE_MONTHS }, (_, i) => addMonths(last, -i)));
      await this.#createView(duck, 'bill', 'bill', months);
      await this.#createView(duck, 'bill_entry', 'bill');
      await this.#createView(duck, 'line', 'bill_line', months);
      const rows = await rowsOf(
        duck,
        `with sampled as (
           select * from bill where provider_id = ${this.providerId} and kind = 'sent' and bill_id not in (${GONE})
           order by md5(bill_id::varchar) limit ${count})
         select b.bill_no, strftime(b.civil_day, '%Y-%m-%d') as day, b.minute_of_day, b.amount_ore::double as ore,
           list(l.tariff order by l.line_no) as tariffs
         from sampled b left join line l using (bill_id) group by all order by day, minute_of_day, bill_no`,
      );
      return rows.map(toBill);
    });

  /** Every contact of one day as the rules of time use count it: its start, and the minutes that its tariffs claim. */
  day = (day: string): Promise<Contact[]> =>
    withDuckDb(this.store.temporary(), async (duck) => {
      await createTariffVersions(duck, this.store, this.manifest);
      await createProviderViews(duck, this.store, this.manifest);
      const knownBefore = this.manifest.asOf.replace('T', ' ').replace('Z', '');
      await createKnownProviders(duck, knownBefore);
      const months = new Set(Array.from({ length: LATE_MONTHS }, (_, i) => addMonths(`${day.slice(0, 7)}-01`, i)));
      await this.#createView(duck, 'in_bill', 'bill', months);
      await this.#createView(duck, 'bill_entry', 'bill');
      await this.#createView(duck, 'in_line', 'bill_line', months);
      await createLineTariffs(duck, knownBefore);
      const rows = await rowsOf(
        duck,
        `with contact as (
           select * from in_bill
           where provider_id = ${this.providerId} and civil_day = date ${quote(day)} and kind = 'sent'
             and bill_id not in (${GONE})),
         timed as (
           select l.bill_id, list(l.tariff order by l.line_no) as tariffs, ${LINE_MINUTES} as minutes,
             ${NON_BLOCKING} as non_blocking
           from ${LINES_WITH_TARIFFS} where l.bill_id in (select bill_id from contact) group by l.bill_id)
         select b.bill_no, strftime(b.civil_day, '%Y-%m-%d') as day, b.minute_of_day, b.amount_ore::double as ore,
           coalesce(b.performed_by, 0) as performer, coalesce(t.tariffs, []) as tariffs,
           coalesce(t.minutes, 0) as minutes, coalesce(t.non_blocking, false) as non_blocking
         from contact b left join timed t using (bill_id) order by b.minute_of_day, b.bill_id`,
      );
      return rows.map((row) => ({
        ...toBill(row),
        performer: Number(row['performer']),
        minutes: Number(row['minutes']),
        nonBlocking: row['non_blocking'] === true,
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
