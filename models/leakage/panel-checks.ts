import type { MatrixData } from '../../domain/schemas/matrix';
import { agreement, MIN_ROWS, NEARLY_ALL } from './agreement';
import { type LeakageCheck, numericColumns, structural } from './types';

const panelLength: LeakageCheck = {
  id: 'panel-length',
  looksFor: 'how many rows an entity has, or how many are still to come: both known only when the panel ends',
  run: (context) => {
    const { data } = context;
    const { total, remaining } = countRowsOfEntities(data);
    if (Math.max(...total) < 3) return [];
    const repeated = Array.from({ length: data.n }, (_, row) => row).filter((row) => total[row]! > 1);
    if (repeated.length < 3 * MIN_ROWS) return [];
    const targets: [string, (row: number) => number][] = [
      ['the number of rows', (row) => total[row]!],
      ['the number of rows still to come', (row) => remaining[row]!],
      ['the number of rows still to come, including this one,', (row) => remaining[row]! + 1],
    ];
    return numericColumns(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      return targets
        .filter(([, target]) => agreement(repeated, (row) => values[row]!, target) >= NEARLY_ALL)
        .map(([what]) => structural('panel-length', `is ${what} of the entity in the whole panel`, name));
    });
  },
};

/** For each row the number of rows of its entity, and of those after it in time. */
function countRowsOfEntities(data: MatrixData): { total: Float64Array; remaining: Float64Array } {
  const byTime = Array.from({ length: data.n }, (_, row) => row).sort((a, b) =>
    data.asOf[a]! < data.asOf[b]! ? -1 : data.asOf[a]! > data.asOf[b]! ? 1 : a - b,
  );
  const counts = new Map<string, number>();
  const position = new Float64Array(data.n);
  for (const row of byTime) {
    const nth = (counts.get(data.entity[row]!) ?? 0) + 1;
    counts.set(data.entity[row]!, nth);
    position[row] = nth;
  }
  const total = Float64Array.from(data.entity, (entity) => counts.get(entity)!);
  return { total, remaining: total.map((count, row) => count - position[row]!) };
}

export const PANEL_CHECKS: readonly LeakageCheck[] = [panelLength];
