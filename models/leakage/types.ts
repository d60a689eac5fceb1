import type { DatedRow, Fold } from '../../domain/rules/training-splits';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';

/** Structural leaks refuse the run. A statistical suspicion needs a reason that two people accept. */
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
  /** Day as of which everything must have been known; undefined for a table that does not say. */
  readonly knownUntil?: string | undefined;
  /** Studies may use columns that say who looked; such a model cannot be promoted. */
  readonly nuisanceAllowed: boolean;
  readonly trains: (row: DatedRow, fold: Fold) => boolean;
  readonly tests: (row: DatedRow, fold: Fold) => boolean;
}

export interface LeakageCheck {
  readonly id: string;
  /** One sentence for the certificate. */
  readonly looksFor: string;
  run(context: LeakageContext): LeakageFinding[];
}

export const labeledRows = ({ data }: LeakageContext): number[] =>
  Array.from({ length: data.n }, (_, i) => i).filter((row) => !Number.isNaN(data.label[row]!));
