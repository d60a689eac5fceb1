// Mutation testing (scripts/mutation): runs it, and says the score of each module. A whole run writes its scores to
// bench/results, from which the benchmark page is made.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT, run, STACK } from './util.mjs';

const REPORT = path.join(STACK, 'mutation/report.json');
const RESULTS = path.join(ROOT, 'bench/results/mutation-testing.json');
/** What is mutated: the pure modules that decide and prove. */
const MODULES = [
  'models/metrics/*.ts',
  'models/calibration/*.ts',
  'models/ood/*.ts',
  'platform/ledger/{merkle,entry-body,export-verifier,checkpoint}.ts',
  'domain/rules/*.ts',
  'models/evaluation/*.ts',
];
/** Percent of all mutants that the tests must notice. */
const TARGET = 85;

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

const percent = ({ noticed, all }) => Number(((100 * noticed) / all).toFixed(1));

/** The scores as rows of a benchmark: all modules together against the target, then each. */
function writeResults(modules) {
  const total = { noticed: 0, all: 0 };
  for (const { noticed, all } of modules.values()) {
    total.noticed += noticed;
    total.all += all;
  }
  const row = (name, counts) => ({ name, value: percent(counts), unit: '%', note: `${counts.all} mutants` });
  const rows = [
    { ...row('all modules', total), target: { at: 'least', value: TARGET }, met: percent(total) >= TARGET },
    ...[...modules].map(([module, counts]) => row(module, counts)),
  ];
  const cores = `${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const machine = `${os.cpus()[0]?.model ?? 'cpu'}, ${cores}, Node ${process.versions.node}`;
  const commit = run('git', ['rev-parse', '--short=12', 'HEAD']).trim();
  const results = { name: 'mutation-testing', machine, commit, date: new Date().toISOString(), rows };
  fs.writeFileSync(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
}

const runStryker = (files) => {
  const stryker = path.join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const config = path.join(ROOT, 'scripts/mutation/stryker.config.mjs');
  const args = [stryker, 'run', config, '--mutate', files.join(',')];
  return spawnSync(process.execPath, args, { stdio: 'inherit', cwd: ROOT }).status ?? 1;
};

/**
 * Mutates the modules one after the other. What one run found is kept (`.stack/mutation/incremental.json`), so a run
 * that was interrupted goes on with the module it was at, and the last report covers them all.
 * @param {readonly string[]} files the files to mutate; all modules of the configuration without any
 */
export function runMutation(files = []) {
  fs.rmSync(REPORT, { force: true });
  const parts = files.length > 0 ? [files] : MODULES.map((module) => [module]);
  const codes = parts.map(runStryker);
  if (!fs.existsSync(REPORT)) return Math.max(...codes);
  const modules = scores(JSON.parse(fs.readFileSync(REPORT, 'utf8')));
  for (const [module, counts] of modules)
    console.log(`${module}: ${counts.noticed} of ${counts.all} mutants noticed (${percent(counts)} %)`);
  if (files.length === 0) writeResults(modules);
  return Math.max(...codes);
}
