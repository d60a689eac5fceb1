import { createHash } from 'node:crypto';

const node = (left: Buffer, right: Buffer): Buffer => createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();

export const leafHash = (bytes: Uint8Array): Buffer => createHash('sha256').update(Buffer.of(0)).update(bytes).digest();

/** Root of an RFC 6962 tree, fed leaf by leaf: holds one hash a level, so size has no cap. */
export class MerkleRoot {
  readonly #levels: (Buffer | undefined)[] = [];
  #size = 0;

  add(leaf: Buffer): void {
    let hash = leaf;
    let level = 0;
    for (; this.#levels[level] !== undefined; level++) {
      hash = node(this.#levels[level]!, hash);
      this.#levels[level] = undefined;
    }
    this.#levels[level] = hash;
    this.#size++;
  }

  get size(): number {
    return this.#size;
  }

  /** Hex root; the hash of the empty string for an empty tree (RFC 6962, 2.1). */
  root(): string {
    const left = this.#levels.filter((hash) => hash !== undefined);
    if (left.length === 0) return createHash('sha256').digest('hex');
    return left.reduce((right, hash) => node(hash, right)).toString('hex');
  }
}

export function merkleRoot(rows: Iterable<string | Uint8Array>): { count: number; root: string } {
  const tree = new MerkleRoot();
  for (const row of rows) tree.add(leafHash(typeof row === 'string' ? Buffer.from(row, 'utf8') : row));
  return { count: tree.size, root: tree.root() };
}
