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
    if (!fs.existsSync(file)) throw notFound(`artefact ${sha} is not in the store ${this.root}`, 'Check UTPLUKK_STORE.');
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
