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
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '08006', // connection_failure
  '08001', // sqlclient_unable_to_establish_sqlconnection
  '25006', // read_only_sql_transaction: a server that took over is not open for writing yet
  '53300', // too_many_connections
  CONNECTION_TERMINATED,
]);

/** Attempts after which work that fails each time, not by an outage, is given up: a disk may be full for a moment. */
export const MAX_FAULTS = 5;
/**
 * Attempts of which nothing came back, since the worker ended in the middle of each. More than faults: workers are also
 * replaced.
 */
export const MAX_LOST = 10;
/** Mirroring waits for a person to correct on MLflow's server what it objects to, and nothing waits for the mirror. */
const WITHOUT_END: ReadonlySet<string> = new Set(['drainMlflowOutbox']);
/** Characters of an unexpected error that a run keeps. */
const MESSAGE_LENGTH = 2000;

/**
 * Error code of a failed call. The PostgreSQL driver gives a connection that broke in the middle no code, only a
 * message.
 */
export function errorCode(error: unknown): string {
  const { code, message, cause, name } = (error ?? {}) as Record<'code' | 'message' | 'cause' | 'name', unknown>;
  if (typeof code === 'string') return code;
  if (name === 'KnexTimeoutError') return CONNECTION_TERMINATED; // no free connection: the database hangs
  if (message === 'fetch failed' && cause !== undefined) return errorCode(cause);
  return typeof message === 'string' && /^Connection terminated/.test(message) ? CONNECTION_TERMINATED : '';
}

/** True if a server did not answer: worth waiting for. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof UtplukkError ? error.type === 'SourceUnavailable' : UNAVAILABLE_CODES.has(errorCode(error));

/**
 * Our errors as Temporal's: named, and non-retryable if no retry helps. An outage is waited for. Any other error is
 * retried, and given up by name after MAX_FAULTS attempts.
 * @param attempts attempts so far, this one included and those that an outage ended left out
 */
export function toFailure(error: unknown, attempts = 1): unknown {
  if (error instanceof UtplukkError) {
    const message = error.next ? `${error.message}. ${error.next}` : error.message;
    return ApplicationFailure.create({ type: error.type, message, nonRetryable: NON_RETRYABLE.includes(error.type) });
  }
  if (isUnavailable(error))
    return ApplicationFailure.create({
      type: 'SourceUnavailable' satisfies FailureType,
      message: `a server did not answer (${errorCode(error)})`,
      nonRetryable: false,
    });
  return attempts < MAX_FAULTS ? error : givenUp(error, attempts);
}

function givenUp(error: unknown, attempts: number): ApplicationFailure {
  const type: FailureType = error instanceof ProcessEnded ? 'ComputingFailed' : 'Unexpected';
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({
    type,
    message: `${attempts} times ${message.slice(0, MESSAGE_LENGTH)}`,
    nonRetryable: true,
  });
}

/** Attempts that had no answer, as the heartbeat details of the attempts before carry them. */
const attemptsInOutages = (details: unknown): number =>
  (details as { outage?: { failures: number } } | undefined)?.outage?.failures ?? 0;

/** Turns errors of activities into Temporal failures; the only place that does. */
export class ErrorInterceptor implements ActivityInboundCallsInterceptor {
  constructor(private readonly context: Context) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const { info, cancellationSignal } = this.context;
    const endless = WITHOUT_END.has(info.activityType);
    const attempts = endless ? 1 : info.attempt - attemptsInOutages(info.heartbeatDetails);
    if (attempts > MAX_LOST)
      throw givenUp('the worker ended in the middle of it, for example since memory ran out', attempts - 1);
    try {
      return await next(input);
    } catch (error) {
      if (cancellationSignal.aborted) throw error; // cancelled, or the worker is being replaced
      throw toFailure(error, attempts);
    }
  }
}
