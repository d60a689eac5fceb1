import { notFound } from '../../domain/errors';
import type { Db } from '../postgres/connection';
import { inclusionProof, leafHash } from './merkle';
import { type Anchor, TileTree } from './tiles';

export interface EntryProof {
  /** Position from 0. */
  readonly index: number;
  readonly bytes: Buffer;
  readonly event: string;
  readonly at: Date;
  /** Sibling hashes up to the root of the checkpoint. */
  readonly proof: Buffer[];
}

/** Entries about some subjects that a checkpoint of `size` covers, each with its inclusion proof (RFC 6962, 2.1.1). */
export async function entryProofs(
  db: Db,
  anchor: Pick<Anchor, 'read'>,
  size: number,
  subjects: readonly string[],
): Promise<EntryProof[]> {
  const { rows } = await db.raw<{ rows: { seq: number; bytes: Buffer; event: string; at: Date }[] }>(
    `select c.seq, e.bytes, e.event, e.at from aud.entry e join aud.chain c using (entry_id)
      where e.subject_id = any(?) and c.seq <= ? order by c.seq`,
    [[...subjects], size],
  );
  const tree = new TileTree(anchor, size);
  return rows.map(({ seq, bytes, event, at }) => ({
    index: seq - 1,
    bytes,
    event,
    at,
    proof: inclusionProof(tree.subtrees, seq - 1, size),
  }));
}

/** One entry by its number from 1. @throws UtplukkError NotFound */
export async function entryProof(
  db: Db,
  anchor: Pick<Anchor, 'read'>,
  size: number,
  seq: number,
): Promise<{ bytes: Buffer; event: string; leaf: Buffer; proof: Buffer[] }> {
  const { rows } = await db.raw<{ rows: { bytes: Buffer; event: string }[] }>(
    'select e.bytes, e.event from aud.chain c join aud.entry e using (entry_id) where c.seq = ?',
    [seq],
  );
  const [row] = rows;
  if (!row) throw notFound(`the ledger has no entry ${seq}`);
  return {
    ...row,
    leaf: leafHash(row.bytes),
    proof: inclusionProof(new TileTree(anchor, size).subtrees, seq - 1, size),
  };
}
