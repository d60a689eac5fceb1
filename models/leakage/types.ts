import type { DatedRow, Fold } from '../../domain/rules/training-splits';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';

/** A structural finding refuses the run. A statistical one needs a reason that two people accept. */
export type Severity = 'structural' | 'statistical';

export interface LeakageFinding {
  readonly check: string;
  readonly severity: Severity;
  readonly column?: string;
  /** What was found, with the figure. */
  readonly detail: string;
}

export interface LeakageContext {
  readonly data: MatrixData;
  /** Columns that may enter the model. */
  readonly columns: readonly MatrixColumn[];
  readonly folds: readonly Fold[];
  /** Day by which all data must have been known; undefined for a table that does not say. */
  readonly knownUntil?: string | undefined;
  /** Studies may use caseworker columns; such a model cannot be promoted. */
  readonly nuisanceAllowed: boolean;
  readonly trains: (row: DatedRow, fold: Fold) => boolean;
  readonly tests: (row: DatedRow, fold: Fold) => boolean;
}

export interface LeakageCheck {
  readonly id: string;
  /** What it looks for, for the leakage report. */
  readonly looksFor: string;
  run(context: LeakageContext): LeakageFinding[];
}

export const labeledRows = ({ data }: LeakageContext): number[] =>
  Array.from({ length: data.n }, (_, i) => i).filter((row) => !Number.isNaN(data.label[row]!));

export const numericColumns = ({ columns }: LeakageContext): MatrixColumn[] =>
  columns.filter((column) => column.kind === 'numeric');

const finding =
  (severity: Severity) =>
  (check: string, detail: string, column?: string): LeakageFinding => ({
    check,
    severity,
    detail,
    ...(column === undefined ? {} : { column }),
  });
export const structural = finding('structural');
export const statistical = finding('statistical');

/** Number of items, with one of them as an example. */
export const countWithExample = <T>(items: readonly T[], describe: (item: T) => string): string =>
  `${items.length}, for example ${describe(items[0]!)}`;
