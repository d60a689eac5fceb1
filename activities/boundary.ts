import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { UtplukkError } from '../domain/errors';
import { NON_RETRYABLE } from '../domain/failure-types';

const BEAT_MS = 2000;

/** Runs long work with a heartbeat every two seconds; the signal fires when the activity is cancelled or its time is out. */
export async function heartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

/** Codes of a server that is away or starting: worth waiting for, and named so in the history. */
const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', '08006', '08001']);

/** Only here do our errors become Temporal's: named, and marked when no retry mends them. Others pass and are retried. */
export function toFailure(error: unknown): unknown {
  if (error instanceof UtplukkError) {
    const message = error.next ? `${error.message}. ${error.next}` : error.message;
    return ApplicationFailure.create({ type: error.type, message, nonRetryable: NON_RETRYABLE.includes(error.type) });
  }
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && AWAY.has(code))
    return ApplicationFailure.create({ type: 'SourceAway', message: `a server did not answer (${code})`, nonRetryable: false });
  return error;
}

type Activities = object;

/** Wraps every activity of a set so that its errors leave through `toFailure`. */
export function atBoundary<A extends Activities>(activities: A): A {
  const wrapped = Object.entries(activities as Record<string, (...args: unknown[]) => Promise<unknown>>).map(([name, run]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as A;
}
