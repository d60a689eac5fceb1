import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { invalid } from '../domain/errors';
import { PINNED_ENVIRONMENT } from '../models/backend';
import { fitPlatt, plattProbability } from '../models/calibration/platt';
import { calibrationError } from '../models/metrics/probability-metrics';
import { digestOf } from '../platform/artifacts/hash';
import { codeIdentity } from '../platform/code-identity';
import { ROOT } from '../platform/config/env';
import { FAMILIES, type Family, figuresOf, mean, REPLICATES, type SplitResult } from './models/figures';
import { averagePrecision, pairedRatio } from './models/scores';
import { loadSet, type PublicSet, rarer, SET_NAMES, type SetName } from './models/sets';
import { encode, encodedWidth, fitEncoder } from '../models/preprocessing/encoder';
import { report } from './lib/results';

/** Splits of each set and seeds of each model; `--quick` takes one of each, to try it. */
const FULL = { splits: [1, 2, 3, 4, 5], seeds: [1, 2, 3] };
const CALIBRATION_BINS = 15;

interface Scored {
  readonly validation: readonly number[];
  readonly test: readonly number[];
  readonly seconds: number;
}
interface Anchor {
  readonly default: Scored;
  readonly tuned: readonly Scored[];
  readonly tuning: { readonly seconds: number };
}

const say = (text: string) => process.stderr.write(`${text}\n`);

async function started(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...PINNED_ENVIRONMENT },
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}

/** Scores of the test part, averaged over seeds. */
const meanOf = (all: readonly Scored[]) =>
  Float64Array.from(all[0]!.test, (_, row) => mean(all.map(({ test }) => test[row]!)));

/** Only the default family is fitted with every seed: the others stand beside it once. */
const seedsOf = (family: Family, seeds: readonly number[]) => (family === 'tabm-mini' ? seeds : seeds.slice(0, 1));

async function fit(
  folder: string,
  cache: string,
  name: SetName,
  split: number,
  family: Family,
  seed: number,
): Promise<Scored> {
  const file = path.join(cache, `${name}-${split}-${family}-${seed}.json`);
  if (!fs.existsSync(file))
    await started(process.execPath, [
      path.join(ROOT, 'dist/bench/models/fit-one.js'),
      folder,
      name,
      String(split),
      family,
      String(seed),
      file,
    ]);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Scored;
}

/** The same columns for LightGBM: numbers as they are, missing as NaN, categories one column each. */
async function anchor(set: PublicSet, cache: string, name: SetName, split: number): Promise<Anchor> {
  const dir = path.join(cache, `${name}-${split}`);
  const done = path.join(dir, 'lightgbm.json');
  if (!fs.existsSync(done)) {
    fs.mkdirSync(dir, { recursive: true });
    const all = Array.from({ length: set.data.n }, (_, row) => row);
    const words = set.columns.filter(({ kind }) => kind === 'categorical');
    const encoder = fitEncoder(set.data, words, set.parts.train, 'robust-soft-clip');
    const [flags, width] = [encode(encoder, set.data, all), encodedWidth(encoder)];
    const numbers = [...set.data.numeric.values()];
    const columns = numbers.length + width;
    const x = new Float32Array(set.data.n * columns);
    for (const row of all) {
      numbers.forEach((values, j) => (x[row * columns + j] = values[row]!));
      x.set(flags.subarray(row * width, (row + 1) * width), row * columns + numbers.length);
    }
    const part = new Uint8Array(set.data.n).fill(3); // 3: left out
    [set.parts.train, set.parts.validation, set.parts.test].forEach((rows, i) =>
      rows.forEach((row) => (part[row] = i)),
    );
    fs.writeFileSync(path.join(dir, 'x.f32'), x);
    fs.writeFileSync(path.join(dir, 'y.u8'), Uint8Array.from(set.data.label));
    fs.writeFileSync(path.join(dir, 'part.u8'), part);
    fs.writeFileSync(path.join(dir, 'shape.json'), JSON.stringify({ rows: set.data.n, columns }));
    await started(process.env['UTPLUKK_BENCH_PYTHON'] ?? 'python3', [
      path.join(ROOT, 'bench/models/lightgbm_anchor.py'),
      dir,
    ]);
    fs.rmSync(path.join(dir, 'x.f32'));
    fs.renameSync(`${done}.part`, done);
  }
  return JSON.parse(fs.readFileSync(done, 'utf8')) as Anchor;
}

