// One start a folder, and how it is told to stop.
import fs from 'node:fs';
import { SetupError } from './util.mjs';

/** A second start would meet the first one's database. A file whose owner is gone is taken over. */
export function claim(file) {
  const owner = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  try {
    if (owner > 0 && owner !== process.pid && process.kill(owner, 0)) {
      throw new SetupError(
        `the servers of this folder run already (process ${owner}, npm start or npm run dev). ` +
          'Use them from another terminal, or stop them with Ctrl-C first.',
      );
    }
  } catch (error) {
    if (error instanceof SetupError) throw error; // else: no such process
  }
  fs.writeFileSync(file, String(process.pid));
  process.on('exit', () => fs.rmSync(file, { force: true }));
}

/** Settles with the signal that asks this process to stop. npm does not hand SIGTERM on: that it is gone is noticed. */
export function stopAsked() {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
    setInterval(() => process.ppid !== parent && resolve('SIGHUP'), 500).unref();
  });
}
