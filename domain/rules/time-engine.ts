/**
 * When a day of a performer is worth looking at: more minutes claimed than a day holds, contacts that overlap, a
 * substitute at work at the minute the holder is. Flags say what was claimed, never why.
 */
export const TIME_RULES = {
  /** Overlapping minutes of contacts that need the performer; stamps are a few minutes off in honest practice. */
  overlapMinutes: 20,
  /** Minutes claimed in one day by one performer. */
  dayMinutes: 14 * 60,
  /** Starts of the holder and a registered substitute at the same minute. */
  sameMinute: 1,
} as const;

export type TimeFlag = 'overlap' | 'beyond-a-day' | 'same-minute';
