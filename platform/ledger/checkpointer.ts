import { conflict, mismatch } from '../../domain/errors';
import type { Db } from '../postgres/connection';
import type { Signer } from './signer';
import { type Checkpoint, verifyCheckpoint, signCheckpoint } from './checkpoint';
import { type Anchor, TileWriter } from './tiles';

/** At most this much of the ledger is not covered by a checkpoint (the requirement is 60 s or 1,000 entries). */
export const UNCOVERED_MS = 20_000;
export const UNCOVERED_ENTRIES = 500;
const BATCH = 10_000;
const LATEST = 'checkpoint';
const checkpointName = (size: number) => `checkpoints/${String(size).padStart(12, '0')}`;

export const readCheckpoint = (anchor: Pick<Anchor, 'read'>, keys: readonly Uint8Array[]): Checkpoint | undefined => {
  const note = anchor.read(LATEST);
  return note && verifyCheckpoint(note.toString('utf8'), keys);
};

/** All checkpoints, oldest first, each with its signature checked. */
export function* allCheckpoints(anchor: Anchor, keys: readonly Uint8Array[]): Generator<Checkpoint> {
  for (const name of anchor.list('checkpoints').sort()) {
    const note = anchor.read(`checkpoints/${name}`);
    if (note) yield verifyCheckpoint(note.toString('utf8'), keys);
  }
}

/**
 * Copies the ledger's leaf hashes out of the database and signs checkpoints over them. It extends the tree that it
 * wrote itself, so each checkpoint is consistent with all earlier ones, whatever the database contains later.
 */
export class Checkpointer {
  #writer: TileWriter | undefined;
  #last: Checkpoint | undefined;
  #uncoveredSince: number | undefined;

  constructor(
    readonly db: Db,
    readonly anchor: Anchor,
    readonly signer: Signer,
    readonly clock: () => Date,
  ) {}

  /**
   * Signs a checkpoint if enough entries or time have passed since the last one, or if `force` is true.
   * @returns the new checkpoint, or undefined when none was due
   * @throws UtplukkError ContentMismatch if the database contains another ledger, or a shorter one than was signed
   */
  async tick(force = false): Promise<Checkpoint | undefined> {
    const writer = this.#start();
    const { rows } = await this.db.raw<{ rows: { size: number; ledger_id: string }[] }>(
      'select size, ledger_id from aud.chain_head',
    );
    const [head] = rows;
    if (!head) throw mismatch('the ledger has no head');
    const origin = `utplukk/${head.ledger_id}`;
    if (this.#last && this.#last.origin !== origin)
      throw mismatch(
        `these anchors belong to the ledger ${this.#last.origin}, the database holds ${origin}`,
        'Give each ledger its own UTPLUKK_ANCHORS.',
      );
    const covered = this.#last?.size ?? 0;
    if (head.size < covered)
      throw mismatch(
        `the ledger holds ${head.size} entries, a checkpoint of ${covered} was signed: its tail was cut`,
        'Run `utplukk ledger verify`.',
      );
    if (head.size === covered) {
      this.#uncoveredSince = undefined;
      return undefined;
    }
    const now = this.clock();
    this.#uncoveredSince ??= now.getTime();
    const due =
      force || head.size - covered >= UNCOVERED_ENTRIES || now.getTime() - this.#uncoveredSince >= UNCOVERED_MS;
    if (!due) return undefined;
    await this.#copyLeaves(writer, head.size);
    writer.flush();
    const checkpoint: Checkpoint = { origin, size: writer.size, root: writer.root(), at: now.toISOString() };
    const note = await signCheckpoint(checkpoint, this.signer);
    this.anchor.write(checkpointName(checkpoint.size), Buffer.from(note));
    this.anchor.write(LATEST, Buffer.from(note));
    this.#last = checkpoint;
    this.#uncoveredSince = undefined;
    return checkpoint;
  }

  #start(): TileWriter {
    if (this.#writer) return this.#writer;
    this.#last = readCheckpoint(this.anchor, [this.signer.publicKey]);
    const writer = new TileWriter(this.anchor, this.#last?.size ?? 0);
    if (this.#last && !writer.root().equals(this.#last.root))
      throw mismatch(
        `the tiles of the anchors do not have the root that was signed at ${this.#last.size} entries`,
        'Restore the anchor directory from its copy.',
      );
    return (this.#writer = writer);
  }

  async #copyLeaves(writer: TileWriter, size: number): Promise<void> {
    try {
      while (writer.size < size) {
        const { rows } = await this.db.raw<{ rows: { seq: number; leaf_hash: Buffer }[] }>(
          'select seq, leaf_hash from aud.chain where seq > ? and seq <= ? order by seq limit ?',
          [writer.size, size, BATCH],
        );
        for (const row of rows) {
          if (row.seq !== writer.size + 1)
            throw mismatch(`entry ${writer.size + 1} of the ledger is missing`, 'Run `utplukk ledger verify`.');
          writer.append(row.leaf_hash);
        }
        if (rows.length === 0)
          throw conflict(`the ledger says ${size} entries and holds ${writer.size}`, 'Run `utplukk ledger verify`.');
      }
    } catch (error) {
      // leaves that were copied only in part are discarded: the next attempt starts from the last checkpoint
      this.#writer = undefined;
      throw error;
    }
  }
}
