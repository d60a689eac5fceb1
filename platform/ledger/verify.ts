import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Db, Tx } from '../postgres/connection';
import { verifyBulk } from './verify-bulk-rows';
import { allCheckpoints, readCheckpoint } from './checkpointer';
import type { Checkpoint } from './checkpoint';
import { EMPTY_ROOT, MerkleRoot } from './merkle';
import { verifyRows } from './verify-rows';
import { type Anchor, TileTree } from './tiles';
import { ALL_PAGES, BLOCK, type LedgerProblem, type RangeJob, type RangeResult, verifyRange } from './verify-range';

export type { LedgerProblem } from './verify-range';

export interface LedgerVerdict {
  readonly entries: number;
  readonly root: string;
  readonly head: string;
  /**
   * The last checkpoint outside the database and the number of entries after it; undefined if no anchors were given.
   */
  readonly anchored:
    | { readonly size: number; readonly at: string; readonly uncovered: number; readonly checkpoints: number }
    | undefined;
  readonly problems: LedgerProblem[];
}

/** Storage of checkpoints and tiles, and the public keys whose signatures are trusted. */
export interface Anchors {
  readonly anchor: Anchor;
  readonly keys: readonly Uint8Array[];
}

const HASH = 32;
const BLOCK_LEVEL = Math.log2(BLOCK);
/** Entries below which a second thread costs more than it saves. */
const MIN_FOR_THREADS = 20_000;
const THREADS = 2;

/**
 * Recomputes the ledger from the bytes of its entries and compares it with the chain, the derived columns, every row
 * of the audited tables, and the leaf hashes and signed checkpoints outside the database. Without anchors, a database
 * owner who recomputed all hashes cannot be detected; the verdict says that there were none.
 */
export async function verifyLedger(db: Db, anchors?: Anchors): Promise<LedgerVerdict> {
  const url = (db.client as { config: { connection: { connectionString: string } } }).config.connection
    .connectionString;
  return db.transaction((tx) => verifyIn(tx, url, anchors), { isolationLevel: 'repeatable read', readOnly: true });
}

async function verifyIn(tx: Tx, url: string, anchors: Anchors | undefined): Promise<LedgerVerdict> {
  const { rows } = await tx.raw<{ rows: Head[] }>(
    `select h.size, h.chain_hash, h.ledger_id, (select max(seq) from aud.chain) as last,
      pg_export_snapshot() as snapshot,
      (select count(*) from aud.entry) - (select count(*) from aud.chain) as unchained from aud.chain_head h`,
  );
  const [head] = rows;
  if (!head)
    return {
      entries: 0,
      root: '',
      head: '',
      anchored: undefined,
      problems: [{ seq: 0, problem: 'the ledger has no head' }],
    };
  const last = head.last ?? 0;
  const ranges = await verifyRanges(tx, { url, snapshot: head.snapshot }, last);
  const problems = ranges.flatMap((range) => range.problems);
  const tree = new MerkleRoot();
  for (const range of ranges) addRange(tree, range);
  const chain = ranges.at(-1)?.lastChain ?? EMPTY_ROOT.toString('hex');
  if (head.size !== last || head.chain_hash.toString('hex') !== chain)
    problems.push({
      seq: last,
      problem: `the head says ${head.size} entries, the chain holds ${last}: the tail was cut or the head was changed`,
    });
  problems.push(...(await lostKeys(tx, last)));
  // Each chain row names one entry, and rows without one are reported above: the remaining entries are not in the
  // chain.
  if (head.unchained > 0) problems.push({ seq: last, problem: `${head.unchained} entries are not in the chain` });
  const anchored = anchors && compareAnchors(anchors, ranges, tree.size, head.ledger_id, problems);
  const changes = ranges.flatMap((range) => range.changes);
  const bulk = ranges.flatMap((range) => range.bulk);
  problems.push(...(await verifyRows(tx, changes, last)), ...(await verifyBulk(tx, bulk)));
  problems.sort((a, b) => a.seq - b.seq);
  return { entries: tree.size, root: tree.root(), head: chain, anchored, problems };
}

/**
 * Constraints that keep an entry from being twice in the chain or in the table: verifying row by row relies on them.
 */
const KEYS: readonly (readonly [table: string, key: string])[] = [
  ['aud.entry', 'PRIMARY KEY (entry_id)'],
  ['aud.chain', 'PRIMARY KEY (seq)'],
  ['aud.chain', 'UNIQUE (entry_id)'],
];

async function lostKeys(tx: Tx, last: number): Promise<LedgerProblem[]> {
  const { rows } = await tx.raw<{ rows: { tab: string; key: string }[] }>(
    `select c.conrelid::regclass::text as tab, pg_get_constraintdef(c.oid) as key from pg_constraint c
      join pg_index i on i.indexrelid = c.conindid
     where c.conrelid in ('aud.entry'::regclass, 'aud.chain'::regclass) and c.convalidated and i.indisvalid
       and i.indisunique`,
  );
  const lost = KEYS.filter(([table, key]) => !rows.some((row) => row.tab === table && row.key === key));
  return lost.map(([table, key]) => ({
    seq: last,
    problem: `${table} has lost its ${key}: an entry can be there twice`,
  }));
}

