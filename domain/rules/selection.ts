/** One scored candidate. Higher scores come first; ties are broken by a seeded key, never by the order of storage. */
export interface Scored {
  readonly entity: string;
  readonly score: number;
  /** Hex digest of (seed, entity), computed by the caller; breaks ties reproducibly. */
  readonly tieKey: string;
}

export function rank<T extends Scored>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => b.score - a.score || (a.tieKey < b.tieKey ? -1 : a.tieKey > b.tieKey ? 1 : 0));
}

export type Arm = 'exploit' | 'explore' | 'random' | 'mandatory';

export interface Line<T extends Scored> {
  readonly row: T;
  readonly rank: number;
  readonly arm: Arm;
  readonly selected: boolean;
  /** Probability, before the draw, that this candidate is selected. In the exploit arm it is 1 or 0. */
  readonly inclusionProbability: number;
}

/** Exploit arm with fixed capacity: the first `capacity` candidates are selected, and every candidate gets a line. */
export function exploitList<T extends Scored>(rows: readonly T[], capacity: number): Line<T>[] {
  return rank(rows).map((row, index) => {
    const selected = index < capacity;
    return { row, rank: index + 1, arm: 'exploit' as const, selected, inclusionProbability: selected ? 1 : 0 };
  });
}
