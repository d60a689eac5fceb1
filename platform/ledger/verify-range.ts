import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { binaryRows, type CopyRow } from './copy-rows';
import { readEntry } from './entry-body';
import { LeafIndex } from './leaf-index';
import { chainHash, fullRoot, leafText } from './merkle';

export interface LedgerProblem {
  readonly seq: number;
  readonly problem: string;
}

/** What a stretch of the ledger said, recomputed from its bytes. */
export interface RangeResult {
  /** Leaf hashes, 32 bytes each, of what the entries' bytes are now (of the chain's leaf where an entry is gone). */
  readonly leaves: Uint8Array;
  /** Roots of each full block of 256 leaves from the stretch's first. */
  readonly blocks: Uint8Array;
  readonly problems: LedgerProblem[];
  readonly changes: (readonly [
    seq: number,
    table: string,
    key: string,
    before: string | undefined,
    after: string | undefined,
  ])[];
  readonly bulk: BulkEntry[];
  readonly lastChain: string;
}
/** An event on many rows at once: their number and root stand in the entry. */
export interface BulkEntry {
  readonly seq: number;
  readonly event: string;
  readonly subject: string;
  readonly count: number;
  readonly root: string;
}

const MAX_PROBLEMS = 20;
/** How many times as many are held before the later ones are let go. */
const SOME = 50;
const HASH = 32;
/** Places of the columns that a stretch reads of the chain, and of the entries. */
const LINK = { seq: 0, entryId: 1, leaf: 2, chain: 3 } as const;
const ENTRY_COLUMNS =
  'entry_id, bytes, leaf_hash, event, action_id::text, subject_kind, subject_id, at, entry_id::text';
const ENTRY = { id: 0, bytes: 1, leaf: 2, event: 3, actionId: 4, kind: 5, subject: 6, at: 7, idText: 8 } as const;
/** Entries that are looked for by id at a time. */
const LOOK_UPS = 10_000;
/** Leaves a tile holds; stretches begin at a multiple of it. */
export const BLOCK = 256;
const POSTGRES_EPOCH_MS = 946_684_800_000;
/** Actions whose rows lie in tables of their own and are compared with the root by `bulk.ts`. */
const BULK_ACTS = new Set(['evaluation.recorded', 'list.drafted']);

/** PostgreSQL numbers a table's pages below this. */
const MAX_PAGE = 2 ** 32 - 1;
export const ALL_PAGES = { from: 0, to: MAX_PAGE } as const;

export interface RangeJob {
  readonly url: string;
  /** An exported snapshot, so that all that verifies sees the same instant. */
  readonly snapshot: string;
  readonly from: number;
  readonly to: number;
  /** Chain hash that the first entry follows, hex. */
  readonly before: string;
  /** Pages of the entries' table where these entries are expected; those that lie elsewhere are looked for. */
  readonly window: { readonly from: number; readonly to: number };
}

