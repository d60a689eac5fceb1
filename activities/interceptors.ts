import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { UtplukkError } from '../domain/errors';
import { type FailureType, NON_RETRYABLE } from '../domain/failure-types';
import { ProcessEnded } from '../compute/spawn-job';

const BEAT_MS = 2000;

/** Tells that the activity lives, and hands on what earlier attempts had to say. */
export function beat(): void {
  const context = Context.current();
  context.heartbeat(context.info.heartbeatDetails);
}

/** Runs long work with a heartbeat every two seconds; the signal fires when the activity is cancelled or its time is out. */
export async function withHeartbeat<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(beat, BEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

const BROKEN = 'connection-terminated';
/** Codes of a server that is away or starting: worth waiting for, and named so in the history. */
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  BROKEN,
]);

/** Attempts after which a computing process that ends by itself each time is given up: a disk may be full for a moment. */
export const MAX_CRASHES = 5;

/** Only here do our errors become Temporal's: named, and marked when no retry mends them. Others pass and are retried. */
export function toFailure(error: unknown, attempt = 1): unknown {
  if (error instanceof UtplukkError) {
    const message = error.next ? `${error.message}. ${error.next}` : error.message;
    return ApplicationFailure.create({ type: error.type, message, nonRetryable: NON_RETRYABLE.includes(error.type) });
  }
  if (error instanceof ProcessEnded && attempt >= MAX_CRASHES)
    return ApplicationFailure.create({
      type: 'ComputingFailed' satisfies FailureType,
      message: `${attempt} times ${error.message}`,
      nonRetryable: true,
    });
  const code = codeOf(error);
  if (UNAVAILABLE_CODES.has(code))
    return ApplicationFailure.create({
      type: 'SourceUnavailable',
      message: `a server did not answer (${code})`,
      nonRetryable: false,
    });
  return error;
}

/** A server did not answer: carried from attempt to attempt in the heartbeat until one gets through. */
interface OutageState {
  readonly code: string;
  readonly since: string;
  readonly failures: number;
}
export interface Outage extends OutageState {
  readonly activity: string;
  readonly workflowId: string;
  readonly answeredAt: string;
}
type Activities = object;

const outageStateOf = (details: unknown): OutageState | undefined =>
  (details as { silence?: OutageState } | undefined)?.silence;

/**
 * Wraps every activity of a set: errors leave through `toFailure`, and a server's silence is remembered over the attempts
 * and handed to `record` by the first one that gets an answer.
 */
export function withErrorBoundary<A extends Activities>(activities: A, record: (outage: Outage) => Promise<void>): A {
  const wrapped = Object.entries(activities as Record<string, (...args: unknown[]) => Promise<unknown>>).map(
    ([name, run]) => [
      name,
      async (...args: unknown[]) => {
        const context = Context.current();
        const { info } = context;
        const before = outageStateOf(info.heartbeatDetails);
        const answered = async () => {
          if (!before) return;
          const answeredAt = new Date(info.currentAttemptScheduledTimestampMs).toISOString();
          await record({
            ...before,
            activity: name,
            workflowId: info.workflowExecution?.workflowId ?? info.activityId,
            answeredAt,
          });
        };
        let result: unknown;
        try {
          result = await run(...args);
        } catch (error) {
          const failure = toFailure(error, info.attempt);
          if (isUnavailable(failure)) {
            const now = new Date(info.currentAttemptScheduledTimestampMs).toISOString();
            context.heartbeat({
              silence: { code: codeOf(error), since: before?.since ?? now, failures: (before?.failures ?? 0) + 1 },
            });
          } else await answered();
          throw failure;
        }
        await answered();
        return result;
      },
    ],
  );
  return Object.fromEntries(wrapped) as A;
}

const isUnavailable = (failure: unknown): boolean =>
  failure instanceof ApplicationFailure && failure.type === 'SourceUnavailable';

/** The driver gives a connection that broke in the middle no code, only words. */
function codeOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' && /^Connection terminated/.test(message) ? BROKEN : '';
}
