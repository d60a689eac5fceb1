import type { listLines } from '../../application/selection';
import { table } from './output';

/** Lines of a selection list as a table. */
export const linesTable = (lines: Awaited<ReturnType<typeof listLines>>): string =>
  table(
    ['rank', 'provider', 'practice', 'group', 'probability', 'expected NOK', 'arm', 'selected', 'note'],
    lines.map((l) => [
      l.rank,
      l.entity,
      l.practice,
      l.group,
      l.probability.toFixed(3),
      l.expectedOre === undefined ? '' : Math.round(l.expectedOre / 100),
      l.arm,
      l.selected ? 'yes' : '',
      l.outOfDistribution ? 'outside training data' : '',
    ]),
  );
