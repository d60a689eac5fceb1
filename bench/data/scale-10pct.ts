import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { type Figure, report } from '../lib/results';

/**
 * All 23,000 providers at a tenth of the bills, from files to a frozen model version, by the commands that a user
 * types, on real servers and workers. `--providers <share>` makes it smaller, to try it. Needs about 80 GB of disk at
 * full size. A run that was stopped or failed goes on where it was.
 */
const [, share = '1'] =
  process.argv
    .slice(2)
    .join(' ')
    .match(/--providers ([\d.]+)/) ?? [];
const say = (text: string) => process.stderr.write(`${text}\n`);

function utplukk(args: readonly string[]): { seconds: number; output: unknown } {
  const began = performance.now();
  const result = spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0)
    throw new Error(`utplukk ${args.join(' ')} ended with ${result.status}: ${result.stdout.slice(-2000)}`);
  const seconds = (performance.now() - began) / 1000;
  say(`utplukk ${args[0]}: ${seconds.toFixed(0)} s`);
  return { seconds, output: JSON.parse(result.stdout) };
}

interface Step {
  readonly seconds: number;
  readonly output?: unknown;
  /** It was stopped by a signal once, so nobody counted how long it had worked. */
  readonly isCut?: boolean;
}

/**
 * What is done already, in how many seconds: a run that was stopped goes on where it was, on the same servers' data.
 */
class Steps {
  readonly #file: string;
  readonly #done: Record<string, Step & { readonly isBegun?: boolean }>;
  constructor(dir: string) {
    this.#file = path.join(dir, 'steps.json');
    this.#done = fs.existsSync(this.#file)
      ? (JSON.parse(fs.readFileSync(this.#file, 'utf8')) as Record<string, Step>)
      : {};
  }
  /** Time that earlier tries took counts: importing and training go on from what they had done. */
  run(name: string, work: () => { seconds: number; output: unknown }): Step {
    const known = this.#done[name];
    if (known?.output !== undefined) return known;
    const began = performance.now();
    const isCut = known?.isCut === true || known?.isBegun === true;
    const note = (more: { output?: unknown; isBegun?: boolean }): Step => {
      const step = { seconds: (known?.seconds ?? 0) + (performance.now() - began) / 1000, isCut, ...more };
      this.#done[name] = step;
      fs.writeFileSync(this.#file, JSON.stringify(this.#done));
      return step;
    };
    note({ isBegun: true });
    try {
      return note({ output: work().output });
    } catch (error) {
      note({});
      throw error;
    }
  }
}

const CUT = 'stopped by a signal once; what it had done by then took time that is not in here';

function main(): void {
  const dir = process.env['UTPLUKK_BENCH_HOME'];
  if (!dir) throw new Error('UTPLUKK_BENCH_HOME is not set: start this by npm run bench:data -- tenth');
  const steps = new Steps(dir);
  const config = [
    '--providers',
    share,
    '--volume',
    '0.1',
    '--years',
    '3',
    '--first-month',
    '2022-01',
    '--controls-per-year',
    '80',
  ];
  const files = path.join(dir, 'simulated');
  const simulated = steps.run('simulate', () => {
    fs.rmSync(files, { recursive: true, force: true }); // half a simulation is none
    return utplukk(['register', 'simulate', files, ...config]);
  });
  const imported = steps.run('import', () =>
    utplukk(['register', 'import', path.join(files, 'register'), '--as-service']),
  );
  const { total } = imported.output as { total: { read: number; loaded: number; quarantined: number } };
  utplukk(['login', '--as', 'kari']);
  const trained = steps.run('train', () =>
    utplukk(['run', 'start', path.join(ROOT, 'docs/examples/national-tenth.yaml')]),
  );
  const { bills } = simulated.output as { bills: number };
  const figures: Figure[] = [
    { name: 'bills', value: bills / 1e6, unit: 'M' },
    { name: 'simulate', value: simulated.seconds, unit: 's' },
    {
      name: 'import',
      value: imported.seconds,
      unit: 's',
      baseline: imported.isCut ? CUT : `${Math.round(total.read / imported.seconds)} rows a second`,
    },
    {
      name: 'rows neither loaded nor in quarantine',
      value: total.read - total.loaded - total.quarantined,
      unit: '',
      target: { at: 'most', value: 0 },
    },
    {
      name: 'train: snapshot, features, target-leakage check, folds, final model',
      value: trained.seconds,
      unit: 's',
      ...(trained.isCut ? { baseline: CUT } : {}),
    },
  ];
  report(share === '1' ? 'data-scale-10pct' : `data-scale-10pct-${share}`, figures);
}

main();
