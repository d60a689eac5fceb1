// Tables of the benchmark pages, from bench/results. One page holds one table and the text that explains it.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, run, SetupError } from '../lib/util.mjs';
import { table } from './write.mjs';

const PAGES = 'docs/benchmarks';
const RESULTS = 'bench/results';

const read = (name) => {
  const file = path.join(ROOT, RESULTS, `${name}.json`);
  if (!fs.existsSync(file)) throw new SetupError(`no ${RESULTS}/${name}.json for ${PAGES}/${name}.md`);
  return JSON.parse(fs.readFileSync(file, 'utf8'));
};

const number = (value) =>
  Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : Number.isInteger(value)
      ? String(value)
      : Math.abs(value) < 0.0005
        ? value.toExponential()
        : String(Number(value.toFixed(3)));
/** Shares and ratios are plain numbers. */
const withUnit = (value, unit) => `${number(value)}${['', 'share', 'ratio'].includes(unit) ? '' : ` ${unit}`}`;
const targetOf = ({ target, unit }) =>
  target === undefined ? '' : `${target.at === 'most' ? '≤' : '≥'} ${withUnit(target.value, unit)}`;
const metOf = ({ met }) => (met === undefined ? '' : met ? 'yes' : '**no**');

const COLUMNS = [
  ['figure', (row) => row.name],
  ['value', (row) => withUnit(row.value, row.unit)],
  ['target', targetOf],
  ['met', metOf],
  ['measured against', (row) => row.baseline],
  ['stretch', (row) => row.stretch],
  ['note', (row) => row.note],
];

/** Machine, date and commit, then one table; columns that no row fills are left out. */
export function benchmarkTable(name) {
  const { machine, date, commit, rows } = read(name);
  const columns = COLUMNS.filter(([, of]) => rows.some((row) => (of(row) ?? '') !== ''));
  const lines = rows.map((row) => columns.map(([, of]) => of(row) ?? ''));
  const measured = `Machine: ${machine}. Date: ${date.slice(0, 10)}. Commit: \`${commit}\`.`;
  const facts = `${measured} Source: \`${RESULTS}/${name}.json\`.`;
  return `${facts}\n\n${table(
    columns.map(([title]) => title),
    lines,
  )}`;
}

/** Fills the table of every page that has one. */
export async function benchmarkPages(pages) {
  for (const file of fs.readdirSync(path.join(ROOT, PAGES)).sort()) {
    const text = fs.readFileSync(path.join(ROOT, PAGES, file), 'utf8');
    for (const [, name] of text.matchAll(/<!-- generated:([\w-]+) -->/g))
      await pages.region(`${PAGES}/${file}`, name, benchmarkTable(name));
  }
}

/** Committed results that no page shows: a reader would not find them. */
export function resultsWithoutPage() {
  const shown = new Set(
    fs
      .readdirSync(path.join(ROOT, PAGES))
      .flatMap((file) => [
        ...fs.readFileSync(path.join(ROOT, PAGES, file), 'utf8').matchAll(/<!-- generated:([\w-]+) -->/g),
      ])
      .map(([, name]) => name),
  );
  const committed = run('git', ['ls-files', RESULTS])
    .split('\n')
    .map((file) => path.basename(file));
  return committed.filter((file) => file.endsWith('.json') && !shown.has(file.slice(0, -5)));
}
