import { rocAuc, spearman, vanElteren } from '../metrics/rank-statistics';
import { labeledRows, type LeakageCheck, type LeakageContext, numericColumns, statistical } from './types';

/** Suspicions that need a reason. Thresholds are such that clean data pass, however strong their features are. */

/** Rows of each class that a check needs. */
const MIN_ROWS = 20;
/** No single feature of control data without leakage ranks findings this well (best published: 0.86). */
const SUSPICIOUS_AUC = 0.985;
const SUSPICIOUS_LOWER_BOUND = 0.96;
/** Two-sided p of about 1e-9: no false alarm over hundreds of columns and runs. */
const MAX_Z = 6;
const MAX_ORDER_EFFECT = 0.1;
/** Rank correlation above which two columns have the same order. */
const SAME_ORDER = 0.98;
/** Share of rows above which a value counts as present in a class. */
const PRESENT_SHARE = 0.95;

function hasBothClasses(context: LeakageContext, rows: readonly number[]): boolean {
  const positives = rows.filter((row) => context.data.label[row] === 1).length;
  return positives >= MIN_ROWS && rows.length - positives >= MIN_ROWS;
}

const suspiciousFeature: LeakageCheck = {
  id: 'suspicious-feature',
  looksFor: `a single feature whose area under the ROC curve is ${SUSPICIOUS_AUC} or more`,
  run: (context) => {
    const { data } = context;
    return numericColumns(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const rows = labeledRows(context).filter((row) => !Number.isNaN(values[row]!));
      if (!hasBothClasses(context, rows)) return [];
      const single = rocAuc(
        rows.map((row) => values[row]!),
        rows.map((row) => data.label[row]!),
      );
      const auc = Math.max(single.auc, 1 - single.auc);
      return auc >= SUSPICIOUS_AUC && auc - 3 * single.se >= SUSPICIOUS_LOWER_BOUND
        ? [
            statistical(
              'suspicious-feature',
              `has an area under the ROC curve of ${auc.toFixed(3)} over ${rows.length} rows`,
              name,
            ),
          ]
        : [];
    });
  },
};

const informativeMissingness: LeakageCheck = {
  id: 'informative-missingness',
  looksFor: 'a value that is present for findings and missing for all other rows, or the other way round',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    if (!hasBothClasses(context, rows)) return [];
    return numericColumns(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const share = (label: number) => {
        const own = rows.filter((row) => data.label[row] === label);
        return own.filter((row) => !Number.isNaN(values[row]!)).length / own.length;
      };
      const [yes, no] = [share(1), share(0)];
      const isInformative =
        (yes >= PRESENT_SHARE && no <= 1 - PRESENT_SHARE) || (no >= PRESENT_SHARE && yes <= 1 - PRESENT_SHARE);
      return isInformative
        ? [
            statistical(
              'informative-missingness',
              `has a value in ${(100 * yes).toFixed(0)} % of findings and in ${(100 * no).toFixed(0)} % of other rows`,
              name,
            ),
          ]
        : [];
    });
  },
};

/** Order of ids within a month: base rates may drift over time, but not within a month. */
const orderedIds = (
  id: string,
  what: string,
  keyOf: (context: LeakageContext, row: number) => string,
): LeakageCheck => ({
  id,
  looksFor: `${what} whose order predicts the outcome`,
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    if (!hasBothClasses(context, rows)) return [];
    const sorted = [...new Set(rows.map((row) => keyOf(context, row)))].sort((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    const rank = new Map(sorted.map((key, index) => [key, index]));
    const { z, auc } = vanElteren(
      rows.map((row) => rank.get(keyOf(context, row))!),
      rows.map((row) => data.label[row]!),
      rows.map((row) => data.asOf[row]!.slice(0, 7)),
    );
    return Math.abs(z) > MAX_Z && Math.abs(auc - 0.5) > MAX_ORDER_EFFECT
      ? [
          statistical(
            id,
            `within a month the order of ${what} has an area under the ROC curve of ${auc.toFixed(3)} ` +
              `(z ${z.toFixed(1)})`,
          ),
        ]
      : [];
  },
});

const decisionDelay: LeakageCheck = {
  id: 'decision-delay',
  looksFor: 'a feature that follows the days until the outcome became known',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context).filter((row) => data.labelKnownOn[row] !== undefined);
    const delay = rows.map((row) => (Date.parse(data.labelKnownOn[row]!) - Date.parse(data.asOf[row]!)) / 86_400_000);
    if (rows.length < 2 * MIN_ROWS || new Set(delay).size < MIN_ROWS) return [];
    return numericColumns(context).flatMap(({ name }) => {
      const rho = spearman(
        rows.map((row) => data.numeric.get(name)![row]!),
        delay,
      );
      return Math.abs(rho) >= SAME_ORDER
        ? [
            statistical(
              'decision-delay',
              `follows the days until the outcome became known (rank correlation ${rho.toFixed(3)})`,
              name,
            ),
          ]
        : [];
    });
  },
};

const amountCorrelation: LeakageCheck = {
  id: 'amount-correlation',
  looksFor: 'a feature that follows the amount that was found',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context).filter((row) => data.label[row] === 1 && data.amountOre[row]! > 0);
    if (rows.length < MIN_ROWS || new Set(rows.map((row) => data.amountOre[row])).size < MIN_ROWS) return [];
    return numericColumns(context).flatMap(({ name }) => {
      const rho = spearman(
        rows.map((row) => data.numeric.get(name)![row]!),
        rows.map((row) => data.amountOre[row]!),
      );
      return Math.abs(rho) >= SAME_ORDER
        ? [
            statistical(
              'amount-correlation',
              `follows the amount found (rank correlation ${rho.toFixed(3)} over ${rows.length} findings)`,
              name,
            ),
          ]
        : [];
    });
  },
};

export const STATISTICAL_CHECKS: readonly LeakageCheck[] = [
  suspiciousFeature,
  informativeMissingness,
  orderedIds('row-order', 'row ids', ({ data }, row) => data.rowId[row]!),
  orderedIds('entity-order', 'entity ids', ({ data }, row) => data.entity[row]!),
  decisionDelay,
  amountCorrelation,
];
