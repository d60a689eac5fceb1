import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  log,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { Verdict } from '../domain/rules/lifecycle';
import { db, notifications } from './activity-proxies';
import { problemOf } from './failures';
import { decideUpdate, type Progress, progressQuery } from './messages';
import { startMirror } from './train-model';

export interface PromoteModelInput {
  readonly requestId: string;
}

const DAY_MS = 86_400_000;
/** A day before the end, or halfway where less than two days are left. */
const reminderAfter = (openForMs: number): number => (openForMs > 2 * DAY_MS ? openForMs - DAY_MS : openForMs / 2);

/** Waits for a decision, tells approvers that one is waited for, and reminds them before it is too late. */
async function decided(requestId: string, openForMs: number, done: () => boolean): Promise<void> {
  await tell(requestId, 'decision-waiting');
  const first = reminderAfter(openForMs);
  if (await condition(done, first)) return;
  await tell(requestId, 'decision-reminder');
  await condition(done, openForMs - first);
}

async function tell(requestId: string, kind: 'decision-waiting' | 'decision-reminder'): Promise<void> {
  try {
    await notifications.notifyApprovers({ requestId, kind });
  } catch (error) {
    log.warn('approvers could not be told', { requestId, kind, problem: problemOf(error) });
  }
}

/** Gates, then a person's decision, for weeks if need be. Refusal and expiry are decisions too. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, promoteModel);
export async function promoteModel(input: PromoteModelInput): Promise<{ verdict: Verdict }> {
  const { requestId } = input;
  let progress: Progress = { step: 'gates', done: 0, total: 1 };
  let open = false;
  let verdict: Verdict | undefined;
  setHandler(progressQuery, () => progress);
  setHandler(
    decideUpdate,
    async ({ decisionId }) => {
      const applied = await db.applyDecision({ requestId, decisionId });
      verdict = applied.verdict;
      return applied;
    },
    {
      validator: ({ decisionId }) => {
        if (!decisionId)
          throw ApplicationFailure.nonRetryable('an Update must carry the id of a decision', 'InvalidInput');
        if (!open)
          throw ApplicationFailure.nonRetryable(
            verdict ? `the request is already ${verdict}` : 'the gates have not been judged yet',
            'Conflict',
          );
      },
    },
  );
  const gates = await db.evaluateGates({ requestId });
  if (!gates.passed && gates.waivable !== true) {
    progress = { step: 'refused by gates', done: 1, total: 1 };
    return db.refuseByGates({ requestId });
  }
  open = true;
  progress = {
    step: gates.passed ? 'waiting for a decision' : 'gates failed; waiting for two people to pass over them',
    done: 0,
    total: 1,
  };
  await decided(requestId, Math.max(1, gates.openForMs), () => verdict !== undefined);
  open = false;
  // A decision written in the last moment counts: expiry finds it instead of writing its own.
  const result = verdict ?? (await db.expireRequest({ requestId })).verdict;
  await condition(allHandlersFinished);
  progress = { step: result, done: 1, total: 1 };
  if (result === 'approved') await startMirror();
  return { verdict: result };
}
