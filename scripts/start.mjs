// npm start: sets up, starts every server that no environment variable names, runs the main job, stays until Ctrl-C.
// npm start -- --once does the same and exits.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { claim, stopAsked } from './lib/claim.mjs';
import { migrate, startApi, startNotary, startWorkers } from './lib/product.mjs';
import { main } from './lib/runtime.mjs';
import { startServices } from './lib/stack.mjs';
import { ROOT, say, STACK } from './lib/util.mjs';

const once = process.argv.includes('--once');

/** The demo simulates its register, so it may store what was planted; no process of the product gets this. */
const truthOf = ({ UTPLUKK_TRUTH_DATABASE_URL: url }) => (url ? { UTPLUKK_TRUTH_DATABASE_URL: url } : {});

await main(async () => {
  const stopped = stopAsked();
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
    const how = await Promise.race([ended, stopped]);
    if (typeof how === 'string') {
      job.kill('SIGTERM');
      return 130;
    }
    if (once || how !== 0) return how;
    say('everything stays up; Ctrl-C stops it');
    await stopped;
    return 0;
  } finally {
    say('stopping');
    await supervisor.stop();
  }
});
process.exit(process.exitCode);
