// npm test: sets up what the tests need, builds, runs Jest, and closes with a line that counts. npm run test:long: full
// counts, and the API asked by schemathesis as every role.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fuzzApi } from './fuzz-api.mjs';
import { bootstrap, ensureChromium } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { main } from './lib/runtime.mjs';
import { ROOT } from './lib/util.mjs';

const args = process.argv.slice(2);
const long = args.includes('--long');

await main(() => {
  bootstrap({ requireNative: true });
  build();
  ensureChromium();
  const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-jest-')), 'report.json');
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const result = spawnSync(
    process.execPath,
    [jest, '--json', `--outputFile=${report}`, '--forceExit', ...args.filter((arg) => arg !== '--long')],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: ROOT,
      env: { ...process.env, ...(long ? { UTPLUKK_LONG: '1' } : {}) },
    },
  );
  if (!fs.existsSync(report)) return result.status ?? 1;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(fs.readFileSync(report, 'utf8'));
  fs.rmSync(path.dirname(report), { recursive: true, force: true });
  console.log(
    `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests ? `, ${numPendingTests} skipped` : ''}`,
  );
  const code = result.status ?? 1;
  return long && args.length === 1 ? code || fuzzApi() : code;
});
