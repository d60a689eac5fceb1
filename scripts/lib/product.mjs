// Starts the product's own processes on running servers: migrations, workers, API.
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from './stack.mjs';
import { ROOT, run } from './util.mjs';

const dist = (file) => path.join(ROOT, 'dist', file);

export const migrate = (env) => run(process.execPath, [dist('apps/migrate.js')], { env: { ...process.env, ...env } });

export async function startWorkers(supervisor, env) {
  const queues = ['lifecycle', 'training'];
  const workers = queues.map((queue) =>
    supervisor.start(`worker-${queue}`, process.execPath, [dist('apps/worker/main.js'), queue], { env }),
  );
  await Promise.all(
    workers.map((worker) => supervisor.until(worker, 'its first poll', () => fs.readFileSync(worker.file, 'utf8').includes(' ready\n'))),
  );
  return workers;
}

export async function startApi(supervisor, env, { knownPort = true } = {}) {
  const port = await freePort(knownPort ? 8080 : 0);
  const uri = `http://127.0.0.1:${port}`;
  const api = supervisor.start('api', process.execPath, [dist('apps/api/server.js')], { env: { ...env, PORT: String(port) } });
  await supervisor.until(api, '/health', async () => (await fetch(`${uri}/health`)).ok);
  return uri;
}
