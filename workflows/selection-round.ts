import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import { quick } from './activity-proxies';
import { roundQuery, type RoundState, sealUpdate } from './messages';

export interface SelectionRoundInput {
  readonly actId: string;
  readonly scoringId: string;
  readonly capacity: number;
  readonly seed: number;
  readonly openDays: number;
}

/** Drafts a list (exploit arm, fixed capacity) and waits until two people sealed it, one refused it, or it expired. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, selectionRound);
export async function selectionRound(input: SelectionRoundInput): Promise<RoundState> {
  let round: RoundState = { listId: undefined, state: 'drafting' };
  setHandler(roundQuery, () => round);
  setHandler(
    sealUpdate,
    async ({ sealId }) => {
      if (!sealId) throw ApplicationFailure.nonRetryable('an Update must carry the id of a seal', 'InvalidInput');
      const counted = await quick.countSeals({ listId: round.listId! });
      round = { ...round, state: counted.state };
      return counted;
    },
    {
      validator: (_seal) => {
        if (round.state !== 'draft') throw ApplicationFailure.nonRetryable(`the list is ${round.state}`, 'Conflict');
      },
    },
  );
  const { actId, scoringId, capacity, seed, openDays } = input;
  const { listId, openForMs } = await quick.draftList({ actId, scoringId, capacity, seed, openDays });
  round = { listId, state: 'draft' };
  const closed = await condition(() => round.state !== 'draft', Math.max(1, openForMs));
  if (!closed) round = { listId, state: (await quick.expireList({ listId })).state };
  await condition(allHandlersFinished);
  return round;
}
