import { familySchema } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../../models/backend';
import { fitFamily } from '../../models/training/fit';
import { scoreRows } from '../../models/scoring';
import { FEATURES, type LabeledRow, type Learner } from './replay';

const COLUMNS: readonly MatrixColumn[] = Array.from({ length: FEATURES }, (_, j) => ({
  name: `x${j}`,
  kind: 'numeric',
  role: 'feature',
}));

/** Rows as a matrix. Dates are row ids: rows are in the order in which their outcomes became known. */
function matrixOf(rows: readonly LabeledRow[]): MatrixData {
  const n = rows.length;
  const ids = rows.map((_, i) => `r${String(i).padStart(6, '0')}`);
  return {
    n,
    rowId: ids,
    entity: ids,
    asOf: ids,
    group: ids.map(() => 'all'),
    label: Float64Array.from(rows, ({ y }) => y),
    labelKnownOn: ids,
    amountOre: new Float64Array(n).fill(Number.NaN),
    numeric: new Map(COLUMNS.map(({ name }, j) => [name, Float64Array.from(rows, ({ x }) => x[j]!)])),
    categorical: new Map(),
  };
}

const all = (data: MatrixData) => Array.from({ length: data.n }, (_, row) => row);

/** The default TabM-mini, fitted as in a training run. */
export const ensembleOf =
  (tf: Tf): Learner =>
  (labeled, seed) => {
    const data = matrixOf(labeled);
    const { model } = fitFamily(tf, familySchema.parse({ family: 'tabm-mini' }), data, COLUMNS, all(data), seed);
    return (features) => {
      const providers = matrixOf(features.map((x) => ({ x, y: 0 })));
      return scoreRows(tf, model, providers, all(providers));
    };
  };
