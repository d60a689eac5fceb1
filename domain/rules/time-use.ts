/**
 * When a performer's day is flagged for a closer look: more minutes claimed than a day holds, contacts that overlap,
 * or a substitute who works at the same minute as the practice holder. A flag says what was claimed, never why.
 */
export const TIME_RULES = {
  /** Overlapping minutes of contacts that need the performer; correct records are a few minutes off. */
  overlapMinutes: 20,
  /** Minutes claimed in one day by one performer. */
  dayMinutes: 14 * 60,
  /** Contacts that start at the same minute for the holder and a registered substitute. */
  sameMinute: 1,
} as const;
