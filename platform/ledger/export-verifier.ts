import { type Checkpoint, verifyCheckpoint } from './checkpoint';
import { leafHash, MerkleRoot } from './merkle';

export const EXPORT_FORMAT = 'utplukk-ledger/1';

export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly origin: string;
  /** Public keys as the exporter gave them; a verifier should know the genuine ones from another source. */
  readonly keys: readonly string[];
  readonly checkpoints: readonly string[];
}

export interface ExportVerdict {
  readonly entries: number;
  readonly anchored: number;
  readonly lastCheckpoint: string | undefined;
  readonly checkpoints: number;
  readonly root: string;
  readonly problems: readonly { readonly entry: number; readonly problem: string }[];
}

const MAX_PROBLEMS = 20;
const HASH = 32;

/**
 * Verifies an exported ledger line by line from the file and the keys that the verifier trusts, without database or
 * server. Leaf hashes with the signed root are genuine, so an entry that does not hash to its leaf was changed.
 */
export class ExportVerifier {
  #header: ExportHeader | undefined;
  #checkpoints = new Map<number, Checkpoint>();
  #leaves: Buffer = Buffer.alloc(0);
  #leavesFrom = 0;
  /** Tree over the leaf hashes in the file, which the signatures cover. */
  readonly #anchored = new MerkleRoot();
  readonly #found = new MerkleRoot();
  readonly #problems: { entry: number; problem: string }[] = [];

  constructor(readonly keys: readonly Uint8Array[]) {}

  #report(entry: number, problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ entry, problem });
  }

  /** One line of the file, without its end. @throws Error when the first line is no header of a known format */
  line(bytes: Buffer): void {
    if (!this.#header) return this.#open(bytes);
    if (bytes.subarray(0, 11).toString() === '{"leaves":"') {
      this.#leaves = Buffer.from((JSON.parse(bytes.toString()) as { leaves: string }).leaves, 'base64');
      this.#leavesFrom = this.#found.size;
      for (let at = 0; at < this.#leaves.length; at += HASH) this.#anchor(this.#leaves.subarray(at, at + HASH));
      return;
    }
    this.#entry(bytes);
  }

  #open(bytes: Buffer): void {
    const header = JSON.parse(bytes.toString()) as ExportHeader;
    if (header.format !== EXPORT_FORMAT)
      throw new Error(`this is not a ledger that was exported (format ${JSON.stringify(header.format)})`);
    this.#header = header;
    for (const note of header.checkpoints) {
      try {
        const checkpoint = verifyCheckpoint(note, this.keys);
        if (checkpoint.origin !== header.origin)
          throw new Error(`a checkpoint belongs to another ledger, ${checkpoint.origin}`);
        this.#checkpoints.set(checkpoint.size, checkpoint);
      } catch (error) {
        this.#report(0, (error as Error).message);
      }
    }
    if (this.#checkpoints.size === 0)
      this.#report(0, 'none of its checkpoints is signed by a key that is trusted here');
  }

  #anchor(leaf: Buffer): void {
    this.#anchored.add(Buffer.from(leaf));
    const checkpoint = this.#checkpoints.get(this.#anchored.size);
    if (checkpoint && !checkpoint.root.equals(this.#anchored.rootBytes()))
      this.#report(
        this.#anchored.size,
        `the leaf hashes up to entry ${checkpoint.size} do not have the root that was signed at ${checkpoint.at}`,
      );
  }

  #entry(bytes: Buffer): void {
    const number = this.#found.size + 1;
    const leaf = leafHash(bytes);
    this.#found.add(leaf);
    const at = (number - 1 - this.#leavesFrom) * HASH;
    if (number <= this.#anchored.size && !leaf.equals(this.#leaves.subarray(at, at + HASH)))
      this.#report(number, `entry ${number} is not the one that was anchored`);
  }

  end(): ExportVerdict {
    const entries = this.#found.size;
    const sizes = [...this.#checkpoints.keys()].sort((a, b) => a - b);
    const latest = this.#checkpoints.get(sizes.at(-1) ?? -1);
    if (latest && entries < latest.size)
      this.#report(entries + 1, `a checkpoint covers ${latest.size} entries, the file holds ${entries}: it was cut`);
    if (latest && this.#anchored.size !== latest.size && entries >= latest.size)
      this.#report(entries, `the file anchors ${this.#anchored.size} entries, its last checkpoint ${latest.size}`);
    return {
      entries,
      anchored: Math.min(latest?.size ?? 0, entries),
      lastCheckpoint: latest?.at,
      checkpoints: sizes.length,
      root: this.#found.root(),
      problems: [...this.#problems].sort((a, b) => a.entry - b.entry),
    };
  }
}

/** Splits chunks of bytes into lines. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let incomplete: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const data: Buffer = incomplete.length === 0 ? Buffer.from(chunk) : Buffer.concat([incomplete, chunk]);
    let from = 0;
    for (let end = data.indexOf(10, from); end >= 0; end = data.indexOf(10, from)) {
      yield data.subarray(from, end);
      from = end + 1;
    }
    incomplete = data.subarray(from);
  }
  if (incomplete.length > 0) yield incomplete;
}
