import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { binaryRows } from './copy-rows';
import type { RowChange } from './ledger';
import { chainHash, leafHash, MerkleRoot } from './merkle';

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
  readonly changes: (readonly [seq: number, table: string, key: string, before: string | undefined, after: string | undefined])[];
  readonly bulk: BulkEntry[];
  readonly lastChain: string;
}
/** An act on many rows at once: their number and root stand in the entry. */
export interface BulkEntry {
  readonly seq: number;
  readonly act: string;
  readonly subject: string;
  readonly count: number;
  readonly root: string;
}

const MAX_PROBLEMS = 20;
const HASH = 32;
/** Leaves a tile holds; stretches begin at a multiple of it. */
export const BLOCK = 256;
const POSTGRES_EPOCH_MS = 946_684_800_000;
/** Acts whose rows lie in tables of their own and are compared with the root by `bulk.ts`. */
const BULK_ACTS = new Set(['evaluation.recorded', 'list.drafted']);

interface Body {
  readonly entry?: string;
  readonly act?: string;
  readonly actId?: string;
  readonly at?: string;
  readonly subject?: { readonly kind?: string; readonly id?: string };
  readonly v?: number;
  readonly rows?: { readonly count: number; readonly root: string };
  readonly changes?: readonly RowChange[];
}

export interface RangeJob {
  readonly url: string;
  /** An exported snapshot, so that all that verifies sees the same instant. */
  readonly snapshot: string;
  readonly from: number;
  readonly to: number;
  /** Chain hash that the first entry follows, hex. */
  readonly before: string;
}

/** Recomputes entries `from` to `to` (both included): leaves, chain, derived columns. */
export async function verifyRange({ url, snapshot, from, to, before }: RangeJob): Promise<RangeResult> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set transaction snapshot '${snapshot}'`);
    // In the chain's own order by index: a sort of whole entries would go to disk.
    await client.query('set local enable_hashjoin = off; set local enable_mergejoin = off');
    const sql = `copy (select c.seq, c.entry_id, c.leaf_hash, c.chain_hash, e.bytes, e.leaf_hash, e.act, e.act_id, e.subject_kind, e.subject_id, e.at
      from aud.chain c left join aud.entry e using (entry_id) where c.seq between ${from} and ${to} order by c.seq) to stdout (format binary)`;
    const range = new Range(from, to, before);
    for await (const rows of binaryRows(client.query(copyTo(sql)))) for (const row of rows) range.row(row);
    return range.result();
  } finally {
    await client.end();
  }
}

class Range {
  readonly #leaves: Buffer;
  readonly #problems: LedgerProblem[] = [];
  readonly #changes: RangeResult['changes'] = [];
  readonly #bulk: BulkEntry[] = [];
  readonly #blocks: Buffer[] = [];
  #block = new MerkleRoot();
  #chain: Buffer;
  #seq: number;
  #count = 0;

  constructor(from: number, to: number, before: string) {
    this.#leaves = Buffer.alloc(Math.max(0, to - from + 1) * HASH);
    this.#chain = Buffer.from(before, 'hex');
    this.#seq = from - 1;
  }

  #report(seq: number, problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ seq, problem });
  }

  row([seqBytes, entryId, chainLeaf, link, bytes, leafColumn, ...columns]: (Buffer | null)[]): void {
    const seq = Number(seqBytes!.readBigInt64BE());
    if (seq !== this.#seq + 1) this.#report(this.#seq + 1, `entry ${this.#seq + 1} is missing`);
    this.#seq = seq;
    const leaf = bytes ? leafHash(bytes) : chainLeaf!;
    const id = uuidText(entryId!);
    if (!bytes || !leafColumn) this.#report(seq, `entry ${id} is gone`);
    else if (!leaf.equals(chainLeaf!)) this.#report(seq, `the bytes of entry ${id} were changed`);
    else if (!leaf.equals(leafColumn)) this.#report(seq, `the stored leaf hash of entry ${id} was changed`);
    else this.#body(seq, id, bytes, columns);
    leaf.copy(this.#leaves, this.#count++ * HASH);
    this.#block.add(leaf);
    if (this.#block.size === BLOCK) {
      this.#blocks.push(this.#block.rootBytes());
      this.#block = new MerkleRoot();
    }
    this.#chain = chainHash(this.#chain, leaf);
    if (this.#chain.equals(link!)) return;
    this.#report(seq, 'the chain breaks here: this hash does not follow from the entries before it');
    this.#chain = Buffer.from(link!);
  }

  #body(seq: number, id: string, bytes: Buffer, [act, actId, kind, subject, at]: (Buffer | null)[]): void {
    const text = bytes.toString('utf8');
    const body = JSON.parse(text) as Body;
    if (JSON.stringify(body) !== text || !isSorted(body)) return this.#report(seq, `entry ${id} is not canonical JSON`);
    const same =
      body.entry === id &&
      body.act === act?.toString() &&
      body.actId === (actId ? uuidText(actId) : undefined) &&
      body.subject?.kind === kind?.toString() &&
      body.subject?.id === subject?.toString() &&
      isInstant(body.at, at);
    if (!same) return this.#report(seq, `the query columns of entry ${id} do not say what its bytes say`);
    for (const { t, k, b, a } of body.changes ?? []) this.#changes.push([seq, t, k, b, a]);
    // The first format's roots were content hashes of documents, not roots over rows.
    if (body.rows && body.v !== 1 && BULK_ACTS.has(body.act!))
      this.#bulk.push({ seq, act: body.act!, subject: body.subject!.id!, count: body.rows.count, root: body.rows.root });
  }

  result(): RangeResult {
    return {
      leaves: this.#leaves.subarray(0, this.#count * HASH),
      blocks: Buffer.concat(this.#blocks),
      problems: this.#problems,
      changes: this.#changes,
      bulk: this.#bulk,
      lastChain: this.#chain.toString('hex'),
    };
  }
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether UTC text with microseconds says the same instant as a binary timestamptz (microseconds since 2000). */
function isInstant(text: string | undefined, bytes: Buffer | null | undefined): boolean {
  if (text === undefined || !bytes) return text === undefined && !bytes;
  if (text.length !== 27 || text[26] !== 'Z') return false;
  const micros = bytes.readInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4);
  return micros === (Date.parse(`${text.slice(0, 23)}Z`) - POSTGRES_EPOCH_MS) * 1000 + Number(text.slice(23, 26));
}

/**
 * Keys in order, at every depth. With `JSON.stringify` giving the same text back (no white space, no key twice, numbers and
 * escapes as ECMAScript writes them) that is canonical JSON (RFC 8785), at a fifth of the price of writing it anew.
 */
function isSorted(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let before = '';
  for (const [key, inner] of Object.entries(value)) {
    if (key < before || !isSorted(inner)) return false;
    before = key;
  }
  return true;
}
