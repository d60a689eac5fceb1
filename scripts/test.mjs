// npm test: sets up what the tests need, builds, runs Jest, and closes with where the time went and a line that counts.
// npm run test:unit needs no server and no build; npm run test:file -- <path> runs one file, and builds only where that
// file needs it. npm run test:ci: the second tier, which CI runs after npm test. npm run test:long: full counts,
// mutation testing (npm run test:mutation alone), and the API asked by schemathesis as every role.
import fs from 'node:fs';
import path from 'node:path';
import { fuzzApi } from './fuzz-api.mjs';
import { bootstrap, ensureChromium } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { generate } from './lib/generate.mjs';
import { projectOf, runJest } from './lib/jest.mjs';
import { runMutation } from './lib/mutation.mjs';
import { main } from './lib/runtime.mjs';
import { ROOT, SetupError } from './lib/util.mjs';
import { describeBudget } from './test-budget.mjs';

const [mode, ...rest] = process.argv.slice(2);

function report({ code, report: written }) {
  if (!written) return code;
  const { numPassedTests, numFailedTests, numPendingTests } = written;
  console.log(describeBudget(written));
  console.log(
    `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests ? `, ${numPendingTests} skipped` : ''}`,
  );
  return code;
}

function prepare() {
  bootstrap({ requireNative: true });
  build();
  ensureChromium();
}

/** Unit tests compile what they import by themselves; of the rest of the project they need the packages alone. */
function unit(args) {
  bootstrap({ requireNative: true });
  return report(runJest(['--selectProjects', 'unit', ...args]));
}

/** One file: `--selectProjects` takes every word after it, so the file stands first. */
function file([wanted, ...args]) {
  if (wanted === undefined)
    throw new SetupError('which test? For example: npm run test:file -- test/unit/tree.test.ts');
  const project = projectOf(wanted);
  if (project === undefined || !wanted.endsWith('.test.ts') || !fs.existsSync(path.resolve(ROOT, wanted)))
    throw new SetupError(
      `${wanted} is no test file of this project: give the path of one *.test.ts below test/, from its folder.`,
    );
  if (project === 'unit') bootstrap({ requireNative: true });
  else prepare();
  const which = ['--runTestsByPath', path.resolve(ROOT, wanted), ...args, '--selectProjects', project];
  return report(runJest(which, project === 'ci' ? 'ci' : 'usual'));
}

function ci(args) {
  prepare();
  generate({ check: true });
  return report(runJest(args, 'ci'));
}

async function long(args) {
  prepare();
  const code = report(runJest(args, 'long'));
  return args.length === 0 ? code || runMutation() || fuzzApi() : code;
}

function usual(args) {
  prepare();
  return report(runJest(args));
}

function mutation(files) {
  bootstrap({ requireNative: true });
  return runMutation(files);
}

const MODES = { '--unit': unit, '--file': file, '--ci': ci, '--long': long, '--mutation': mutation };

await main(() => (mode in MODES ? MODES[mode](rest) : usual(process.argv.slice(2))));
