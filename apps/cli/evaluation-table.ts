import { rowText } from '../../domain/cards/format';
import type { EvaluationRow } from '../../domain/schemas/evaluation';
import { overall } from '../../platform/db/stores/evaluation';
import { table } from './output';

/** Families and baselines beside each other, each figure with its interval. */
export function evaluationTable(all: readonly EvaluationRow[]): string {
  const rows = overall(all);
  const families = [...new Set(rows.map((row) => row.family))];
  const columns = [...new Map(rows.map((row) => [`${row.metric}@${row.k}`, row])).values()].filter((row) =>
    ['average-precision', 'precision', 'recall', 'lift', 'recall-in-first-half'].includes(row.metric),
  );
  const wanted = columns
    .filter((row) => row.metric !== 'lift' && row.metric !== 'recall')
    .concat(columns.filter((row) => row.metric === 'lift'));
  const cell = (family: string, column: EvaluationRow) => {
    const found = rows.find((row) => row.family === family && row.metric === column.metric && row.k === column.k);
    return found ? rowText(found) : '';
  };
  const head = ['', ...wanted.map((row) => `${row.metric}${row.k ? ` @${row.k}` : ''}`)];
  return `${table(
    head,
    families.map((family) => [family, ...wanted.map((column) => cell(family, column))]),
  )}\nn ${rows[0]?.n ?? 0}; ${rows[0]?.method ?? ''}`;
}
