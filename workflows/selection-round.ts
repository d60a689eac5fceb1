import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { FailureType } from '../domain/failure-types';
import { db } from './activity-proxies';
import { roundQuery, type RoundState, signOffUpdate } from './messages';

export interface SelectionRoundInput {
  readonly actionId: string;
  readonly scoringId: string;
  readonly capacity: number;
  readonly seed: number;
  readonly openDays: number;
}

/**
 * Drafts a list (exploit arm, fixed capacity) and waits until two people sign it off, one refuses it, or it expires.
 */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE', failureExceptionTypes: [Error] }, selectionRound);
export async function selectionRound(input: SelectionRoundInput): Promise<RoundState> {
  let round: RoundState = { listId: undefined, state: 'drafting' };
  setHandler(roundQuery, () => round);
  setHandler(
    signOffUpdate,
    async ({ signOffId }) => {
      if (!signOffId)
        throw ApplicationFailure.nonRetryable(
          'an Update must carry the id of a sign-off',
          'InvalidInput' satisfies FailureType,
        );
      const counted = await db.countSignOffs({ listId: round.listId! });
      round = { ...round, state: counted.state };
      return counted;
    },
    {
      validator: (_signOff) => {
        if (round.state !== 'draft')
          throw ApplicationFailure.nonRetryable(`the list is ${round.state}`, 'Conflict' satisfies FailureType);
      },
    },
  );
  const { listId, openForMs } = await db.draftList(input);
  round = { listId, state: 'draft' };
  const closed = await condition(() => round.state !== 'draft', Math.max(1, openForMs));
  if (!closed) round = { listId, state: (await db.expireList({ listId })).state };
  await condition(allHandlersFinished);
  return round;
}
