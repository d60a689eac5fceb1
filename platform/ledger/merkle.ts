import { hash } from 'node:crypto';

const HASH = 32;
/** As binary text: allocating an array buffer for each hash would cost more than the hash. */
const digest = (data: Uint8Array): string => hash('sha256', data, 'binary');
const sha256 = (data: Uint8Array): Buffer => Buffer.from(digest(data), 'latin1');

// Reused buffers: otherwise each of a million hashes would allocate its input.
const pair = Buffer.alloc(1 + 2 * HASH, 1);
const link = pair.subarray(1);
let prefixed = Buffer.alloc(4096);

/** The Merkle tree of RFC 6962 (and RFC 9162): roots, inclusion proofs, consistency proofs. Hashes are 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH);
  return sha256(pair);
}

export function leafHash(bytes: Uint8Array): Buffer {
  return Buffer.from(leafText(bytes, 0, bytes.length), 'latin1');
}

/** The leaf hash of bytes `from` to `to`, as binary text of 32 characters. */
export function leafText(data: Uint8Array, from: number, to: number): string {
  const length = 1 + to - from;
  if (length > prefixed.length) prefixed = Buffer.alloc(2 * length);
  prefixed.set(from === 0 && to === data.length ? data : data.subarray(from, to), 1);
  return digest(prefixed.subarray(0, length));
}

/** Chain hash of an entry, from the chain hash before it and the entry's leaf hash. */
export function chainHash(before: Uint8Array, leaf: Uint8Array): Buffer {
  pair.set(before, 1);
  pair.set(leaf, 1 + HASH);
  return sha256(link);
}

/** Root of a full subtree over `count` leaves (a power of two), stored one after the other from byte `at`. */
export function fullRoot(leaves: Buffer, at: number, count: number): Buffer {
  const level = Buffer.from(leaves.subarray(at, at + count * HASH));
  for (let width = count >> 1; width > 0; width >>= 1)
    for (let i = 0; i < width; i++) {
      level.copy(pair, 1, 2 * i * HASH, 2 * (i + 1) * HASH);
      level.write(digest(pair), i * HASH, 'latin1');
    }
  return level.subarray(0, HASH);
}

/** Hash of the empty tree (RFC 6962, 2.1). */
export const EMPTY_ROOT = sha256(Buffer.alloc(0));

/** Root of an RFC 6962 tree, computed leaf by leaf: it holds one hash per level, so the size is not limited. */
export class MerkleRoot {
  readonly #levels: (Buffer | undefined)[] = [];
  #size = 0;

  add(leaf: Buffer): void {
    this.addSubtree(leaf, 0);
  }

  /** Root of a full subtree of 2^level leaves; the size so far is a multiple of that. */
  addSubtree(root: Buffer, level: number): void {
    let at = level;
    let hash = root;
    for (; this.#levels[at] !== undefined; at++) {
      hash = nodeHash(this.#levels[at]!, hash);
      this.#levels[at] = undefined;
    }
    this.#levels[at] = hash;
    this.#size += 2 ** level;
  }

  get size(): number {
    return this.#size;
  }

  rootBytes(): Buffer {
    const left = this.#levels.filter((hash) => hash !== undefined);
    return left.length === 0 ? EMPTY_ROOT : left.reduce((right, hash) => nodeHash(hash, right));
  }

  /** Hex root. */
  root(): string {
    return this.rootBytes().toString('hex');
  }
}

export function merkleRoot(rows: Iterable<string | Uint8Array>): { count: number; root: string } {
  const tree = new MerkleRoot();
  for (const row of rows) tree.add(leafHash(typeof row === 'string' ? Buffer.from(row, 'utf8') : row));
  return { count: tree.size, root: tree.root() };
}

/** Hash of the full subtree over leaves [index * 2^level, (index + 1) * 2^level). */
export type Subtrees = (level: number, index: number) => Buffer;

/** Full subtrees that cover leaves [from, to), left to right; `from` is a multiple of the first one's size. */
function* cover(from: number, to: number): Generator<[level: number, index: number]> {
  let at = from;
  while (at < to) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++;
    yield [level, at / 2 ** level];
    at += 2 ** level;
  }
}

/** MTH of leaves [from, to), RFC 6962, 2.1. */
export function rangeRoot(subtrees: Subtrees, from: number, to: number): Buffer {
  const hashes = [...cover(from, to)].map(([level, index]) => subtrees(level, index));
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** Largest power of two that is smaller than n. */
const split = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** PATH(index, D[size]) of RFC 6962, 2.1.1: sibling hashes from the leaf up. */
export function inclusionProof(subtrees: Subtrees, index: number, size: number): Buffer[] {
  const path = (from: number, to: number): Buffer[] => {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...path(from, middle), rangeRoot(subtrees, middle, to)]
      : [...path(middle, to), rangeRoot(subtrees, from, middle)];
  };
  return path(0, size);
}

/**
 * PROOF(older, D[size]) of RFC 6962, 2.1.2: for a verifier that holds an older root and not the entries since.
 * `utplukk ledger verify` needs none, because it computes the root of every checkpoint from the entries.
 */
export function consistencyProof(subtrees: Subtrees, older: number, size: number): Buffer[] {
  const sub = (from: number, to: number, whole: boolean): Buffer[] => {
    if (older === to) return whole ? [] : [rangeRoot(subtrees, from, to)];
    const middle = from + split(to - from);
    return older <= middle
      ? [...sub(from, middle, whole), rangeRoot(subtrees, middle, to)]
      : [...sub(middle, to, false), rangeRoot(subtrees, from, middle)];
  };
  return older === 0 || older === size ? [] : sub(0, size, true);
}

/** Verification of RFC 9162, 2.1.3.2. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index >= size) return false;
  let [at, last] = [index, size - 1];
  let hash: Buffer = Buffer.from(leaf);
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** Verification of RFC 9162, 2.1.4.2. */
export function verifyConsistency(
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && Buffer.from(older.root).equals(newer.root);
  if (older.size === 0) return proof.length === 0;
  const path = Number.isInteger(Math.log2(older.size)) ? [older.root, ...proof] : [...proof];
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  const first = path.shift();
  if (!first) return false;
  let before: Buffer = Buffer.from(first);
  let after: Buffer = before;
  for (const hash of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = nodeHash(hash, before);
      after = nodeHash(hash, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else after = nodeHash(after, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && before.equals(older.root) && after.equals(newer.root);
}