/** Recomputes entries `from` to `to` (both included): leaves, chain, derived columns. */
export async function verifyRange({ url, snapshot, from, to, before, window }: RangeJob): Promise<RangeResult> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  const read = async (sql: string, visit: (row: CopyRow) => void) => {
    for await (const rows of binaryRows(client.query(copyTo(`copy (${sql}) to stdout (format binary)`))))
      for (const row of rows) visit(row);
  };
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set transaction snapshot '${snapshot}'`);
    const range = new Range(from, to);
    await read(
      `select seq, entry_id, leaf_hash, chain_hash from aud.chain where seq between ${from} and ${to}`,
      (row) => range.link(row),
    );
    // Entries lie nearly as they were chained: read where they lie, the few that lie elsewhere are looked for afterwards.
    const entries = `select ${ENTRY_COLUMNS} from aud.entry`;
    await read(`${entries} where ctid >= '(${window.from},0)' and ctid < '(${window.to},0)'`, (row) =>
      range.entry(row),
    );
    for (const ids of range.lookFor())
      await read(`${entries} where entry_id in (${ids.map((id) => `'${id}'`).join()})`, (row) => range.entry(row));
    return range.result(before);
  } finally {
    await client.end();
  }
}

/** A stretch of the chain, then its entries in any order, then all of it in its own. */
class Range {
  readonly #from: number;
  readonly #places: LeafIndex;
  readonly #met: Uint8Array;
  readonly #leaves: Buffer;
  readonly #links: Buffer;
  readonly #problems: LedgerProblem[] = [];
  readonly #changes: RangeResult['changes'] = [];
  readonly #bulk: BulkEntry[] = [];

  constructor(from: number, to: number) {
    const entries = Math.max(0, to - from + 1);
    this.#from = from;
    this.#places = new LeafIndex(entries);
    this.#met = new Uint8Array(entries);
    this.#leaves = Buffer.alloc(entries * HASH);
    this.#links = Buffer.alloc(entries * HASH);
  }

  /** Keeps the first ones by place, not by when they were found. */
  #report(seq: number, problem: string): void {
    this.#problems.push({ seq, problem });
    if (this.#problems.length >= SOME * MAX_PROBLEMS) this.#firstProblems();
  }

  #firstProblems(): LedgerProblem[] {
    this.#problems.sort((a, b) => a.seq - b.seq).splice(MAX_PROBLEMS);
    return this.#problems;
  }

  link(row: CopyRow): void {
    const seq = row.int8(LINK.seq)!;
    const place = seq - this.#from;
    if (!this.#places.set(place, row, LINK.entryId)) this.#report(seq, `the chain has more than one entry ${seq}`);
    this.#keep(row, LINK.leaf, this.#leaves, place);
    this.#keep(row, LINK.chain, this.#links, place);
  }

  #keep(row: CopyRow, cell: number, into: Buffer, place: number): void {
    if (row.length(cell) === HASH) return row.copy(cell, into, place * HASH);
    this.#report(
      this.#from + place,
      `a hash in the chain at entry ${this.#from + place} is ${row.length(cell)} bytes long, not ${HASH}`,
    );
  }

  /** Hashes are compared as binary text, as the library gives them: a buffer for each costs more than the hash. */
  entry(row: CopyRow): void {
    const place = this.#places.find(row, ENTRY.id);
    // Of another stretch, or of none, or there twice: those are counted.
    if (place === undefined || this.#met[place] === 1) return;
    this.#met[place] = 1;
    const [seq, at] = [this.#from + place, place * HASH];
    const leaf = leafText(row.data, row.starts[ENTRY.bytes]!, row.ends[ENTRY.bytes]!);
    if (leaf !== this.#leaves.toString('latin1', at, at + HASH))
      this.#report(seq, `the bytes of entry ${row.text(ENTRY.idText)} were changed`);
    else if (leaf !== row.text(ENTRY.leaf, 'latin1'))
      this.#report(seq, `the stored leaf hash of entry ${row.text(ENTRY.idText)} was changed`);
    else return this.#body(seq, row);
    this.#leaves.write(leaf, at, 'latin1');
  }

  *#notMet(): Generator<[id: string, seq: number]> {
    for (const [place, met] of this.#met.entries())
      if (met === 0 && this.#places.has(place)) yield [dashed(this.#places.hex(place)), this.#from + place];
  }

  /** Ids of entries that were not met, some at a time. */
  *lookFor(): Generator<string[]> {
    const ids = [...this.#notMet()].map(([id]) => id);
    if (ids.length > 0) this.#places.all();
    for (let at = 0; at < ids.length; at += LOOK_UPS) yield ids.slice(at, at + LOOK_UPS);
  }

  #body(seq: number, row: CopyRow): void {
    const id = row.text(ENTRY.idText);
    const body = readEntry(row.text(ENTRY.bytes)!);
    if (!body) return this.#report(seq, `entry ${id} is not canonical JSON`);
    const same =
      body.entry === id &&
      body.event === row.text(ENTRY.event) &&
      body.actionId === row.text(ENTRY.actionId) &&
      body.subject?.kind === row.text(ENTRY.kind) &&
      body.subject?.id === row.text(ENTRY.subject) &&
      isInstant(body.at, row.int8(ENTRY.at));
    if (!same) return this.#report(seq, `the query columns of entry ${id} do not say what its bytes say`);
    for (const { t, k, b, a } of body.changes ?? []) this.#changes.push([seq, t, k, b, a]);
    // The first format's roots were content hashes of documents, not roots over rows.
    if (body.rows && body.v !== 1 && BULK_ACTS.has(body.event!))
      this.#bulk.push({
        seq,
        event: body.event!,
        subject: body.subject!.id!,
        count: body.rows.count,
        root: body.rows.root,
      });
  }

  /** The chain from `before` on, and the tree's blocks, over the leaves that are there, moved together. */
  result(before: string): RangeResult {
    for (const [id, seq] of this.#notMet()) this.#report(seq, `entry ${id} is gone`);
    const [count, lastChain] = this.#walk(before);
    const blocks = Array.from({ length: Math.floor(count / BLOCK) }, (_, i) =>
      fullRoot(this.#leaves, i * BLOCK * HASH, BLOCK),
    );
    return {
      leaves: this.#leaves.subarray(0, count * HASH),
      blocks: Buffer.concat(blocks),
      problems: this.#firstProblems(),
      changes: this.#changes.sort(([a], [b]) => a - b),
      bulk: this.#bulk.sort((a, b) => a.seq - b.seq),
      lastChain,
    };
  }

  #walk(before: string): [count: number, lastChain: string] {
    let chain: Buffer = Buffer.from(before, 'hex');
    let [count, missing] = [0, false];
    for (let place = 0, at = 0; place < this.#places.count; place++, at += HASH) {
      const [seq, gap] = [this.#from + place, !this.#places.has(place)];
      if (gap && !missing) this.#report(seq, `entry ${seq} is missing`);
      missing = gap;
      if (gap) continue;
      const link = this.#links.subarray(at, at + HASH);
      if (!chainHash(chain, this.#leaves.subarray(at, at + HASH)).equals(link))
        this.#report(seq, 'the chain breaks here: this hash does not follow from the entries before it');
      chain = link;
      this.#leaves.copyWithin(count++ * HASH, at, at + HASH);
    }
    return [count, chain.toString('hex')];
  }
}

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

/** Whether UTC text with microseconds says the same instant as a timestamptz (microseconds since 2000). */
function isInstant(text: string | undefined, micros: number | undefined): boolean {
  if (text === undefined || micros === undefined) return text === micros;
  if (text.length !== 27 || text[26] !== 'Z') return false;
  return micros === (Date.parse(`${text.slice(0, 23)}Z`) - POSTGRES_EPOCH_MS) * 1000 + Number(text.slice(23, 26));
}
