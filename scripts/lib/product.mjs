// Starts the product's own processes on running servers: migrations, workers, API.
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from './stack.mjs';
import { ROOT, run, say } from './util.mjs';

const dist = (file) => path.join(ROOT, 'dist', file);

export const migrate = (env) => run(process.execPath, [dist('apps/migrate.js')], { env: { ...process.env, ...env } });

export const QUEUES = ['lifecycle', 'training'];

/** A worker of one queue, once it polls. */
export async function startWorker(supervisor, env, queue) {
  const worker = supervisor.start(`worker-${queue}`, process.execPath, [dist('apps/worker/main.js'), queue], { env });
  await supervisor.until(worker, 'its first poll', () => fs.readFileSync(worker.file, 'utf8').includes(' ready\n'));
  return worker;
}

export const startWorkers = (supervisor, env) =>
  Promise.all(QUEUES.map((queue) => startWorker(supervisor, env, queue)));

/** The process that holds the signing key. It reads leaf hashes by a role of its own; workers never see its folder. */
export async function startNotary(supervisor, env, { UTPLUKK_NOTARY_DATABASE_URL }) {
  if (process.env.UTPLUKK_NOTARY) return; // it runs elsewhere
  if (!UTPLUKK_NOTARY_DATABASE_URL) {
    say('no notary is started: set UTPLUKK_NOTARY, or UTPLUKK_NOTARY_DATABASE_URL to a role that reads leaf hashes');
    return;
  }
  const notary = supervisor.start('notary', process.execPath, [dist('apps/notary/main.js')], {
    env: {
      UTPLUKK_NOTARY_DATABASE_URL,
      UTPLUKK_NOTARY_HOME: path.join(supervisor.dir, 'notary'),
      UTPLUKK_ANCHORS: env.UTPLUKK_ANCHORS,
      UTPLUKK_TRUST: env.UTPLUKK_TRUST,
      OIDC_ISSUER: env.OIDC_ISSUER,
      ...(env.OIDC_AUDIENCE ? { OIDC_AUDIENCE: env.OIDC_AUDIENCE } : {}),
      PORT: new URL(env.UTPLUKK_NOTARY).port,
    },
  });
  await supervisor.until(notary, '/health', async () => (await fetch(`${env.UTPLUKK_NOTARY}/health`)).ok);
}

/** The API signs in to the database with a role of its own, where one is named. Yields its address. */
export async function startApi(supervisor, env, owner, { knownPort = true } = {}) {
  const port = await freePort(knownPort ? 8080 : 0);
  await startApiAt(port, supervisor, env, owner);
  return `http://127.0.0.1:${port}`;
}

export async function startApiAt(
  port,
  supervisor,
  env,
  { UTPLUKK_API_DATABASE_URL: database = env.DATABASE_URL } = {},
) {
  const settings = { ...env, DATABASE_URL: database, PORT: String(port) };
  const api = supervisor.start('api', process.execPath, [dist('apps/api/server.js')], { env: settings });
  await supervisor.until(api, '/health', async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
  return api;
}
