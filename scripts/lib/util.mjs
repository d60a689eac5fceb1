// Helpers of the start-up scripts. Node built-ins only: they run before any package is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const STACK = path.join(ROOT, '.stack');
export const PY_BIN = path.join(STACK, 'py/bin');

export const say = (message) => process.stderr.write(`[utplukk] ${message}\n`);
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A failure whose message is all that the reader needs; printed without a stack. */
export class SetupError extends Error {}

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    cwd: ROOT,
    ...options,
  });
  if (result.status !== 0) {
    const tail = `${(result.stdout ?? '').slice(-1500)}${(result.stderr ?? '').slice(-1500)}`;
    throw new SetupError(
      `${path.basename(command)} ${args.slice(0, 3).join(' ')} failed ` +
        `(${result.status ?? result.error?.code}):\n${tail}`,
    );
  }
  return result.stdout;
}

export const works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export function sha256File(file) {
  const hash = createHash('sha256');
  const fd = fs.openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 22);
  for (let n; (n = fs.readSync(fd, buffer, 0, buffer.length, null)) > 0;) hash.update(buffer.subarray(0, n));
  fs.closeSync(fd);
  return hash.digest('hex');
}

export function sha256Files(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(path.relative(ROOT, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Installs a Debian package when this is root on a machine with apt; else says what to type. */
export function apt(pkg, purpose) {
  if (process.getuid?.() !== 0 || !works('apt-get', ['--version'])) {
    throw new SetupError(
      `${pkg} is needed ${purpose}. Install it (for example: sudo apt-get install ${pkg}) ` +
        'and run the same command again.',
    );
  }
  say(`installing ${pkg} with apt`);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', pkg], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Runs `make` unless the stamp already holds `key`. The stamp is written last, so an interrupted step is made anew. */
export function step(name, key, make) {
  const file = path.join(STACK, `${name}.stamp`);
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === key) return;
  const started = Date.now();
  fs.rmSync(file, { force: true });
  say(`${name} …`);
  make();
  fs.writeFileSync(file, key);
  say(`${name}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** One set-up at a time in one clone; a lock whose owner is gone is taken over. */
export function takeLock() {
  fs.mkdirSync(STACK, { recursive: true });
  const file = path.join(STACK, 'setup.lock');
  for (let attempt = 0; ; attempt++) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      const release = () => {
        fs.rmSync(file, { force: true });
        process.off('exit', release);
      };
      process.on('exit', release);
      return release;
    } catch (error) {
      if (error.code !== 'EEXIST' || attempt > 6000) throw error;
      let alive = true;
      try {
        process.kill(Number(fs.readFileSync(file, 'utf8')) || 0, 0);
      } catch {
        alive = false;
      }
      if (!alive) fs.rmSync(file, { force: true });
      else {
        if (attempt === 0) say('another set-up is running in this folder; waiting for it');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      }
    }
  }
}
