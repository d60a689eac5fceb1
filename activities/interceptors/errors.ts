import { ApplicationFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Context } from '@temporalio/activity';
import { ProcessEnded } from '../../compute/spawn-job';
import { UtplukkError } from '../../domain/errors';
import { type FailureType, NON_RETRYABLE } from '../../domain/failure-types';

const CONNECTION_TERMINATED = 'connection-terminated';
/** Codes of a server that is away or starting. PostgreSQL's are in its manual, appendix A. */
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '08006', // connection_failure
  '08001', // sqlclient_unable_to_establish_sqlconnection
  CONNECTION_TERMINATED,
]);

/**
 * Attempts after which a computing process that ends by itself each time is given up: a disk may be full for a
 * moment.
 */
export const MAX_CRASHES = 5;

/**
 * Error code of a failed call. The PostgreSQL driver gives a connection that broke in the middle no code, only a
 * message.
 */
export function errorCode(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' && /^Connection terminated/.test(message) ? CONNECTION_TERMINATED : '';
}

/** True if a server did not answer: worth waiting for. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof UtplukkError ? error.type === 'SourceUnavailable' : UNAVAILABLE_CODES.has(errorCode(error));

/**
 * Our errors as Temporal's: named, and non-retryable if no retry helps. Unknown errors pass as they are and are
 * retried.
 */
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
  if (!isUnavailable(error)) return error;
  return ApplicationFailure.create({
    type: 'SourceUnavailable' satisfies FailureType,
    message: `a server did not answer (${errorCode(error)})`,
    nonRetryable: false,
  });
}

/** Turns errors of activities into Temporal failures; the only place that does. */
export class ErrorInterceptor implements ActivityInboundCallsInterceptor {
  constructor(private readonly context: Context) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      throw toFailure(error, this.context.info.attempt);
    }
  }
}
