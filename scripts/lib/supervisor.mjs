// Child processes with a log file each. Every child dies with this process (setpriv --pdeathsig), also when it is
// killed outright.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, say, SetupError, sleep, works } from './util.mjs';

export const NOBODY = { uid: 65534, gid: 65534 }; // PostgreSQL refuses to run as root
export const isRoot = process.getuid?.() === 0;
const hasSetpriv = works('setpriv', ['--pdeathsig', 'TERM', '--', 'true']);

/** Starts and stops child processes with a log file each. */
export class Supervisor {
  #children = [];
  #stopping = false;
  constructor(dir, log = say) {
    this.dir = dir;
    this.log = log;
    fs.mkdirSync(path.join(dir, 'logs'), { recursive: true });
  }

  start(name, command, args, { signal = 'SIGTERM', env = {}, asNobody = false, cwd = ROOT } = {}) {
    const file = path.join(this.dir, 'logs', `${name}.log`);
    const out = fs.openSync(file, 'w');
    const drop = asNobody && isRoot;
    const dropArgs = drop ? ['--reuid', '65534', '--regid', '65534', '--clear-groups'] : [];
    const prefix = hasSetpriv ? ['setpriv', ...dropArgs, '--pdeathsig', signal.slice(3), '--', command] : [command];
    const base = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', TZ: 'UTC' };
    const child = spawn(prefix[0], [...prefix.slice(1), ...args], {
      stdio: ['ignore', out, out],
      cwd,
      env: { ...base, ...env },
      detached: true,
      ...(drop && !hasSetpriv ? NOBODY : {}),
    });
    fs.closeSync(out);
    const entry = { name, child, signal, file, exited: undefined };
    entry.done = new Promise((resolve) => {
      child.once('exit', (code, sig) => {
        entry.exited = `${code ?? sig}`;
        if (!this.#stopping && !entry.expected) this.log(`${name} ended by itself (${entry.exited}); its log: ${file}`);
        resolve();
      });
      child.once('error', (error) => {
        entry.exited = error.message;
        resolve();
      });
    });
    this.#children.push(entry);
    return entry;
  }

  async until(entry, what, probe, ms = 120_000) {
    const end = Date.now() + ms;
    for (;;) {
      if (entry.exited !== undefined) {
        throw new SetupError(
          `${entry.name} ended (${entry.exited}) before it was ready:\n` +
            fs.readFileSync(entry.file, 'utf8').slice(-2000),
        );
      }
      try {
        if (await probe()) return;
      } catch {
        // not yet
      }
      if (Date.now() > end)
        throw new SetupError(`${entry.name}: ${what} did not come within ${ms / 1000} s; its log: ${entry.file}`);
      await sleep(60);
    }
  }

  async end(entry, signal = entry.signal) {
    if (entry.exited !== undefined) return;
    entry.expected = true;
    let timer;
    entry.child.kill(signal);
    await Promise.race([entry.done, new Promise((resolve) => (timer = setTimeout(resolve, 15_000)))]);
    clearTimeout(timer);
    await this.kill(entry);
  }

  /** Ends a process and what it started at once, whatever they were doing. */
  async kill(entry) {
    if (entry.exited !== undefined) return;
    entry.expected = true;
    try {
      process.kill(-entry.child.pid, 'SIGKILL');
    } catch {
      // gone meanwhile
    }
    await entry.done;
  }

  /** Last started first in two waves: everything that may write to PostgreSQL ends before PostgreSQL does. */
  async stop() {
    this.#stopping = true;
    await Promise.all(this.#children.filter((entry) => entry.name !== 'postgres').map((entry) => this.end(entry)));
    await Promise.all(this.#children.map((entry) => this.end(entry)));
  }
}
