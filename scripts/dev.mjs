// npm run dev: the servers of `npm start`, and every change live: in the API and the pages within 3 s, in workers
// within 5 s.
// What is computed here is marked as development (UTPLUKK_DEVELOPMENT) and cannot be promoted. Ctrl-C stops it.
import fs from 'node:fs';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { claim, stopAsked } from './lib/claim.mjs';
import { compile, compiledOf, loadedBy, watchSources } from './lib/live.mjs';
import { migrate, QUEUES, startApiAt, startNotary, startWorker } from './lib/product.mjs';
import { main } from './lib/runtime.mjs';
import { freePort, startServices } from './lib/stack.mjs';
import { ROOT, run, say, STACK } from './lib/util.mjs';

const WORKFLOWS = compiledOf('workflows/index.ts');
const BUNDLER = compiledOf('apps/worker/bundle-workflows.ts');

/** Vite serves the pages as they stand in the sources, and hands calls on to the API. */
async function startPages(port) {
  const { createServer } = await import('vite');
  const config = path.join(ROOT, 'apps/web/vite.config.mjs');
  const server = await createServer({ configFile: config, server: { port, strictPort: true }, logLevel: 'warn' });
  await server.listen();
  return server;
}

/** Processes that are started anew when a file that they loaded changed. */
class LiveProcesses {
  constructor(supervisor, start) {
    this.supervisor = supervisor;
    this.parts = start;
    for (const part of start) part.files = loadedBy(part.entry);
  }

  async start() {
    await Promise.all(this.parts.map(async (part) => (part.process = await part.start())));
  }

  /** Ends without waiting for what is under way: a server that is killed loses nothing, and people wait for it. */
  async restart(part, files) {
    if (part.bundle && files.some((file) => part.bundle.has(file))) run(process.execPath, [BUNDLER]);
    await this.supervisor.kill(part.process);
    part.process = await part.start();
    part.files = loadedBy(part.entry);
    if (part.bundle) part.bundle = loadedBy(WORKFLOWS);
  }

  async changed(sources) {
    const began = Date.now();
    const files = sources.map(compiledOf);
    try {
      await Promise.all(sources.map(compile));
      const met = this.parts.filter((part) => files.some((file) => part.files.has(file) || part.bundle?.has(file)));
      await Promise.all(
        met.map(async (part) => {
          await this.restart(part, files);
          say(`${part.name} is live again after ${((Date.now() - began) / 1000).toFixed(1)} s (${sources.join(', ')})`);
        }),
      );
    } catch (error) {
      say(`${sources.join(', ')} is not live: ${error.message.split('\n\n\n')[0]}`);
    }
  }
}

await main(async () => {
  const stopped = stopAsked();
  const { backend } = bootstrap();
  build();
  const dir = process.env.UTPLUKK_HOME ?? path.join(STACK, 'run');
  fs.mkdirSync(dir, { recursive: true });
  claim(path.join(dir, 'start.pid'));
  say('starting the servers');
  const { env, owner, supervisor } = await startServices({ dir, knownPorts: true });
  let pages;
  let watchers = [];
  try {
    const [apiPort, pagesPort] = [await freePort(8080), await freePort(5173)];
    const all = {
      ...env,
      UTPLUKK_TFJS_BACKEND: backend.backend,
      UTPLUKK_API: `http://127.0.0.1:${apiPort}`,
      UTPLUKK_WEB_URL: `http://127.0.0.1:${pagesPort}`,
      UTPLUKK_DEVELOPMENT: '1',
    };
    migrate({ ...all, ...owner });
    await startNotary(supervisor, all, owner);
    const worker = (queue) => ({
      name: `worker ${queue}`,
      entry: compiledOf('apps/worker/main.ts'),
      start: () => startWorker(supervisor, all, queue),
      ...(queue === 'lifecycle' ? { bundle: loadedBy(WORKFLOWS) } : {}),
    });
    const live = new LiveProcesses(supervisor, [
      {
        name: 'api',
        entry: compiledOf('apps/api/server.ts'),
        start: () => startApiAt(apiPort, supervisor, all, owner),
      },
      ...QUEUES.map(worker),
    ]);
    await live.start();
    fs.writeFileSync(path.join(dir, 'env.json'), JSON.stringify(all, null, 1), { mode: 0o600 });
    process.env.UTPLUKK_API = all.UTPLUKK_API; // Vite's proxy reads it
    pages = await startPages(pagesPort);
    watchers = watchSources((sources) => live.changed(sources));
    say(`pages ${all.UTPLUKK_WEB_URL} · API ${all.UTPLUKK_API}/docs · changes are live by themselves; Ctrl-C stops it`);
    await stopped;
    return 0;
  } finally {
    say('stopping');
    for (const watcher of watchers) watcher.close();
    await pages?.close();
    await supervisor.stop();
  }
});
process.exit(process.exitCode);
