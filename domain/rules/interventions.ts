/** One person suspended scoring of a slot, or rolled it back to an earlier version; others confirm or lift that. */
export interface Intervention {
  readonly interventionId: string;
  readonly kind: 'suspend' | 'roll-back';
  readonly at: Date;
  /** Of a roll-back: without a second person by then, scoring stops. */
  readonly confirmBy: Date | undefined;
  /** How many different people confirmed the roll-back, or want the suspension lifted. */
  readonly answers: number;
}

/** A roll-back needs one more person than the one who made it; a suspension is lifted by two. */
export const ANSWERS_NEEDED = { 'roll-back': 1, suspend: 2 } as const;
/** For so many hours a roll-back is valid without a second person. */
export const CONFIRM_HOURS = 72;

export const isSettled = ({ kind, answers }: Pick<Intervention, 'kind' | 'answers'>): boolean =>
  answers >= ANSWERS_NEEDED[kind];

/** Why nothing may be scored at `at`, or undefined. */
export function scoringProblem(interventions: readonly Intervention[], at: Date): string | undefined {
  for (const intervention of interventions) {
    if (isSettled(intervention)) continue;
    if (intervention.kind === 'suspend') {
      const lifted = `${intervention.answers} of ${ANSWERS_NEEDED.suspend} people have lifted that`;
      return `one person suspended it at ${intervention.at.toISOString()}; ${lifted}`;
    }
    if (intervention.confirmBy && at >= intervention.confirmBy)
      return `the roll-back was not confirmed by a second person before ${intervention.confirmBy.toISOString()}`;
  }
  return undefined;
}
