// Mutation testing (scripts/mutation): runs it, and says the score of each module.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STACK } from './util.mjs';

const REPORT = path.join(STACK, 'mutation/report.json');

/** Mutants that a test noticed, of all; what no test can tell apart counts against the score. */
function scores({ files }) {
  const modules = new Map();
  for (const [file, { mutants }] of Object.entries(files)) {
    const counts = modules.get(path.dirname(file)) ?? { noticed: 0, all: 0 };
    for (const { status } of mutants) {
      if (['Ignored', 'CompileError', 'RuntimeError', 'Pending'].includes(status)) continue;
      counts.all++;
      if (status === 'Killed' || status === 'Timeout') counts.noticed++;
    }
    modules.set(path.dirname(file), counts);
  }
  return modules;
}

/** @param {readonly string[]} files the modules to mutate; all of the configuration without any */
export function runMutation(files = []) {
  fs.rmSync(REPORT, { force: true });
  const stryker = path.join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const config = path.join(ROOT, 'scripts/mutation/stryker.config.mjs');
  const chosen = files.length > 0 ? ['--mutate', files.join(',')] : [];
  const { status } = spawnSync(process.execPath, [stryker, 'run', config, ...chosen], { stdio: 'inherit', cwd: ROOT });
  if (fs.existsSync(REPORT))
    for (const [module, { noticed, all }] of scores(JSON.parse(fs.readFileSync(REPORT, 'utf8'))))
      console.log(`${module}: ${noticed} of ${all} mutants noticed (${((100 * noticed) / all).toFixed(1)} %)`);
  return status ?? 1;
}
