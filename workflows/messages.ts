import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Verdict } from '../domain/rules/lifecycle';

/** Where a run stands, for a person who watches. Counts only. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}
export const progressQuery = defineQuery<Progress>('progress');

/** Carries the id of a decision row that a verified person wrote; the answer says what became of it. */
export const decideUpdate = defineUpdate<{ verdict: Verdict }, [{ decisionId: string }]>('decide');

/** Tells the round that a seal or refusal was written; the answer says where the list stands. */
export const signOffUpdate = defineUpdate<{ state: string; signOffs: number }, [{ signOffId: string }]>('signOff');

export interface RoundState {
  readonly listId: string | undefined;
  readonly state: string;
}
export const roundQuery = defineQuery<RoundState>('round');