async function evaluateSplit(
  folder: string,
  cache: string,
  name: SetName,
  split: number,
  seeds: readonly number[],
): Promise<SplitResult> {
  const set = await loadSet(folder, name, split);
  const lightgbm = await anchor(set, cache, name, split);
  const labels = (rows: readonly number[]) => Float64Array.from(rows, (row) => set.data.label[row]!);
  const [y, vy] = [labels(set.parts.test), labels(set.parts.validation)];
  const fitted = {} as Record<Family, Scored[]>;
  for (const family of FAMILIES) {
    fitted[family] = [];
    for (const seed of seedsOf(family, seeds)) fitted[family].push(await fit(folder, cache, name, split, family, seed));
  }
  const all: Record<string, readonly Scored[]> = {
    ...fitted,
    'lightgbm default': [lightgbm.default],
    'lightgbm tuned': lightgbm.tuned,
  };
  const each = (of: (scored: Scored) => number) =>
    Object.fromEntries(Object.entries(all).map(([model, list]) => [model, mean(list.map(of))]));
  const { ratio, draws } = pairedRatio(
    y,
    fitted['tabm-mini'].map(({ test }) => test),
    lightgbm.tuned.map(({ test }) => test),
    REPLICATES,
    split,
  );
  const averaged = pairedRatio(y, [meanOf(fitted['tabm-mini'])], [meanOf(lightgbm.tuned)], REPLICATES, split);
  const errors = fitted['tabm-mini'].map(({ validation, test }) => {
    const { a, b } = fitPlatt(Float64Array.from(validation), vy);
    // Findings that were taken away by a known chance are put back into the odds (King and Zeng 2001).
    const platt = { a, b: b + Math.log(rarer(name)) };
    return calibrationError(
      test.map((score) => plattProbability(platt, score)),
      y,
      CALIBRATION_BINS,
    );
  });
  const together = {
    'tabm-mini averaged': averagePrecision(y, meanOf(fitted['tabm-mini'])),
    'lightgbm tuned averaged': averagePrecision(y, meanOf(lightgbm.tuned)),
  };
  return {
    set: name,
    ap: { ...each(({ test }) => averagePrecision(y, test)), ...together },
    seconds: { ...each(({ seconds }) => seconds), 'lightgbm tuning': lightgbm.tuning.seconds },
    ratio,
    draws,
    averaged,
    calibration: mean(errors),
  };
}

async function main([folder, ...options]: readonly string[]): Promise<void> {
  if (!folder)
    throw invalid(
      'the folder of the sets is missing',
      'npm run bench:models -- <folder>; bench/README.md says where they are published.',
    );
  const { splits, seeds } = options.includes('--quick') ? { splits: [1], seeds: [1] } : FULL;
  // What was computed by other code is not taken for this one's.
  const code = `${codeIdentity(require.resolve('./models/fit-one'))}${codeIdentity(require.resolve('./models/sets'))}`;
  const anchorScript = fs.readFileSync(path.join(ROOT, 'bench/models/lightgbm_anchor.py'));
  const cache = path.join(
    ROOT,
    '.stack/bench-models',
    digestOf({ code, anchorScript: anchorScript.toString('utf8') }).slice(0, 16),
  );
  fs.mkdirSync(cache, { recursive: true });
  const results: SplitResult[] = [];
  for (const split of splits) {
    for (const name of SET_NAMES) {
      results.push(await evaluateSplit(path.resolve(folder), cache, name, split, seeds));
      const { ap, seconds } = results.at(-1)!;
      say(
        `${name} split ${split}: ${Object.entries(ap)
          .map(
            ([model, value]) =>
              `${model} ${value.toFixed(4)}${seconds[model] === undefined ? '' : ` (${seconds[model].toFixed(0)} s)`}`,
          )
          .join(', ')}`,
      );
      say(`models: ${results.length} of ${splits.length * SET_NAMES.length} done`);
    }
  }
  report(options.includes('--quick') ? 'models-quick' : 'models', figuresOf(results));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
