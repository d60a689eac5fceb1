import { spawn } from 'node:child_process';
import path from 'node:path';
import { type FailureType, FAILURE_TYPES } from '../domain/failure-types';
import { UtplukkError } from '../domain/errors';
import { PINNED_ENVIRONMENT } from '../models/backend';
import { ROOT } from '../platform/config/env';
import type { Computed, ComputeJob, JobOf } from './jobs';

const entry = require.resolve('./main');
/** Compiled entry of the compute process; tests that run from source use the one in dist/ too. */
export const COMPUTE_ENTRY = entry.endsWith('.ts')
  ? path.join(ROOT, 'dist', path.relative(ROOT, entry).replace(/\.ts$/, '.js'))
  : entry;

/** The process ended without a result: it crashed, or memory ran out. The same job will most likely end it again. */
export class ProcessEnded extends Error {}

/** Characters of standard error that an error message quotes. */
const STDERR_TAIL = 1500;

/**
 * Runs a job in a child process. TensorFlow blocks the event loop, and the parent must be free for heartbeats and
 * cancellation; the child's memory is freed when it ends, and a native crash does not take the worker down.
 * @throws UtplukkError the failure that the job reported
 * @throws ProcessEnded where the process exited or was killed without a result
 */
export async function spawnJob<K extends ComputeJob['kind']>(
  job: JobOf<K>,
  signal?: AbortSignal,
): Promise<Computed<K>> {
  const child = spawn(process.execPath, [COMPUTE_ENTRY], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...PINNED_ENVIRONMENT },
    ...(signal ? { signal } : {}),
    killSignal: 'SIGKILL',
  });
  child.stdin.end(JSON.stringify(job));
  const [out, err] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    }),
  ]);
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  const answer = parseAnswer<K>(last);
  if (answer && 'result' in answer) return answer;
  if (answer) throw new UtplukkError(answer.failure.type, answer.failure.message, answer.failure.next);
  const hint = child.signalCode === 'SIGKILL' ? ', most likely since memory ran out' : '';
  const ended = `the compute process ended with ${child.exitCode ?? child.signalCode} and no result${hint}`;
  throw new ProcessEnded(`${ended}: ${err.slice(-STDERR_TAIL)}`);
}

type Answer<K extends ComputeJob['kind']> =
  Computed<K> | { failure: { type: FailureType; message: string; next?: string } };

function parseAnswer<K extends ComputeJob['kind']>(line: string): Answer<K> | undefined {
  try {
    const value = JSON.parse(line) as Answer<K>;
    if ('failure' in value && !FAILURE_TYPES.includes(value.failure.type)) return undefined;
    return value;
  } catch {
    return undefined; // the process ended before its last line
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
