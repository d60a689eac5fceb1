import type { Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { Outage } from '../../platform/db/stores/outages';
import { errorCode, isUnavailable } from './errors';

/** A server that does not answer, as far as attempts know; carried from attempt to attempt in the heartbeat details. */
type OutageState = Pick<Outage, 'code' | 'since' | 'failures'>;

const outageStateOf = (details: unknown): OutageState | undefined =>
  (details as { outage?: OutageState } | undefined)?.outage;

/** Counts attempts that got no answer, and records the outage as soon as an attempt gets one, be it a refusal. */
export class OutageInterceptor implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly context: Context,
    private readonly record: (outage: Outage) => Promise<void>,
  ) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const { info } = this.context;
    const before = outageStateOf(info.heartbeatDetails);
    const attemptedAt = new Date(info.currentAttemptScheduledTimestampMs).toISOString();
    let result: unknown;
    try {
      result = await next(input);
    } catch (error) {
      if (!isUnavailable(error)) {
        await this.#answered(before, attemptedAt);
        throw error;
      }
      const { since = attemptedAt, failures = 0 } = before ?? {};
      const outage: OutageState = { code: errorCode(error), since, failures: failures + 1 };
      this.context.heartbeat({ outage });
      throw error;
    }
    await this.#answered(before, attemptedAt);
    return result;
  }

  async #answered(before: OutageState | undefined, answeredAt: string): Promise<void> {
    if (!before) return;
    const { info } = this.context;
    const workflowId = info.workflowExecution?.workflowId ?? info.activityId;
    await this.record({ ...before, activity: info.activityType, workflowId, answeredAt });
  }
}
