import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { type Figure, report } from '../lib/results';

/**
 * All 23,000 actors at a tenth of the bills, from files to a frozen model version, by the commands that a user types, on
 * real servers and workers. `--actors <share>` makes it smaller, to try it. Needs about 60 GB of disk at full size.
 */
const [, share = '1'] =
  process.argv
    .slice(2)
    .join(' ')
    .match(/--actors ([\d.]+)/) ?? [];
const say = (text: string) => process.stderr.write(`${text}\n`);

function utplukk(args: readonly string[]): { seconds: number; output: unknown } {
  const began = performance.now();
  const result = spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(`utplukk ${args.join(' ')} ended with ${result.status}: ${result.stdout.slice(-2000)}`);
  const seconds = (performance.now() - began) / 1000;
  say(`utplukk ${args[0]}: ${seconds.toFixed(0)} s`);
  return { seconds, output: JSON.parse(result.stdout) };
}

function main(): void {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-tenth-'));
  try {
    const dials = ['--actors', share, '--volume', '0.1', '--years', '3', '--first-month', '2022-01', '--controls-per-year', '80'];
    const simulated = utplukk(['simulate', dir, ...dials]);
    const imported = utplukk(['import', path.join(dir, 'register'), '--as-service']);
    fs.rmSync(path.join(dir, 'register'), { recursive: true });
    const { total } = imported.output as { total: { read: number; loaded: number; quarantined: number } };
    utplukk(['login', '--as', 'kari']);
    const trained = utplukk(['train', path.join(ROOT, 'docs/examples/national-tenth.yaml')]);
    const { bills } = simulated.output as { bills: number };
    const figures: Figure[] = [
      { name: 'bills', value: bills / 1e6, unit: 'M' },
      { name: 'simulate', value: simulated.seconds, unit: 's' },
      { name: 'import', value: imported.seconds, unit: 's', yardstick: `${Math.round(total.read / imported.seconds)} rows a second` },
      { name: 'rows neither loaded nor in quarantine', value: total.read - total.loaded - total.quarantined, unit: '', owed: { at: 'most', value: 0 } },
      { name: 'train: snapshot, features, leak check, folds, final model', value: trained.seconds, unit: 's' },
    ]; // prettier-ignore
    report(share === '1' ? 'data-tenth' : `data-tenth-${share}`, figures);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

main();
