import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signInAsDemoUser } from '../platform/auth/sign-in';
import { loadEnv, ROOT } from '../platform/config/env';
import { trainId } from '../domain/rules/workflow-ids';
import { withAuthenticatedContext } from '../apps/cli/session';
import { loadExperiment } from '../application/experiments';
import { startRun } from '../application/training';
import { type Figure, report } from './lib/results';

const SAMPLE_MS = 500;
const MIB = 1024;

/** Largest resident size in MiB that any one process below `root` reached; children are found by parent id. */
function watchMemory(root: number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    const all = fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
          const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
          return [{ pid: Number(pid), parent: field('PPid'), peakKiB: field('VmHWM') }];
        } catch {
          return []; // ended meanwhile
        }
      });
    const below = new Set([root]);
    for (let size = 0; size !== below.size;) {
      size = below.size;
      for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
    }
    for (const { pid, peakKiB } of all) if (below.has(pid)) peak = Math.max(peak, peakKiB / MIB);
  }, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

function start(home: string, args: string[]): { child: ChildProcess; ended: Promise<number>; output: () => string } {
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts/start.mjs'), ...args], {
    cwd: ROOT,
    env: { ...process.env, UTPLUKK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  return {
    child,
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1))),
    output: () => text,
  };
}

async function timed(home: string): Promise<{ seconds: number; peakMiB: number }> {
  const began = process.hrtime.bigint();
  const { child, ended, output } = start(home, ['--once']);
  const peak = watchMemory(child.pid!);
  const code = await ended;
  const peakMiB = peak();
  if (code !== 0) throw new Error(`npm start -- --once ended with ${code}:\n${output().slice(-2000)}`);
  return { seconds: Number(process.hrtime.bigint() - began) / 1e9, peakMiB };
}

/** Share of a training run's wall time in which none of its activities was executing, from its own history. */
async function idleShare(home: string): Promise<{ share: number; seconds: number }> {
  const { child, ended, output } = start(home, []);
  try {
    while (!output().includes('everything stays up')) {
      if (child.exitCode !== null) throw new Error(output().slice(-2000));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    process.env['UTPLUKK_HOME'] = home;
    const env = loadEnv();
    const file = path.join(home, 'long.yaml');
    // More members make the fits long enough; another name and seed make it a run of its own.
    const text = fs.readFileSync(path.join(ROOT, 'docs/examples/demo-register.yaml'), 'utf8');
    fs.writeFileSync(
      file,
      text
        .replace('name: demo-register', 'name: bench-long')
        .replace('seed: 7', 'seed: 8')
        .replace('members: 5', 'members: 32')
        .replace('maxEpochs: 80', 'maxEpochs: 200')
        .replace('patience: 10', 'patience: 80'),
    );
    return await withAuthenticatedContext(
      async (context) => {
        const runId = await startRun(context, loadExperiment(file));
        await context.temporal.trainingResult(runId);
        const history = await context.temporal.client.workflow.getHandle(trainId(runId)).fetchHistory();
        return idleOf(history.events ?? []);
      },
      (await signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, 'kari')).accessToken,
    );
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

interface HistoryEvent {
  readonly eventTime?: { seconds?: unknown; nanos?: number | null } | null;
  readonly activityTaskStartedEventAttributes?: unknown;
  readonly activityTaskCompletedEventAttributes?: { startedEventId?: unknown } | null;
  readonly eventId?: unknown;
}

function idleOf(events: readonly HistoryEvent[]): { share: number; seconds: number } {
  const time = (event: HistoryEvent) => Number(event.eventTime?.seconds ?? 0) + (event.eventTime?.nanos ?? 0) / 1e9;
  const started = new Map(
    events.filter((e) => e.activityTaskStartedEventAttributes).map((e) => [String(e.eventId), time(e)]),
  );
  const spans = events
    .flatMap((e) =>
      e.activityTaskCompletedEventAttributes
        ? [[started.get(String(e.activityTaskCompletedEventAttributes.startedEventId))!, time(e)] as const]
        : [],
    )
    .sort((a, b) => a[0] - b[0]);
  const [from, to] = [time(events[0]!), time(events.at(-1)!)];
  let [busy, reach] = [0, from];
  for (const [a, b] of spans) {
    busy += Math.max(0, b - Math.max(a, reach));
    reach = Math.max(reach, b);
  }
  return { share: 1 - busy / (to - from), seconds: to - from };
}

async function main(): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-bench-'));
  fs.chmodSync(home, 0o755);
  try {
    const first = await timed(home);
    const second = await timed(home);
    const idle = await idleShare(home);
    const figures: Figure[] = [
      { name: 'whole demo after downloads', value: first.seconds, unit: 's', target: { at: 'most', value: 240 } },
      { name: 'second npm start -- --once', value: second.seconds, unit: 's', target: { at: 'most', value: 60 } },
      {
        name: 'peak memory of any one process',
        value: first.peakMiB,
        unit: 'MiB',
        target: { at: 'most', value: 2048 },
      },
      {
        name: 'share of a training run without an activity',
        value: 100 * idle.share,
        unit: '%',
        baseline: `run of ${idle.seconds.toFixed(0)} s`,
        target: { at: 'most', value: 5 },
      },
    ];
    report('demo', figures);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
