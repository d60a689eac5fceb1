import { toInstant } from '../../domain/time/instant';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ArtifactStore } from '../../platform/artifacts/store';
import { ROOT } from '../../platform/config/env';
import { connect } from '../../platform/postgres/connection';
import type { AuditContext } from '../../platform/ledger/append';
import { importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { DEMO_CONFIG, type SimulationConfig } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { withDatabase } from '../lib/databases';
import { type Figure, report } from '../lib/results';

/**
 * Whether memory grows with the register: loading and extraction of about one and ten million bills, each step a
 * process of its own whose peak is measured. DATABASE_URL names a server of the benchmark's own.
 */
const SIZES = { small: 0.1, large: 1 } as const;
type Size = keyof typeof SIZES;
/** `--scale 0.01` tries it on a hundredth. */
const SCALE = Number(process.env['UTPLUKK_BENCH_SCALE'] ?? /--scale (\S+)/.exec(process.argv.join(' '))?.[1] ?? 1);
const configOf = (size: Size): SimulationConfig => ({
  ...DEMO_CONFIG,
  providers: 0.1,
  volume: SCALE * SIZES[size],
  years: 1,
  firstMonth: '2024-01',
});
const MOST = 1.3;
const say = (text: string) => process.stderr.write(`${text}\n`);

interface Step {
  readonly seconds: number;
  readonly peakMiB: number;
}

/** One step of one size, in the process that was begun for it. */
const STEPS = {
  simulate: (size: Size, dir: string) => writeRegister(configOf(size), dir),
  load: (_size: Size, dir: string, url: string, audit: AuditContext) =>
    inDatabase(url, (db) => importRegister(db, audit, new Vault(db, Buffer.alloc(32, 1)), path.join(dir, 'register'))),
  extract: (_size: Size, dir: string, url: string, audit: AuditContext) =>
    inDatabase(url, (db) =>
      extractSnapshot({ db, store: new ArtifactStore(path.join(dir, 'store')) }, audit, {
        asOf: toInstant('2025-03-01T00:00:00Z', 'as of'),
      }),
    ),
};

async function inDatabase(url: string, work: (db: ReturnType<typeof connect>) => Promise<unknown>): Promise<void> {
  const db = connect(url, 6);
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}

function measured(step: keyof typeof STEPS, size: Size, dir: string, url = '', audit?: AuditContext): Step {
  const script = path.join(ROOT, 'dist/bench/data/memory-scaling.js');
  const result = spawnSync(process.execPath, [script, step, size, dir, url, JSON.stringify(audit ?? {})], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UTPLUKK_BENCH_SCALE: String(SCALE) },
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0)
    throw new Error(`${step} of the ${size} register ended with ${result.status ?? result.signal}`);
  const found = JSON.parse(result.stdout.trim().split('\n').at(-1)!) as Step;
  say(`${size}: ${step} ${found.seconds.toFixed(0)} s, peak ${found.peakMiB.toFixed(0)} MiB`);
  return found;
}

async function main(): Promise<void> {
  const admin = process.env['DATABASE_URL'];
  if (!admin) throw new Error('DATABASE_URL is not set: run `npm run bench:data`');
  const peaks: Record<string, Record<Size, Step>> = {
    load: {} as Record<Size, Step>,
    extract: {} as Record<Size, Step>,
  };
  const bills = {} as Record<Size, number>;
  for (const size of Object.keys(SIZES) as Size[]) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-growth-'));
    try {
      measured('simulate', size, dir);
      await withDatabase(admin, async (db, url, audit) => {
        for (const step of ['load', 'extract'] as const) peaks[step]![size] = measured(step, size, dir, url, audit);
        bills[size] = Number((await db('core.bill').count<{ count: string }[]>())[0]!.count);
      });
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
  const millions = (size: Size) => `${(bills[size] / 1e6).toFixed(2)} M`;
  report(
    'data-memory-scaling',
    Object.entries(peaks).flatMap(([step, { small, large }]): Figure[] => [
      {
        name: `${step}: peak memory at ${millions('large')} bills against ${millions('small')}`,
        value: large.peakMiB / small.peakMiB,
        unit: '×',
        baseline: `${large.peakMiB.toFixed(0)} against ${small.peakMiB.toFixed(0)} MiB`,
        target: { at: 'most', value: MOST },
      },
      {
        name: `${step}: time a bill, the same`,
        value: large.seconds / bills.large / (small.seconds / bills.small),
        unit: '×',
        baseline: `${large.seconds.toFixed(0)} against ${small.seconds.toFixed(0)} s`,
      },
    ]),
  );
}

const [step = '', size, dir, url, audit] = process.argv.slice(2);
const began = performance.now();
const own = step in STEPS;
const work = own
  ? STEPS[step as keyof typeof STEPS](size as Size, dir!, url!, JSON.parse(audit!) as AuditContext)
  : main();
work
  .then(() => {
    if (!own) return;
    const found: Step = {
      seconds: (performance.now() - began) / 1000,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    };
    process.stdout.write(`${JSON.stringify(found)}\n`);
  })
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
