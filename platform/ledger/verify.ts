import { createHash } from 'node:crypto';
import { canonical } from '../artifacts/hash';
import type { Db } from '../db/connection';
import { leafHash, MerkleRoot } from './merkle';

export interface LedgerProblem {
  readonly seq: number;
  readonly problem: string;
}
export interface LedgerVerdict {
  readonly entries: number;
  readonly root: string;
  readonly head: string;
  readonly problems: LedgerProblem[];
}

interface Row {
  seq: number;
  entry_id: string;
  chain_leaf: Buffer;
  chain_hash: Buffer;
  bytes: Buffer | null;
  leaf_hash: Buffer | null;
  act: string | null;
  subject_id: string | null;
}

const BATCH = 5000;
const MAX_PROBLEMS = 20;

/** Recomputes every leaf and chain hash from the stored bytes, in order, and compares with what the tables say. */
export async function verifyLedger(db: Db): Promise<LedgerVerdict> {
  const problems: LedgerProblem[] = [];
  const tree = new MerkleRoot();
  let chain: Buffer = createHash('sha256').digest();
  let seq = 0;
  return db.transaction(
    async (tx) => {
      for (;;) {
        const { rows } = await tx.raw<{ rows: Row[] }>(
          `select c.seq, c.entry_id, c.leaf_hash as chain_leaf, c.chain_hash, e.bytes, e.leaf_hash, e.act, e.subject_id
             from aud.chain c left join aud.entry e using (entry_id) where c.seq > ? order by c.seq limit ?`,
          [seq, BATCH],
        );
        if (rows.length === 0) break;
        for (const row of rows) {
          const report = (problem: string) => problems.length < MAX_PROBLEMS && problems.push({ seq: row.seq, problem });
          if (row.seq !== seq + 1) report(`entry ${seq + 1} is missing`);
          const problem = entryProblem(row);
          if (problem) report(problem);
          const leaf = row.bytes ? leafHash(row.bytes) : row.chain_leaf;
          tree.add(leaf);
          chain = createHash('sha256').update(chain).update(leaf).digest();
          if (!chain.equals(row.chain_hash)) {
            report('the chain breaks here: this hash does not follow from the entries before it');
            chain = row.chain_hash;
          }
          seq = row.seq;
        }
      }
      const { rows: heads } = await tx.raw<{ rows: { size: number; chain_hash: Buffer }[] }>('select size, chain_hash from aud.chain_head');
      const head = heads[0];
      if (!head || head.size !== seq || !head.chain_hash.equals(chain)) {
        problems.push({
          seq,
          problem: `the head says ${head?.size ?? 'nothing'} entries, the chain holds ${seq}: the tail was cut or the head was changed`,
        });
      }
      const { rows: loose } = await tx.raw<{ rows: { n: number }[] }>(
        'select count(*) n from aud.entry e where not exists (select 1 from aud.chain c where c.entry_id = e.entry_id)',
      );
      if ((loose[0]?.n ?? 0) > 0) problems.push({ seq, problem: `${loose[0]?.n} entries stand outside the chain` });
      return { entries: seq, root: tree.root(), head: chain.toString('hex'), problems };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

function entryProblem(row: Row): string | undefined {
  if (!row.bytes || !row.leaf_hash) return `entry ${row.entry_id} is gone`;
  const leaf = leafHash(row.bytes);
  if (!leaf.equals(row.chain_leaf)) return `the bytes of entry ${row.entry_id} were changed`;
  if (!leaf.equals(row.leaf_hash)) return `the stored leaf hash of entry ${row.entry_id} was changed`;
  const text = row.bytes.toString('utf8');
  const body = JSON.parse(text) as { entry?: string; act?: string; subject?: { id?: string } };
  if (canonical(body) !== text) return `entry ${row.entry_id} is not canonical JSON`;
  if (body.entry !== row.entry_id || body.act !== row.act || body.subject?.id !== row.subject_id) {
    return `the query columns of entry ${row.entry_id} do not say what its bytes say`;
  }
  return undefined;
}