/** Adds the roots of full blocks and the remaining leaves of a range to the tree. */
function addRange(tree: MerkleRoot, { leaves, blocks }: RangeResult): void {
  for (let at = 0; at < blocks.length; at += HASH)
    tree.addSubtree(Buffer.from(blocks.buffer, blocks.byteOffset + at, HASH), BLOCK_LEVEL);
  for (let at = (blocks.length / HASH) * BLOCK * HASH; at < leaves.length; at += HASH)
    tree.add(Buffer.from(leaves.buffer, leaves.byteOffset + at, HASH));
}

interface Head {
  readonly size: number;
  readonly chain_hash: Buffer;
  readonly ledger_id: string;
  readonly last: number | null;
  readonly snapshot: string;
  readonly unchained: number;
}

/** Verifies ranges concurrently; each starts from the stored chain hash before it, which the range before verifies. */
async function verifyRanges(tx: Tx, common: Pick<RangeJob, 'url' | 'snapshot'>, last: number): Promise<RangeResult[]> {
  const script = path.join(__dirname, 'verify-thread.js');
  const count = last >= MIN_FOR_THREADS && fs.existsSync(script) ? THREADS : 1;
  const starts = Array.from({ length: count }, (_, i) => Math.floor((last * i) / count / BLOCK) * BLOCK);
  const boundaries = await Promise.all(starts.map((start) => boundaryAt(tx, start)));
  const jobs = starts.map((start, i): RangeJob => {
    const window = { from: boundaries[i]!.page, to: boundaries[i + 1] ? boundaries[i + 1]!.page + 1 : ALL_PAGES.to };
    return { ...common, from: start + 1, to: starts[i + 1] ?? last, before: boundaries[i]!.chain, window };
  });
  return Promise.all(jobs.map((job) => (count === 1 ? verifyRange(job) : inThread(script, job))));
}

/** The chain hash before a range, and the page of the table of entries that holds the last entry before it. */
async function boundaryAt(tx: Tx, seq: number): Promise<{ chain: string; page: number }> {
  const { rows } = await tx.raw<{ rows: { chain_hash: Buffer; page: number | null }[] }>(
    `select c.chain_hash, (e.ctid::text::point)[0]::int as page from aud.chain c left join aud.entry e using (entry_id)
      where c.seq = ?`,
    [seq],
  );
  return { chain: (rows[0]?.chain_hash ?? EMPTY_ROOT).toString('hex'), page: rows[0]?.page ?? 0 };
}

const inThread = (script: string, job: RangeJob): Promise<RangeResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: job });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

/**
 * Compares leaves with the tiles, so that the first bad entry is named, and then root and signature of each
 * checkpoint.
 */
function compareAnchors(
  { anchor, keys }: Anchors,
  ranges: readonly RangeResult[],
  entries: number,
  ledgerId: string,
  problems: LedgerProblem[],
): NonNullable<LedgerVerdict['anchored']> {
  const note = (seq: number, problem: string) => void problems.push({ seq, problem });
  const guarded = <T>(seq: number, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      note(seq, (error as Error).message);
      return undefined;
    }
  };
  const latest = guarded(entries, () => readCheckpoint(anchor, keys));
  if (!latest) return { size: 0, at: '', uncovered: entries, checkpoints: 0 };
  if (latest.origin !== `utplukk/${ledgerId}`)
    note(0, `the checkpoints belong to ledger ${latest.origin}, the database says utplukk/${ledgerId}`);
  if (latest.size > entries)
    note(
      entries + 1,
      `a checkpoint of ${latest.at} covers ${latest.size} entries, the ledger holds ${entries}: entry ` +
        `${entries + 1} and later ones are gone`,
    );
  const tree = new TileTree(anchor, latest.size);
  guarded(latest.size, () => compareLeaves(ranges, tree, note));
  let checkpoints = 0;
  guarded(latest.size, () => {
    for (const checkpoint of allCheckpoints(anchor, keys)) {
      checkpoints++;
      checkRoot(anchor, checkpoint, note);
    }
  });
  return { size: latest.size, at: latest.at, uncovered: Math.max(0, entries - latest.size), checkpoints };
}

function checkRoot(anchor: Anchor, { size, root, at }: Checkpoint, note: (seq: number, problem: string) => void): void {
  if (!new TileTree(anchor, size).root().equals(root))
    note(size, `the tiles do not have the root that was signed at ${at} over ${size} entries`);
}

function compareLeaves(
  ranges: readonly RangeResult[],
  tree: TileTree,
  note: (seq: number, problem: string) => void,
): void {
  let index = 0;
  for (const { leaves } of ranges)
    for (let at = 0; at < leaves.length && index < tree.size;) {
      const tile = tree.tile(0, Math.floor(index / BLOCK));
      const count = Math.min(tile.length, leaves.length / HASH - at / HASH);
      for (let i = 0; i < count; i++, at += HASH, index++) {
        if (tile[i]!.equals(leaves.subarray(at, at + HASH))) continue;
        note(index + 1, `entry ${index + 1} is not the one that was there when it was anchored outside the database`);
        return; // all later entries differ too: the first one matters
      }
    }
}
