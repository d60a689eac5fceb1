import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PINNED_ENVIRONMENT } from '../models/backend';
import { ROOT } from '../platform/config/env';
import { type Figure, report } from './lib/results';

/**
 * What computing costs: a training step of TabM-mini beside the same step in PyTorch on one thread, a national matrix
 * into tensors beside LightGBM's rounds on it, and one large fit. Each measurement is a process of its own; medians of
 * rounds that take turns.
 */
const ROUNDS = 3;
/** Of one step: the product's default network over as many columns as a narrow register has, and over all of them. */
const SHAPES = [
  { columns: 66, batch: 256 },
  { columns: 366, batch: 256 },
];
const MATRIX = { rows: 276_000, columns: 200, rounds: 300 };
const LARGE = { rows: 200_000, columns: 500, minutes: 15, mib: 4096 };

const say = (text: string) => process.stderr.write(`${text}\n`);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Runs a script and yields the numbers of the JSON on its last line. */
function numbers(
  command: string,
  args: readonly (string | number)[],
  env: Record<string, string> = {},
): Record<string, number> {
  const result = spawnSync(command, args.map(String), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...PINNED_ENVIRONMENT, ...env },
    maxBuffer: 1 << 24,
  });
  if (result.status !== 0)
    throw new Error(`${path.basename(String(args[0]))} ended with ${result.status ?? result.signal}`);
  return JSON.parse(result.stdout.trim().split('\n').at(-1)!) as Record<string, number>;
}
const node = (script: string, args: readonly (string | number)[], env: Record<string, string> = {}) =>
  numbers(process.execPath, [path.join(ROOT, `dist/bench/steps/${script}.js`), ...args], env);
const python = (which: 'TORCH' | 'LIGHTGBM', script: string, args: readonly (string | number)[]) =>
  numbers(process.env[`UTPLUKK_BENCH_${which}`] ?? 'python3', [path.join(ROOT, `bench/steps/${script}.py`), ...args]);

function stepFigures(): Figure[] {
  return SHAPES.flatMap(({ columns, batch }): Figure[] => {
    const taken = { tensorflow: [] as number[], wasm: [] as number[], torch: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const backend of ['tensorflow', 'wasm'] as const)
        taken[backend].push(node('train-step', [columns, batch], { UTPLUKK_TFJS_BACKEND: backend })['ms']!);
      taken.torch.push(python('TORCH', 'torch_step', [columns, batch])['ms']!);
      say(
        `${columns} columns, round ${round + 1}: native ${taken.tensorflow.at(-1)!.toFixed(1)} ms, WASM ` +
          `${taken.wasm.at(-1)!.toFixed(1)} ms, PyTorch ${taken.torch.at(-1)!.toFixed(1)} ms`,
      );
    }
    const baseline = (ours: number[]) => `${median(ours).toFixed(1)} ms against ${median(taken.torch).toFixed(1)} ms`;
    const against = (ours: number[]) => median(ours.map((ms, i) => ms / taken.torch[i]!));
    return [
      {
        name: `step of TabM-mini, ${columns} columns, batch ${batch}, native against PyTorch, one thread`,
        value: against(taken.tensorflow),
        unit: '×',
        baseline: baseline(taken.tensorflow),
        target: { at: 'most', value: 1.5 },
      },
      {
        name: `the same, WASM`,
        value: against(taken.wasm),
        unit: '×',
        baseline: baseline(taken.wasm),
        target: { at: 'most', value: 3 },
      },
    ];
  });
}

function matrixFigures(dir: string): Figure[] {
  const { rows, columns, rounds } = MATRIX;
  const parquet = path.join(dir, 'matrix.parquet');
  node('make-matrix', [parquet, rows, columns]);
  const taken = { plain: [] as number[], encoded: [] as number[], boosting: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const { plain, encoded } = node('tensors', [parquet, columns]) as Record<'plain' | 'encoded', number>;
    taken.plain.push(plain);
    taken.encoded.push(encoded);
    taken.boosting.push(python('LIGHTGBM', 'lightgbm_rounds', [`${parquet}.f32`, rows, columns, rounds])['seconds']!);
    say(
      `matrix, round ${round + 1}: in a tensor ${plain.toFixed(1)} s, encoded ${encoded.toFixed(1)} s, ` +
        `boosting ${taken.boosting.at(-1)!.toFixed(1)} s`,
    );
  }
  const against = (ours: readonly number[]) => ({
    value: median(ours.map((seconds, i) => seconds / taken.boosting[i]!)),
    unit: '×',
    baseline: `${median(ours).toFixed(1)} s against ${median(taken.boosting).toFixed(1)} s`,
  });
  return [
    {
      name:
        `matrix of ${rows} × ${columns} from Parquet in a tensor, against ${rounds} rounds of LightGBM on it, ` +
        'one thread',
      ...against(taken.plain),
      target: { at: 'most', value: 0.15 },
    },
    { name: 'the same, an encoder fitted and the encoded rows in a tensor', ...against(taken.encoded) },
  ];
}

function largeFigures(): Figure[] {
  const { rows, columns, minutes, mib } = LARGE;
  const { seconds, peakMiB, epochs, averagePrecision } = node('large-fit', [rows, columns]) as Record<
    'seconds' | 'peakMiB' | 'epochs' | 'averagePrecision',
    number
  >;
  return [
    {
      name: `TabM-mini on ${rows} × ${columns}`,
      value: seconds / 60,
      unit: 'min',
      baseline: `stopped after ${epochs} epochs, average precision ${averagePrecision.toFixed(3)}`,
      target: { at: 'most', value: minutes },
    },
    { name: 'its peak memory', value: peakMiB, unit: 'MiB', target: { at: 'most', value: mib } },
  ];
}

function main(): void {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-steps-'));
  try {
    report('microbenchmarks', [...stepFigures(), ...matrixFigures(dir), ...largeFigures()]);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

main();
