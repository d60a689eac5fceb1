// npm run bench: all benchmarks that need nothing but the project; npm run bench:chicago -- <file> the one on real data.
// npm run bench -- --list names them.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { main, ROOT, SetupError } from './lib/util.mjs';

const BENCHMARKS = {
  demo: 'the whole demo: seconds, memory, share of time without an activity',
  chicago: 'food inspections with and without the inspector; needs the file',
};

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
  const run = (bench) =>
    spawnSync(process.execPath, [path.join(ROOT, `dist/bench/${bench}.js`), ...rest], { stdio: 'inherit', cwd: ROOT }).status ?? 1;
  return run(name ?? 'demo');
});
