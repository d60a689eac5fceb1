/** One person stopped scoring, or returned a slot to an earlier version. Answers come from others. */
export interface Emergency {
  readonly emergencyId: string;
  readonly kind: 'stop' | 'return';
  readonly at: Date;
  /** For a return: without a second person by then, scoring stops. */
  readonly confirmBy: Date | undefined;
  /** Different people who confirmed the return, or want the stop lifted. */
  readonly answers: number;
}

/** A return needs one more person than the one who made it; a stop is lifted by two. */
export const ANSWERS_NEEDED = { return: 1, stop: 2 } as const;
/** Hours that a return stands on one person alone. */
export const CONFIRM_HOURS = 72;

export const isSettled = ({ kind, answers }: Pick<Emergency, 'kind' | 'answers'>): boolean =>
  answers >= ANSWERS_NEEDED[kind];

/** Why nothing may be scored at `at`, or undefined. */
export function scoringProblem(emergencies: readonly Emergency[], at: Date): string | undefined {
  for (const emergency of emergencies) {
    if (isSettled(emergency)) continue;
    if (emergency.kind === 'stop')
      return `one person stopped it at ${emergency.at.toISOString()}; ${emergency.answers} of ${ANSWERS_NEEDED.stop} people have lifted that`;
    if (emergency.confirmBy && at >= emergency.confirmBy)
      return `the return to an earlier version was not confirmed by a second person before ${emergency.confirmBy.toISOString()}`;
  }
  return undefined;
}
