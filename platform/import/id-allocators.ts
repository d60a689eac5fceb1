import type { Db, Tx } from '../postgres/connection';

/** Increment of the sequence core.bill_number. */
const BLOCK = 1000;

/** Allocates bill ids from the sequence, one block at a time. */
export class BillNumbers {
  #next = 0;
  #end = 0;

  async take(tx: Tx, count: number): Promise<number[]> {
    const taken: number[] = [];
    while (taken.length < count) {
      if (this.#next === this.#end) {
        const blocks = Math.ceil((count - taken.length) / BLOCK);
        const { rows } = await tx.raw<{ rows: { first: number }[] }>(
          "select nextval('core.bill_number') as first from generate_series(1, ?)",
          [blocks],
        );
        for (const { first } of rows.slice(0, -1)) for (let i = 0; i < BLOCK; i++) taken.push(first + i);
        this.#next = rows.at(-1)!.first;
        this.#end = this.#next + BLOCK;
      }
      while (taken.length < count && this.#next < this.#end) taken.push(this.#next++);
    }
    return taken;
  }

  /** Allocates whole blocks with at least `count` ids together. */
  async takeRanges(tx: Tx, count: number): Promise<{ first: number; n: number }[]> {
    const { rows } = await tx.raw<{ rows: { first: number }[] }>(
      "select nextval('core.bill_number') as first from generate_series(1, ?)",
      [Math.ceil(count / BLOCK)],
    );
    return rows.map(({ first }) => ({ first, n: BLOCK }));
  }
}

export interface KnownProvider {
  readonly id: number;
  /** HPR number of the holder, where the practice has one. */
  readonly hpr: number | undefined;
}

/** Maps practice numbers to providers, read once per file. */
export class ProviderIndex {
  #providers: Map<string, KnownProvider> | undefined;

  async find(tx: Tx, practiceNo: string): Promise<KnownProvider | undefined> {
    if (!this.#providers) {
      const { rows } = await tx.raw<{ rows: { practice_no: string; provider_id: number; hpr_no: string | null }[] }>(
        'select practice_no, provider_id, hpr_no from core.provider',
      );
      this.#providers = new Map(
        rows.map((row) => [
          row.practice_no,
          { id: row.provider_id, hpr: row.hpr_no === null ? undefined : Number(row.hpr_no) },
        ]),
      );
    }
    return this.#providers.get(practiceNo);
  }

  async idOf(tx: Tx, practiceNo: string): Promise<number | undefined> {
    return (await this.find(tx, practiceNo))?.id;
  }
}

/**
 * Creates the partitions of months of receipt in transactions of their own, so that loaders do not wait for each
 * other.
 */
export class PartitionCreator {
  readonly #created = new Set<string>();
  constructor(readonly db: Db) {}

  async ensure(months: ReadonlySet<string>): Promise<void> {
    for (const month of months) {
      if (!this.#created.has(month)) await this.db.raw('select core.ensure_month(?::date)', [month]);
      this.#created.add(month);
    }
  }
}
