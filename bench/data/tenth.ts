import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { codeIdentity } from '../../platform/code-identity';
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

/** The simulated files stay until they are loaded, so that a run that was stopped does not simulate again. */
function simulateOnce(dir: string): { seconds: number; bills: number } {
  const done = path.join(dir, 'simulated.json');
  if (!fs.existsSync(done)) {
    fs.rmSync(dir, { recursive: true, force: true });
    const dials = ['--actors', share, '--volume', '0.1', '--years', '3', '--first-month', '2022-01', '--controls-per-year', '80'];
    const { seconds, output } = utplukk(['simulate', dir, ...dials]);
    fs.writeFileSync(done, JSON.stringify({ seconds, bills: (output as { bills: number }).bills }));
  }
  return JSON.parse(fs.readFileSync(done, 'utf8')) as { seconds: number; bills: number };
}

function main(): void {
  const dir = path.join(ROOT, '.stack/bench', `tenth-${share}-${codeIdentity('simulation/messages.ts').slice(0, 12)}`);
  const simulated = simulateOnce(dir);
  const imported = utplukk(['import', path.join(dir, 'register'), '--as-service']);
  fs.rmSync(dir, { recursive: true });
  const { total } = imported.output as { total: { read: number; loaded: number; quarantined: number } };
  utplukk(['login', '--as', 'kari']);
  const trained = utplukk(['train', path.join(ROOT, 'docs/examples/national-tenth.yaml')]);
  const figures: Figure[] = [
    { name: 'bills', value: simulated.bills / 1e6, unit: 'M' },
    { name: 'simulate', value: simulated.seconds, unit: 's' },
    { name: 'import', value: imported.seconds, unit: 's', yardstick: `${Math.round(total.read / imported.seconds)} rows a second` },
    { name: 'rows neither loaded nor in quarantine', value: total.read - total.loaded - total.quarantined, unit: '', owed: { at: 'most', value: 0 } },
    { name: 'train: snapshot, features, leak check, folds, final model', value: trained.seconds, unit: 's' },
  ]; // prettier-ignore
  report(share === '1' ? 'data-tenth' : `data-tenth-${share}`, figures);
}

main();
