import { spawn } from 'node:child_process';
import path from 'node:path';
import { type FailureType, FAILURE_TYPES } from '../domain/failure-types';
import { UtplukkError } from '../domain/errors';
import { PINNED_ENVIRONMENT } from '../models/backend';
import { ROOT } from '../platform/config/env';
import type { Computed, ComputeJob } from './jobs';

export const COMPUTE_ENTRY = path.join(ROOT, 'dist/compute/main.js');

/** The process ended by itself, without a result: nobody killed it. The same inputs will most likely end it again. */
export class ProcessEnded extends Error {}

/**
 * Runs a job in a child process: TensorFlow blocks the event loop, so heartbeats and cancellation need the parent free;
 * the child's memory goes back when it ends, and a native crash stays its own.
 */
export async function spawnJob<K extends ComputeJob['kind']>(
  job: Extract<ComputeJob, { kind: K }>,
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
  const said = `the computing process ended with ${child.exitCode ?? child.signalCode} and no result: ${err.slice(-1500)}`;
  throw child.exitCode === null ? new Error(said) : new ProcessEnded(said);
}

type Answer<K extends ComputeJob['kind']> =
  Computed<K> | { failure: { type: FailureType; message: string; next?: string } };

function parseAnswer<K extends ComputeJob['kind']>(line: string): Answer<K> | undefined {
  try {
    const value = JSON.parse(line) as Answer<K>;
    if ('failure' in value && !FAILURE_TYPES.includes(value.failure.type)) return undefined;
    return value;
  } catch {
    return undefined; // the process died before its last line
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
