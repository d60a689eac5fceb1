import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { mismatch, notFound } from '../../domain/errors';
import { sha256, sha256File } from './hash';

/**
 * Content-addressed files: the name of an object is the SHA-256 of its bytes, so writing it again has no effect and
 * nothing is ever overwritten. Reads verify the bytes against the name.
 */
export class ArtifactStore {
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
    if (!this.has(sha)) {
      const temporary = this.temporary();
      fs.writeFileSync(temporary, data);
      this.#adopt(temporary, sha);
    }
    return sha;
  }

  /** Moves a finished file into the store. @returns its hash */
  async putFile(file: string): Promise<string> {
    const sha = await sha256File(file);
    if (this.has(sha)) fs.rmSync(file);
    else this.#adopt(file, sha);
    return sha;
  }

  /**
   * Hash of the object that was derived from the inputs of a key, if it is in the store. A cache: losing it costs only
   * time.
   */
  derived(key: string): string | undefined {
    const file = this.#derivedPath(key);
    if (!fs.existsSync(file)) return undefined;
    const sha = fs.readFileSync(file, 'utf8');
    return this.has(sha) ? sha : undefined;
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

  /** Verifies the bytes of an object. @throws UtplukkError ContentMismatch, or NotFound */
  async checkIntact(sha: string): Promise<void> {
    if ((await sha256File(this.existing(sha))) !== sha)
      throw mismatch(`object ${sha} has other bytes than its name says`, `Restore ${this.path(sha)} from a copy.`);
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

  get(sha: string): Buffer {
    const data = fs.readFileSync(this.existing(sha));
    const found = sha256(data);
    if (found !== sha)
      throw mismatch(
        `artifact ${sha} has other bytes: their hash is ${found}`,
        'Restore it from a backup, or reproduce what it was made from.',
      );
    return data;
  }

  getJson<T>(sha: string): T {
    return JSON.parse(this.get(sha).toString('utf8')) as T;
  }

  existing(sha: string): string {
    const file = this.path(sha);
    if (!fs.existsSync(file))
      throw notFound(`artifact ${sha} is not in the store ${this.root}`, 'Check UTPLUKK_STORE.');
    return file;
  }

  /** A new path on the store's file system, so that a finished file can be renamed into place. */
  temporary(suffix = ''): string {
    const dir = path.join(this.root, 'tmp');
    fs.mkdirSync(dir, { recursive: true });
    return path.join(dir, randomBytes(9).toString('hex') + suffix);
  }

  #adopt(file: string, sha: string): void {
    const target = this.path(sha);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.renameSync(file, target);
    fs.chmodSync(target, 0o444);
  }
}
