// npm start: sets up, starts every server that no environment variable names, runs the main job, stays until Ctrl-C.
// npm start -- --once does the same and exits.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { migrate, startApi, startNotary, startWorkers } from './lib/product.mjs';
import { main } from './lib/runtime.mjs';
import { startServices } from './lib/stack.mjs';
import { ROOT, say, SetupError, STACK } from './lib/util.mjs';

const once = process.argv.includes('--once');
const parent = process.ppid; // npm does not hand SIGTERM on: notice that it is gone

/** One start a folder: a second one would meet the first one's database. A file whose owner is gone is taken over. */
function claim(file) {
  const owner = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  try {
    if (owner > 0 && owner !== process.pid && process.kill(owner, 0)) {
      throw new SetupError(
        `npm start is running already (process ${owner}). Use it from another terminal, or stop it with Ctrl-C first.`,
      );
    }
  } catch (error) {
    if (error instanceof SetupError) throw error; // else: no such process
  }
  fs.writeFileSync(file, String(process.pid));
  process.on('exit', () => fs.rmSync(file, { force: true }));
}

/** The demo simulates its register, so it may store what was planted; no process of the product gets this. */
const truthOf = ({ UTPLUKK_TRUTH_DATABASE_URL: url }) => (url ? { UTPLUKK_TRUTH_DATABASE_URL: url } : {});

await main(async () => {
  let asked;
  const stopAsked = new Promise((resolve) => (asked = resolve));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => asked(signal));
  setInterval(() => process.ppid !== parent && asked('SIGHUP'), 500).unref();

  const { backend } = bootstrap();
  build();
  const dir = process.env.UTPLUKK_HOME ?? path.join(STACK, 'run');
  fs.mkdirSync(dir, { recursive: true });
  claim(path.join(dir, 'start.pid'));
  say('starting the servers');
  const { env, owner, supervisor } = await startServices({ dir, knownPorts: true });
  try {
    const all = { ...env, UTPLUKK_TFJS_BACKEND: backend.backend };
    migrate({ ...all, ...owner });
    await startNotary(supervisor, all, owner);
    const [, api] = await Promise.all([startWorkers(supervisor, all), startApi(supervisor, all, owner)]);
    Object.assign(all, { UTPLUKK_API: api });
    fs.writeFileSync(path.join(dir, 'env.json'), JSON.stringify(all, null, 1), { mode: 0o600 });
    if (backend.backend !== 'tensorflow') say(`computing with ${backend.backend}: ${backend.reason}`);
    const job = spawn(process.execPath, [path.join(ROOT, 'dist/apps/demo/main.js')], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...all, ...truthOf(owner) },
    });
    const ended = new Promise((resolve) => job.once('exit', (code) => resolve(code ?? 1)));
    const how = await Promise.race([ended, stopAsked]);
    if (typeof how === 'string') {
      job.kill('SIGTERM');
      return 130;
    }
    if (once || how !== 0) return how;
    say('everything stays up; Ctrl-C stops it');
    await stopAsked;
    return 0;
  } finally {
    say('stopping');
    await supervisor.stop();
  }
});
process.exit(process.exitCode);
