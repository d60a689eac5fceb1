// Where the time of the tests goes: seconds of each project and the ten slowest tests of the last run, or of the report
// that is named. Printed after every `npm test`: node scripts/test-budget.mjs [report.json]
import fs from 'node:fs';
import path from 'node:path';
import { projectOf, REPORT } from './lib/jest.mjs';
import { main } from './lib/runtime.mjs';
import { ROOT, SetupError } from './lib/util.mjs';

const SLOWEST = 10;
const seconds = (ms) => `${(ms / 1000).toFixed(1).padStart(7)} s`;

/** Work is summed over the workers of Jest, which run side by side: two of them do 120 s of it in a minute. */
export function describeBudget({ startTime, testResults }) {
  const work = new Map();
  for (const { name, startTime: from, endTime: to } of testResults) {
    const project = projectOf(name) ?? 'other';
    work.set(project, (work.get(project) ?? 0) + (to - from));
  }
  const slowest = testResults
    .flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({
        fullName,
        ms: duration ?? 0,
        file: path.relative(ROOT, name),
      })),
    )
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST);
  const wall = Math.max(startTime, ...testResults.map(({ endTime }) => endTime)) - startTime;
  return [
    `${seconds(wall)}  from start to end`,
    ...[...work].sort(([, a], [, b]) => b - a).map(([project, ms]) => `${seconds(ms)}  of work: ${project}`),
    'slowest tests:',
    ...slowest.map(({ fullName, ms, file }) => `${seconds(ms)}  ${file}: ${fullName}`),
  ].join('\n');
}

if (process.argv[1] === path.join(ROOT, 'scripts/test-budget.mjs'))
  await main(() => {
    const file = process.argv[2] ?? REPORT;
    if (!fs.existsSync(file)) throw new SetupError(`${file} is missing: run \`npm test\` first.`);
    console.log(describeBudget(JSON.parse(fs.readFileSync(file, 'utf8'))));
  });
