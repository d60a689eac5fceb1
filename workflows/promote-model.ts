import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  log,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { FailureType } from '../domain/failure-types';
import { decisionProblem, type Verdict } from '../domain/rules/lifecycle';
import { db, notifications } from './activity-proxies';
import { rootCause } from './failures';
import { decideUpdate } from './messages';
import { startMirror } from './mirror-mlflow';
import { reportProgress } from './progress';

export interface PromoteModelInput {
  readonly requestId: string;
}

/** Gates, then a person's decision, for weeks if need be. Refusal and expiry are decisions too. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE', failureExceptionTypes: [Error] }, promoteModel);
export async function promoteModel({ requestId }: PromoteModelInput): Promise<{ verdict: Verdict }> {
  const progress = reportProgress('gates');
  let state: 'gates' | 'open' | 'closed' = 'gates';
  let verdict: Verdict | undefined;
  setHandler(
    decideUpdate,
    async ({ decisionId }) => {
      const applied = await db.applyDecision({ requestId, decisionId });
      verdict = applied.verdict;
      return applied;
    },
    {
      validator: ({ decisionId }) => {
        if (!decisionId) throw refused('an Update must carry the id of a decision', 'InvalidInput');
        if (state === 'gates') throw refused('the gates have not been evaluated yet', 'Conflict');
        const closed = verdict && decisionProblem(verdict);
        if (closed ?? state === 'closed') throw refused(closed ?? 'the request is closed', 'Conflict');
      },
    },
  );
  const gates = await db.evaluateGates({ requestId });
  if (!gates.passed && gates.waivable !== true) {
    progress.end('gates-refused');
    return db.refuseByGates({ requestId });
  }
  state = 'open';
  progress.enter(gates.passed ? 'decision' : 'waiver');
  await waitForDecision(requestId, Math.max(1, gates.openForMs), () => verdict !== undefined);
  state = 'closed';
  // A decision recorded in the last moment counts: expiry finds it and records none of its own.
  const result = verdict ?? (await db.expireRequest({ requestId })).verdict;
  await condition(allHandlersFinished);
  progress.end(result);
  if (result === 'approved') await startMirror();
  return { verdict: result };
}

const refused = (message: string, type: FailureType) => ApplicationFailure.nonRetryable(message, type);

const DAY_MS = 86_400_000;
/** A day before the end, or halfway if less than two days are left. */
const reminderAfter = (openForMs: number): number => (openForMs > 2 * DAY_MS ? openForMs - DAY_MS : openForMs / 2);

/** Waits for a decision, tells approvers that one is waited for, and reminds them before it is too late. */
async function waitForDecision(requestId: string, openForMs: number, decided: () => boolean): Promise<void> {
  await notify(requestId, 'decision-waiting');
  const first = reminderAfter(openForMs);
  if (await condition(decided, first)) return;
  await notify(requestId, 'decision-reminder');
  await condition(decided, openForMs - first);
}

async function notify(requestId: string, kind: 'decision-waiting' | 'decision-reminder'): Promise<void> {
  try {
    await notifications.notifyApprovers({ requestId, kind });
  } catch (error) {
    log.warn('approvers could not be notified', { requestId, kind, cause: rootCause(error) });
  }
}
