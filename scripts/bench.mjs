// npm run bench: the benchmarks; npm run bench:chicago -- <file> the one on real data.
// npm run bench -- --list names them.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootstrap, ensureChromium, ensurePython } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { migrate, startApi, startNotary, startWorkers } from './lib/product.mjs';
import { main } from './lib/runtime.mjs';
import { startDatabase, startServices } from './lib/stack.mjs';
import { ROOT, SetupError, STACK } from './lib/util.mjs';

const BENCHMARKS = {
  demo: 'the whole demo: seconds, memory, share of time without an activity',
  models: 'models against LightGBM on public sets, on the same splits; needs the folder of the sets',
  web: 'API and pages: 50 people over a list of all providers and a million entries; first page in Chromium',
  trust: 'ledger: verification, appending, proofs, time machine, lineage, kills at random points',
  chicago: 'food inspections with and without the inspector; needs the file',
  data:
    'the register: national case and its tenth, loading, extraction, memory from one to ten million bills, window ' +
    'features against PostgreSQL, a tenth of Norway through the real workflows (data <part> for one)',
  coverage: 'do the intervals of the estimators cover: 2,000 replays of a reduced register',
  scenarios:
    'lists in the standard scenario and three held out, against ground truth: upheld amount against size and the ' +
    'outlier rule, 20 seeds each',
  microbenchmarks:
    'what computing costs: a training step against PyTorch, a national matrix into tensors against LightGBM, one ' +
    'large fit (fetches PyTorch, 5 GB)',
  reasons: 'explanations of each family: do contributions add up to the score, and how long does a provider take',
  simulation: 'the table of docs/benchmarks/simulated-register.md: simulated and published figures',
};
/** Parts of `data`, each in a process of its own; a part whose results are of this commit is not run again. */
const DATA_PARTS = {
  'national-small': { entry: 'national', args: ['--small'] },
  national: { entry: 'national', args: [] },
  'national-triple': { entry: 'national', args: ['--triple'] },
  loading: { entry: 'loading', args: [], database: true },
  'memory-scaling': { entry: 'memory-scaling', args: [], database: true },
  'triage-comparison': { entry: 'triage-comparison', args: [], database: true },
  'scale-10pct': { entry: 'scale-10pct', args: [], services: true },
};

/** One benchmark against a PostgreSQL of its own. */
async function withDatabase(entry, args) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-bench-'));
  fs.chmodSync(home, 0o755);
  const server = await startDatabase(home);
  const child = spawn(process.execPath, [path.join(ROOT, `dist/bench/${entry}.js`), ...args], {
    stdio: 'inherit',
    cwd: ROOT,
    env: { ...process.env, ...server.env },
  });
  const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  await server.supervisor.stop();
  fs.rmSync(home, { recursive: true, force: true });
  return code;
}

/** Servers and workers of the benchmark's own, as `npm start` has them. */
async function startProduct(home) {
  const { env, owner, supervisor } = await startServices({ dir: home, given: {} });
  migrate({ ...env, ...owner });
  await startNotary(supervisor, env, owner);
  await startWorkers(supervisor, env);
  return { env: { ...env, UTPLUKK_SESSION: path.join(home, 'session.json') }, owner, supervisor };
}

/** The API as `npm start` has it, filled and asked by the benchmark. */
async function runWeb(more) {
  ensureChromium();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-bench-'));
  fs.chmodSync(home, 0o755);
  const { env, owner, supervisor } = await startProduct(home);
  const api = await startApi(supervisor, { ...env, UTPLUKK_RATE_LIMIT: '1000000' }, owner, { knownPort: false });
  const child = spawn(process.execPath, [path.join(ROOT, 'dist/bench/web.js'), ...more], {
    stdio: 'inherit',
    cwd: ROOT,
    env: { ...process.env, ...env, ...owner, UTPLUKK_BENCH_API: api },
  });
  const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  await supervisor.stop();
  fs.rmSync(home, { recursive: true, force: true });
  return code;
}

async function runData(wanted, more) {
  const commit = spawnSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  const names = Object.keys(DATA_PARTS).filter((part) => wanted === undefined || part === wanted);
  if (names.length === 0) throw new SetupError(`no part "${wanted}"; there are: ${Object.keys(DATA_PARTS).join(', ')}`);
  let worst = 0;
  for (const [index, part] of names.entries()) {
    const { entry, args, database, services } = DATA_PARTS[part];
    const results = path.join(ROOT, `bench/results/data-${part}.json`);
    const done =
      wanted === undefined && fs.existsSync(results) && JSON.parse(fs.readFileSync(results, 'utf8')).commit === commit;
    if (!done) {
      // Hours of loading are not thrown away: servers, files and stages are kept until such a part has ended well.
      const home = services
        ? path.join(STACK, 'bench', [part, ...more].join('-').replaceAll(/[^\w.-]/g, ''))
        : fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-bench-'));
      fs.mkdirSync(home, { recursive: true });
      fs.chmodSync(home, 0o755);
      const server = database ? await startDatabase(home) : services ? await startProduct(home) : undefined;
      const env = { ...process.env, ...(server?.env ?? {}), UTPLUKK_BENCH_HOME: home };
      const child = spawn(process.execPath, [path.join(ROOT, `dist/bench/data/${entry}.js`), ...args, ...more], {
        stdio: 'inherit',
        cwd: ROOT,
        env,
      });
      const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
      worst = Math.max(worst, code);
      await server?.supervisor.stop();
      if (!services || code === 0) fs.rmSync(home, { recursive: true, force: true });
    }
    console.log(`data ${part}: ${index + 1} of ${names.length} done`);
  }
  return worst;
}

await main(() => {
  const [name, ...rest] = process.argv.slice(2);
  if (name === '--list') {
    for (const [bench, about] of Object.entries(BENCHMARKS)) console.log(`${bench}: ${about}`);
    return 0;
  }
  if (name !== undefined && !(name in BENCHMARKS))
    throw new SetupError(`no benchmark "${name}"; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  bootstrap({ requireNative: true });
  build();
  if (name === 'data') return runData(rest[0], rest.slice(1));
  if (name === 'web') return runWeb(rest);
  if (name === 'trust') return withDatabase('trust', rest);
  if (name === 'models')
    process.env.UTPLUKK_BENCH_PYTHON = ensurePython('LightGBM', 'bench.lock', path.join(STACK, 'py-bench'));
  if (name === 'microbenchmarks') {
    process.env.UTPLUKK_BENCH_LIGHTGBM = ensurePython('LightGBM', 'bench.lock', path.join(STACK, 'py-bench'));
    process.env.UTPLUKK_BENCH_TORCH = ensurePython('PyTorch', 'steps.lock', path.join(STACK, 'py-steps'));
  }
  const run = (bench) =>
    spawnSync(process.execPath, [path.join(ROOT, `dist/bench/${bench}.js`), ...rest], { stdio: 'inherit', cwd: ROOT })
      .status ?? 1;
  return run(name ?? 'demo');
});
