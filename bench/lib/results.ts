import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { ROOT } from '../../platform/config/env';

/** One measured figure. `target` is what the project set out to reach; a figure without one is shown for the reader. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: string;
  readonly target?: { readonly at: 'most' | 'least'; readonly value: number };
  readonly stretch?: string;
}

const met = ({ value, target }: Figure): boolean | undefined =>
  target === undefined ? undefined : target.at === 'most' ? value <= target.value : value >= target.value;

/** Prints the figures, writes bench/results/<name>.json, and sets exit code 1 when a target is missed. */
export function report(name: string, figures: readonly Figure[]): void {
  const commit = (() => {
    try {
      return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
    } catch {
      return 'no commit';
    }
  })();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const cores = `${os.cpus().length} cores`;
  const machine = `${os.cpus()[0]?.model ?? 'cpu'}, ${cores}, ${memory}, Node ${process.versions.node}`;
  const rows = figures.map((figure) => ({ ...figure, met: met(figure) }));
  const dir = path.join(ROOT, 'bench/results');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(
    path.join(dir, `${name}.json`),
    `${JSON.stringify({ name, machine, commit, date: new Date().toISOString(), rows }, null, 1)}\n`,
  );
  const table = new Table({
    head: ['figure', 'value', 'unit', 'baseline', 'target', 'met'],
    style: { head: [], border: [], compact: true },
  });
  const targetText = (figure: Figure) =>
    figure.target ? `${figure.target.at === 'most' ? '≤' : '≥'} ${figure.target.value}` : '';
  for (const row of rows)
    table.push([
      row.name,
      row.value.toFixed(3),
      row.unit,
      row.baseline ?? '',
      targetText(row),
      row.met === undefined ? '' : row.met ? 'yes' : 'NO',
    ]);
  process.stdout.write(`${name}: ${machine}, commit ${commit}\n${table.toString()}\n`);
  if (rows.some((row) => row.met === false)) process.exitCode = 1;
}
