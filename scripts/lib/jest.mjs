// Runs Jest and reads its report. Which projects there are stands in jest.config.cjs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, STACK } from './util.mjs';

export const REPORT = path.join(STACK, 'test-report.json');

/** The project of a test file, by the folder it stands in; undefined outside test/. */
const PROJECTS = {
  unit: 'unit',
  workflow: 'workflow',
  replay: 'workflow',
  integration: 'integration',
  web: 'integration',
  ci: 'ci',
};
export const projectOf = (file) => {
  const [top, folder] = path.relative(ROOT, path.resolve(ROOT, file)).split(path.sep);
  return top === 'test' ? PROJECTS[folder] : undefined;
};

/** The variables that choose a tier of tests (jest.config.cjs); the usual one needs none. */
export const TIERS = { usual: {}, ci: { UTPLUKK_CI: '1' }, long: { UTPLUKK_LONG: '1' } };

/** @returns {{ code: number, report?: object }} no report when Jest ended before it wrote one */
export function runJest(args, tier = 'usual') {
  fs.mkdirSync(STACK, { recursive: true });
  fs.rmSync(REPORT, { force: true });
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const { status } = spawnSync(process.execPath, [jest, '--json', `--outputFile=${REPORT}`, '--forceExit', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    cwd: ROOT,
    env: { ...process.env, ...TIERS[tier] },
  });
  const code = status ?? 1;
  return fs.existsSync(REPORT) ? { code, report: JSON.parse(fs.readFileSync(REPORT, 'utf8')) } : { code };
}
