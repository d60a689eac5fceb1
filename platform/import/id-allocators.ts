import type { Db, Tx } from '../postgres/connection';

/** Keys that loaders need by the thousand, each fetched once a file. */
const BLOCK = 1000; // the increment of core.bill_number

/** Numbers for bills, taken from the sequence a block at a time. */
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

  /** Whole blocks for many at once: as few ranges as the sequence allows, together at least `count` numbers. */
  async takeRanges(tx: Tx, count: number): Promise<{ first: number; n: number }[]> {
    const { rows } = await tx.raw<{ rows: { first: number }[] }>(
      "select nextval('core.bill_number') as first from generate_series(1, ?)",
      [Math.ceil(count / BLOCK)],
    );
    return rows.map(({ first }) => ({ first, n: BLOCK }));
  }
}

/** Practice number -> surrogate of the provider. */
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

/** Makes the partitions of months of receipt that a file turns out to need, each at once: loaders must not wait for each other. */
export class PartitionCreator {
  readonly #made = new Set<string>();
  constructor(readonly db: Db) {}

  async ensure(months: ReadonlySet<string>): Promise<void> {
    for (const month of months) {
      if (!this.#made.has(month)) await this.db.raw('select core.ensure_month(?::date)', [month]);
      this.#made.add(month);
    }
  }
}
