import fs from 'node:fs';
import path from 'node:path';
import { mismatch } from '../../domain/errors';
import { EMPTY_ROOT, nodeHash, rangeRoot, type Subtrees } from './merkle';

/**
 * Leaf hashes of the ledger outside the database, as tiles of 256 hashes a file (layout of C2SP tlog-tiles): level 0
 * holds leaf hashes, each higher level the roots of 256 full tiles below it. A file is written once; the growing right
 * edge is written again under its width (`.p/<width>`). Any verifier of such logs can read the tiles.
 */
const WIDTH = 256;
const HASH = 32;
const LEVELS_PER_TILE = 8;

/** Storage of checkpoints and tiles outside the database: a directory by default; an object store can implement it. */
export interface Anchor {
  read(name: string): Buffer | undefined;
  /** Writes a file that never changes afterwards; writing the same file again has no effect. */
  write(name: string, data: Uint8Array): void;
  /** Names directly below a folder. */
  list(folder: string): string[];
}

/** Files in a directory; each is written to the disk completely before it gets its name. */
export class DirectoryAnchor implements Anchor {
  constructor(readonly root: string) {}

  read(name: string): Buffer | undefined {
    const file = path.join(this.root, name);
    return fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  }

  write(name: string, data: Uint8Array): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    const handle = fs.openSync(temporary, 'w', 0o644);
    fs.writeSync(handle, data);
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    fs.renameSync(temporary, file);
  }

  list(folder: string): string[] {
    const dir = path.join(this.root, folder);
    return fs.existsSync(dir) ? fs.readdirSync(dir).filter((name) => !name.endsWith('.tmp')) : [];
  }
}

/** tile/<level>/x001/x234/067, with .p/<width> for the growing edge. */
export function tileName(level: number, index: number, width = WIDTH): string {
  const parts = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    parts.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${parts.join('/')}${width === WIDTH ? '' : `.p/${width}`}`;
}

const hashesOf = (tile: Buffer): Buffer[] =>
  Array.from({ length: tile.length / HASH }, (_, i) => tile.subarray(i * HASH, (i + 1) * HASH));

/** Root over 2^n hashes, n 0 or more. */
function fullRoot(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  return row[0]!;
}

/** Reads a tree of `size` leaves from its tiles. */
export class TileTree {
  readonly #cache = new Map<string, Buffer[]>();
  constructor(
    readonly anchor: Pick<Anchor, 'read'>,
    readonly size: number,
  ) {}

  /**
   * Hashes of one tile as this tree size has it. @throws UtplukkError ContentMismatch if the file is missing or
   * truncated
   */
  tile(level: number, index: number): Buffer[] {
    const width = Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - index * WIDTH);
    const name = tileName(level, index, width);
    const known = this.#cache.get(name);
    if (known) return known;
    // A full tile contains its earlier partial ones, which need not be kept.
    const data = this.anchor.read(name) ?? (width < WIDTH ? this.anchor.read(tileName(level, index)) : undefined);
    if (!data || data.length < width * HASH)
      throw mismatch(
        `${name} is missing or truncated among the tiles of the ledger`,
        'Restore the anchor directory from its copy.',
      );
    const hashes = hashesOf(data.subarray(0, width * HASH));
    if (this.#cache.size > 64) this.#cache.clear();
    this.#cache.set(name, hashes);
    return hashes;
  }

  leaf(index: number): Buffer {
    return this.tile(0, Math.floor(index / WIDTH))[index % WIDTH]!;
  }

  readonly subtrees: Subtrees = (level, index) => {
    const tileLevel = Math.floor(level / LEVELS_PER_TILE);
    const count = 2 ** (level % LEVELS_PER_TILE);
    const from = index * count;
    const hashes = this.tile(tileLevel, Math.floor(from / WIDTH));
    return fullRoot(hashes.slice(from % WIDTH, (from % WIDTH) + count));
  };

  root(): Buffer {
    return this.size === 0 ? EMPTY_ROOT : rangeRoot(this.subtrees, 0, this.size);
  }
}

/** Appends leaves to tiles, keeping only the right edge in memory. Leaves count once a checkpoint covers them. */
export class TileWriter {
  readonly #edge: Buffer[][] = [];
  #size: number;

  constructor(
    readonly anchor: Anchor,
    size: number,
  ) {
    this.#size = size;
    const tree = new TileTree(anchor, size);
    for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH))
      this.#edge[level] = count % WIDTH === 0 ? [] : [...tree.tile(level, Math.floor(count / WIDTH))];
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Buffer): void {
    this.#push(0, leaf);
    this.#size++;
  }

  #push(level: number, hash: Buffer): void {
    const edge = (this.#edge[level] ??= []);
    edge.push(hash);
    if (edge.length < WIDTH) return;
    const index = Math.floor(this.#size / WIDTH ** (level + 1));
    this.anchor.write(tileName(level, index), Buffer.concat(edge));
    this.#edge[level] = [];
    this.#push(level + 1, fullRoot(edge));
  }

  /** Writes the partial tiles of the right edge, so that a tree of the current size can be read. */
  flush(): void {
    this.#edge.forEach((edge, level) => {
      if (edge.length === 0) return;
      const index = Math.floor(this.#size / WIDTH ** (level + 1));
      this.anchor.write(tileName(level, index, edge.length), Buffer.concat(edge));
    });
  }

  root(): Buffer {
    const blocks: Buffer[] = [];
    for (let level = this.#edge.length - 1; level >= 0; level--) {
      const edge = this.#edge[level]!;
      let from = 0;
      for (let bit = LEVELS_PER_TILE; bit >= 0; bit--) {
        if ((edge.length & (1 << bit)) === 0) continue;
        blocks.push(fullRoot(edge.slice(from, from + (1 << bit))));
        from += 1 << bit;
      }
    }
    return blocks.length === 0 ? EMPTY_ROOT : blocks.reduceRight((right, left) => nodeHash(left, right));
  }
}
