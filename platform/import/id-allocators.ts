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

/** Maps practice numbers to provider ids, read once per file. */
export class ProviderIndex {
  #ids: Map<string, number> | undefined;

  async idOf(tx: Tx, practiceNo: string): Promise<number | undefined> {
    if (!this.#ids) {
      const { rows } = await tx.raw<{ rows: { practice_no: string; provider_id: number }[] }>(
        'select practice_no, provider_id from core.provider',
      );
      this.#ids = new Map(rows.map((row) => [row.practice_no, row.provider_id]));
    }
    return this.#ids.get(practiceNo);
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
