import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { mismatch, notFound } from '../../domain/errors';
import { sha256, sha256File } from './hash';

/**
 * Content-addressed files: an object's name is the SHA-256 of its bytes, so writing twice is writing once and nothing is
 * ever overwritten. Reads check the bytes against the name.
 */
export class ArtifactStore {
  constructor(readonly root: string) {}

  /** Where the object lies; it need not exist. */
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

  /** Takes a finished file in; it is moved, not copied. */
  async putFile(file: string): Promise<string> {
    const sha = await sha256File(file);
    if (this.has(sha)) fs.rmSync(file);
    else this.#adopt(file, sha);
    return sha;
  }

  /** Hash of what was once derived under a key, if it still lies here. A cache: losing it costs time only. */
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

  /** Hashes that the cache of derived tables names. */
  *allDerived(): Generator<string> {
    const root = path.join(this.root, 'derived');
    for (const dir of fs.existsSync(root) ? fs.readdirSync(root) : [])
      for (const key of fs.readdirSync(path.join(root, dir))) yield fs.readFileSync(path.join(root, dir, key), 'utf8');
  }

  /** Reads the whole object and compares it with its name. @throws UtplukkError ContentMismatch naming it */
  async checkIntact(sha: string): Promise<void> {
    if ((await sha256File(this.existing(sha))) !== sha)
      throw mismatch(`object ${sha} holds other bytes than its name says`, `Restore ${this.path(sha)} from a copy.`);
  }

  /** Destroys an object's bytes: only a redaction does that. */
  destroy(sha: string): void {
    fs.rmSync(this.path(sha), { force: true });
  }

  /** Destroys every derived table with the cache that names them; they are made again when they are needed. */
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
        `artefact ${sha} holds other bytes: their hash is ${found}`,
        'Restore it from a backup; `utplukk reproduce` rebuilds what can be rebuilt.',
      );
    return data;
  }

  getJson<T>(sha: string): T {
    return JSON.parse(this.get(sha).toString('utf8')) as T;
  }

  existing(sha: string): string {
    const file = this.path(sha);
    if (!fs.existsSync(file))
      throw notFound(`artefact ${sha} is not in the store ${this.root}`, 'Check UTPLUKK_STORE.');
    return file;
  }

  /** A path on the same file system, so that a finished file can be renamed into place. */
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
