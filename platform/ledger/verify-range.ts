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

/** A range of the ledger, recomputed from the bytes of its entries. */
export interface RangeResult {
  /** Leaf hashes of the entries' bytes, 32 bytes each; where an entry is missing, the leaf hash of the chain. */
  readonly leaves: Uint8Array;
  /** Roots of the full blocks of 256 leaves from the first of the range. */
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
/** An event about many rows: the entry holds their number and root. */
export interface BulkEntry {
  readonly seq: number;
  readonly event: string;
  readonly subject: string;
  readonly count: number;
  readonly root: string;
}

const MAX_PROBLEMS = 20;
/** Problems held before the later ones are dropped. */
const MAX_HELD = 50 * MAX_PROBLEMS;
const HASH = 32;
/** Positions of the columns that are read from the chain and from the entries. */
const LINK = { seq: 0, entryId: 1, leaf: 2, chain: 3 } as const;
const ENTRY_COLUMNS =
  'entry_id, bytes, leaf_hash, event, action_id::text, subject_kind, subject_id, at, entry_id::text';
const ENTRY = { id: 0, bytes: 1, leaf: 2, event: 3, actionId: 4, kind: 5, subject: 6, at: 7, idText: 8 } as const;
/** Entries that are read by id at a time. */
const IDS_PER_QUERY = 10_000;
/** Leaves per tile; ranges begin at a multiple of it. */
export const BLOCK = 256;
const POSTGRES_EPOCH_MS = 946_684_800_000;
/** Events about rows of tables that are not audited row by row; verify-bulk-rows.ts compares them with the root. */
const BULK_EVENTS = new Set(['evaluation.recorded', 'list.drafted']);

/** Upper bound of PostgreSQL's page numbers. */
const MAX_PAGE = 2 ** 32 - 1;
export const ALL_PAGES = { from: 0, to: MAX_PAGE } as const;

export interface RangeJob {
  readonly url: string;
  /** An exported PostgreSQL snapshot, so that all threads see the same state. */
  readonly snapshot: string;
  readonly from: number;
  readonly to: number;
  /** Chain hash before the first entry, in hex. */
  readonly before: string;
  /** Pages of the table of entries where these entries are expected; entries elsewhere are read by id. */
  readonly window: { readonly from: number; readonly to: number };
}

/** Verifies entries `from` to `to`, both included: leaf hashes, chain and derived columns. */
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
    const range = new LedgerRange(from, to);
    await read(
      `select seq, entry_id, leaf_hash, chain_hash from aud.chain where seq between ${from} and ${to}`,
      (row) => range.link(row),
    );
    // Entries are stored nearly in chain order: read the expected pages, then the few entries that are elsewhere by id.
    const entries = `select ${ENTRY_COLUMNS} from aud.entry`;
    await read(`${entries} where ctid >= '(${window.from},0)' and ctid < '(${window.to},0)'`, (row) =>
      range.entry(row),
    );
    for (const ids of range.missingIds())
      await read(`${entries} where entry_id in (${ids.map((id) => `'${id}'`).join()})`, (row) => range.entry(row));
    return range.result(before);
  } finally {
    await client.end();
  }
}

/** Takes the rows of the chain, then the entries in any order, and verifies them in chain order. */
class LedgerRange {
  readonly #from: number;
  readonly #positions: LeafIndex;
  readonly #found: Uint8Array;
  readonly #leaves: Buffer;
  readonly #links: Buffer;
  readonly #problems: LedgerProblem[] = [];
  readonly #changes: RangeResult['changes'] = [];
  readonly #bulk: BulkEntry[] = [];

  constructor(from: number, to: number) {
    const entries = Math.max(0, to - from + 1);
    this.#from = from;
    this.#positions = new LeafIndex(entries);
    this.#found = new Uint8Array(entries);
    this.#leaves = Buffer.alloc(entries * HASH);
    this.#links = Buffer.alloc(entries * HASH);
  }

  /** Keeps the first problems by position, not by when they were found. */
  #report(seq: number, problem: string): void {
    this.#problems.push({ seq, problem });
    if (this.#problems.length >= MAX_HELD) this.#firstProblems();
  }

  #firstProblems(): LedgerProblem[] {
    this.#problems.sort((a, b) => a.seq - b.seq).splice(MAX_PROBLEMS);
    return this.#problems;
  }

  link(row: CopyRow): void {
    const seq = row.int8(LINK.seq)!;
    const position = seq - this.#from;
    if (!this.#positions.set(position, row, LINK.entryId))
      this.#report(seq, `the chain has more than one entry ${seq}`);
    this.#keep(row, LINK.leaf, this.#leaves, position);
    this.#keep(row, LINK.chain, this.#links, position);
  }

  #keep(row: CopyRow, cell: number, into: Buffer, position: number): void {
    if (row.length(cell) === HASH) return row.copy(cell, into, position * HASH);
    this.#report(
      this.#from + position,
      `a hash in the chain at entry ${this.#from + position} is ${row.length(cell)} bytes long, not ${HASH}`,
    );
  }

  /** Hashes are compared as binary text, as the library gives them: a buffer for each costs more than the hash. */
  entry(row: CopyRow): void {
    const position = this.#positions.find(row, ENTRY.id);
    // An entry of another range, of none, or a duplicate: counted elsewhere.
    if (position === undefined || this.#found[position] === 1) return;
    this.#found[position] = 1;
    const [seq, at] = [this.#from + position, position * HASH];
    const leaf = leafText(row.data, row.starts[ENTRY.bytes]!, row.ends[ENTRY.bytes]!);
    if (leaf !== this.#leaves.toString('latin1', at, at + HASH))
      this.#report(seq, `the bytes of entry ${row.text(ENTRY.idText)} were changed`);
    else if (leaf !== row.text(ENTRY.leaf, 'latin1'))
      this.#report(seq, `the stored leaf hash of entry ${row.text(ENTRY.idText)} was changed`);
    else return this.#body(seq, row);
    this.#leaves.write(leaf, at, 'latin1');
  }

  *#missing(): Generator<[id: string, seq: number]> {
    for (const [position, found] of this.#found.entries())
      if (found === 0 && this.#positions.has(position))
        yield [dashed(this.#positions.hex(position)), this.#from + position];
  }

  /** Ids of the entries that were not found, in batches. */
  *missingIds(): Generator<string[]> {
    const ids = [...this.#missing()].map(([id]) => id);
    if (ids.length > 0) this.#positions.buildIndex();
    for (let at = 0; at < ids.length; at += IDS_PER_QUERY) yield ids.slice(at, at + IDS_PER_QUERY);
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
    // In the first format, roots were content hashes of documents, not roots over rows.
    if (body.rows && body.v !== 1 && BULK_EVENTS.has(body.event!))
      this.#bulk.push({
        seq,
        event: body.event!,
        subject: body.subject!.id!,
        count: body.rows.count,
        root: body.rows.root,
      });
  }

  /** Verifies the chain from `before` on, and computes the roots of blocks over the leaves that are present. */
  result(before: string): RangeResult {
    for (const [id, seq] of this.#missing()) this.#report(seq, `entry ${id} is gone`);
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
    for (let position = 0, at = 0; position < this.#positions.count; position++, at += HASH) {
      const [seq, absent] = [this.#from + position, !this.#positions.has(position)];
      if (absent && !missing) this.#report(seq, `entry ${seq} is missing`);
      missing = absent;
      if (absent) continue;
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
