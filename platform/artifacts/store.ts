import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { mismatch, notFound } from '../../domain/errors';
import { sha256, sha256File } from './hash';

const CHUNK_BYTES = 1 << 20;

/** SHA-256 of a file, without giving way to other work: who asks is about to read the bytes. */
function sha256FileSync(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const handle = fs.openSync(file, 'r');
  try {
    for (let read = fs.readSync(handle, chunk); read > 0; read = fs.readSync(handle, chunk))
      hash.update(chunk.subarray(0, read));
  } finally {
    fs.closeSync(handle);
  }
  return hash.digest('hex');
}

/** Waits until the bytes of a file, or the names in a folder, are on the disk. */
function flushToDisk(target: string): void {
  const handle = fs.openSync(target, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * Content-addressed files: the name of an object is the SHA-256 of its bytes, so writing it again has no effect and
 * nothing is ever overwritten. Bytes are verified against the name whenever an object is opened; one that was verified
 * before is hashed again when its file changed since (node, size or time). What an object is written anew for, because
 * its bytes are damaged, is moved to `damaged/`, never deleted.
 */
export class ArtifactStore {
  /** Objects whose bytes were right, with the state of the file at that time. */
  readonly #verified = new Map<string, string>();

  constructor(readonly root: string) {}

  /** Path of an object, which need not exist. */
  path(sha: string): string {
    return path.join(this.root, 'sha256', sha.slice(0, 2), sha);
  }

  has(sha: string): boolean {
    return fs.existsSync(this.path(sha));
  }

  put(data: string | Uint8Array): string {
    const sha = sha256(data);
    if (!this.holds(sha)) {
      const temporary = this.temporary();
      fs.writeFileSync(temporary, data);
      this.#adopt(temporary, sha);
    }
    return sha;
  }

  /** Moves a finished file into the store. @returns its hash */
  async putFile(file: string): Promise<string> {
    const sha = await sha256File(file);
    if (this.holds(sha)) fs.rmSync(file);
    else this.#adopt(file, sha);
    return sha;
  }

  /**
   * Hash of the object that was derived from the inputs of a key, if it is in the store with the right bytes. A cache:
   * losing it costs only time.
   */
  derived(key: string): string | undefined {
    const file = this.#derivedPath(key);
    if (!fs.existsSync(file)) return undefined;
    const sha = fs.readFileSync(file, 'utf8');
    return this.holds(sha) ? sha : undefined;
  }

  async putDerived(key: string, file: string): Promise<string> {
    const sha = await this.putFile(file);
    const target = this.#derivedPath(key);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const temporary = this.temporary();
    fs.writeFileSync(temporary, sha);
    fs.renameSync(temporary, target);
    return sha;
  }

  /** Hashes of all objects in the cache of derived tables. */
  *allDerived(): Generator<string> {
    const root = path.join(this.root, 'derived');
    for (const dir of fs.existsSync(root) ? fs.readdirSync(root) : [])
      for (const key of fs.readdirSync(path.join(root, dir))) yield fs.readFileSync(path.join(root, dir, key), 'utf8');
  }

  /** Verifies the bytes of an object anew. @throws UtplukkError ContentMismatch, or NotFound */
  async checkIntact(sha: string): Promise<void> {
    if ((await sha256File(this.#found(sha))) !== sha) throw this.#damaged(sha);
  }

  /** Deletes an object, which only a redaction does. */
  destroy(sha: string): void {
    fs.rmSync(this.path(sha), { force: true });
  }

  /** Deletes all derived tables and the cache; they are rebuilt on demand. */
  destroyDerived(): void {
    for (const sha of [...this.allDerived()]) this.destroy(sha);
    fs.rmSync(path.join(this.root, 'derived'), { recursive: true, force: true });
  }

  #derivedPath(key: string): string {
    return path.join(this.root, 'derived', key.slice(0, 2), key);
  }

  /** Bytes of an object. @throws UtplukkError ContentMismatch, or NotFound */
  get(sha: string): Buffer {
    const data = fs.readFileSync(this.#found(sha));
    if (sha256(data) !== sha) throw this.#damaged(sha);
    return data;
  }

  getJson<T>(sha: string): T {
    return JSON.parse(this.get(sha).toString('utf8')) as T;
  }

  /** Path of an object whose bytes are right. @throws UtplukkError ContentMismatch, or NotFound */
  existing(sha: string): string {
    const file = this.#found(sha);
    if (!this.#isIntact(sha, file)) throw this.#damaged(sha);
    return file;
  }

  /** A new path on the store's file system, so that a finished file can be renamed into place. */
  temporary(suffix = ''): string {
    const dir = path.join(this.root, 'tmp');
    fs.mkdirSync(dir, { recursive: true });
    return path.join(dir, randomBytes(9).toString('hex') + suffix);
  }

  #found(sha: string): string {
    const file = this.path(sha);
    if (!fs.existsSync(file))
      throw notFound(`artifact ${sha} is not in the store ${this.root}`, 'Check UTPLUKK_STORE.');
    return file;
  }

  #damaged(sha: string): Error {
    return mismatch(
      `artifact ${sha} has other bytes than its name says`,
      `Run again the step that made it (it is then written anew), or restore ${this.path(sha)} from a backup.`,
    );
  }

  /** Whether an object is there with the right bytes. One with other bytes is set aside, so that it is written anew. */
  holds(sha: string): boolean {
    const file = this.path(sha);
    if (!fs.existsSync(file)) return false;
    if (this.#isIntact(sha, file)) return true;
    const aside = path.join(this.root, 'damaged');
    fs.mkdirSync(aside, { recursive: true });
    fs.renameSync(file, path.join(aside, `${sha}-${randomBytes(4).toString('hex')}`));
    return false;
  }

  #isIntact(sha: string, file: string): boolean {
    const { ino, size, mtimeNs, ctimeNs } = fs.statSync(file, { bigint: true });
    const state = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    if (this.#verified.get(sha) === state) return true;
    const intact = sha256FileSync(file) === sha;
    if (intact) this.#verified.set(sha, state);
    return intact;
  }

  /** The bytes are on the disk before any row can name them. */
  #adopt(file: string, sha: string): void {
    const target = this.path(sha);
    const created = fs.mkdirSync(path.dirname(target), { recursive: true });
    if (created !== undefined) flushToDisk(path.dirname(created));
    flushToDisk(file);
    fs.renameSync(file, target);
    fs.chmodSync(target, 0o444);
    flushToDisk(path.dirname(target));
  }
}
