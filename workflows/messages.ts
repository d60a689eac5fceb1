import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ListState, Verdict } from '../domain/rules/lifecycle';
import type { ProgressId } from '../domain/steps';

/** Where a workflow stands, for a person who watches. Counts only. */
export interface Progress {
  readonly step: ProgressId;
  readonly done: number;
  readonly total: number;
}
export const progressQuery = defineQuery<Progress>('progress');

/** Carries the id of a decision that a verified person recorded; the answer is what became of it. */
export const decideUpdate = defineUpdate<{ verdict: Verdict }, [{ decisionId: string }]>('decide');

/** Tells the round that a sign-off or refusal was recorded; the answer is the state of the list. */
export const signOffUpdate = defineUpdate<{ state: ListState; signOffs: number }, [{ signOffId: string }]>('signOff');

export interface RoundState {
  readonly listId: string | undefined;
  readonly state: 'drafting' | ListState;
}
export const roundQuery = defineQuery<RoundState>('round');
