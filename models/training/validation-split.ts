import { UtplukkError } from '../../domain/errors';
import type { MatrixData } from '../../domain/schemas/matrix';

/** The latest rows, by the day their outcome became known, validate. */
const VALIDATION_SHARE = 0.2;
const MIN_ROWS = 40;
/** Least number of rows of each class. */
const MIN_PER_CLASS = 5;

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Earliest known outcome first; within a day by row id, so that no split depends on the order in storage. */
export const orderByLabelTime = (data: MatrixData, rows: readonly number[]): number[] =>
  [...rows].sort(
    (a, b) =>
      compareText(data.labelKnownOn[a] ?? '', data.labelKnownOn[b] ?? '') ||
      compareText(data.rowId[a]!, data.rowId[b]!),
  );

/** Earlier rows to fit (`inner`), and the latest fifth to select hyperparameters. */
export function splitByLabelTime(data: MatrixData, rows: readonly number[]): { inner: number[]; validation: number[] } {
  const order = orderByLabelTime(data, rows);
  const innerRows = Math.round(order.length * (1 - VALIDATION_SHARE));
  return { inner: order.slice(0, innerRows), validation: order.slice(innerRows) };
}

/** Number of rows with a finding. */
export const countFindings = (data: MatrixData, rows: readonly number[]): number =>
  rows.filter((row) => data.label[row] === 1).length;

/** Whether there are enough rows of both classes to learn from. */
export function hasEnoughRows(data: MatrixData, rows: readonly number[]): boolean {
  const findings = countFindings(data, rows);
  return rows.length >= MIN_ROWS && findings >= MIN_PER_CLASS && rows.length - findings >= MIN_PER_CLASS;
}

/** @throws UtplukkError NoLabels when there are too few rows to learn from; `what` names them */
export function assertEnoughRows(data: MatrixData, rows: readonly number[], what: string): void {
  if (hasEnoughRows(data, rows)) return;
  const findings = countFindings(data, rows);
  throw new UtplukkError(
    'NoLabels',
    `${what} has ${rows.length} training rows with ${findings} findings; ` +
      `at least ${MIN_ROWS} rows, ${MIN_PER_CLASS} findings and ${MIN_PER_CLASS} without are needed`,
    'Start the first test part later, or load more outcomes.',
  );
}
