import { separation, spearman, stratified } from './statistics';
import { labeledRows, type LeakageCheck, type LeakageContext, type LeakageFinding } from './types';

/** What is too good to be believed without a reason. Thresholds are such that clean data of any strength pass. */

const MIN_EACH = 20;
/** A single number that ranks findings this well has never been seen in honest control data (best published: 0.86). */
const TOO_STRONG = 0.985;
const TOO_STRONG_LOWER = 0.96;
/** Two-sided chance of about 1e-9: hundreds of columns and runs make no alarm by luck. */
const Z_LIMIT = 6;
const ORDER_EFFECT = 0.1;
const SAME_ORDER = 0.98;
const PRESENT = 0.95;

const suspect = (check: string, detail: string, column?: string): LeakageFinding => ({
  check,
  severity: 'statistical',
  detail,
  ...(column === undefined ? {} : { column }),
});
const numericUsed = ({ columns }: LeakageContext) => columns.filter((column) => column.kind === 'numeric');

function enough(context: LeakageContext, rows: readonly number[]): boolean {
  const positives = rows.filter((row) => context.data.label[row] === 1).length;
  return positives >= MIN_EACH && rows.length - positives >= MIN_EACH;
}

const tooStrong: LeakageCheck = {
  id: 'too-strong',
  looksFor: `one number that ranks findings with an area under the curve of ${TOO_STRONG} or more`,
  run: (context) => {
    const { data } = context;
    return numericUsed(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const rows = labeledRows(context).filter((row) => !Number.isNaN(values[row]!));
      if (!enough(context, rows)) return [];
      const s = separation(
        rows.map((row) => values[row]!),
        rows.map((row) => data.label[row]!),
      );
      const auc = Math.max(s.auc, 1 - s.auc);
      return auc >= TOO_STRONG && auc - 3 * s.se >= TOO_STRONG_LOWER
        ? [
            suspect(
              'too-strong',
              `ranks findings with an area under the curve of ${auc.toFixed(3)} over ${rows.length} rows`,
              name,
            ),
          ]
        : [];
    });
  },
};

const missingTells: LeakageCheck = {
  id: 'missing-tells',
  looksFor: 'a value that is there for findings and missing for the rest, or the other way round',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    if (!enough(context, rows)) return [];
    return numericUsed(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const share = (label: number) => {
        const own = rows.filter((row) => data.label[row] === label);
        return own.filter((row) => !Number.isNaN(values[row]!)).length / own.length;
      };
      const [yes, no] = [share(1), share(0)];
      const tells = (yes >= PRESENT && no <= 1 - PRESENT) || (no >= PRESENT && yes <= 1 - PRESENT);
      return tells
        ? [
            suspect(
              'missing-tells',
              `has a value in ${(100 * yes).toFixed(0)} % of findings and ${(100 * no).toFixed(0)} % of the rest`,
              name,
            ),
          ]
        : [];
    });
  },
};

/** Order of ids within a day: base rates may drift with time, but not within one as-of date. */
const orderedIds = (
  id: string,
  what: string,
  keyOf: (context: LeakageContext, row: number) => string,
): LeakageCheck => ({
  id,
  looksFor: `${what} whose order tells the outcome`,
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    if (!enough(context, rows)) return [];
    const sorted = [...new Set(rows.map((row) => keyOf(context, row)))].sort((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    const place = new Map(sorted.map((key, index) => [key, index]));
    const { z, auc } = stratified(
      rows.map((row) => place.get(keyOf(context, row))!),
      rows.map((row) => data.label[row]!),
      rows.map((row) => data.asOf[row]!.slice(0, 7)),
    );
    return Math.abs(z) > Z_LIMIT && Math.abs(auc - 0.5) > ORDER_EFFECT
      ? [
          suspect(
            id,
            `within a month the order of ${what} ranks findings with an area under the curve of ${auc.toFixed(3)} (z ${z.toFixed(1)})`,
          ),
        ]
      : [];
  },
});

const decisionTimes: LeakageCheck = {
  id: 'decision-times',
  looksFor: 'a number that tells when the outcome became known',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context).filter((row) => data.labelKnownOn[row] !== undefined);
    const delay = rows.map((row) => (Date.parse(data.labelKnownOn[row]!) - Date.parse(data.asOf[row]!)) / 86_400_000);
    if (rows.length < 2 * MIN_EACH || new Set(delay).size < MIN_EACH) return [];
    return numericUsed(context).flatMap(({ name }) => {
      const rho = spearman(
        rows.map((row) => data.numeric.get(name)![row]!),
        delay,
      );
      return Math.abs(rho) >= SAME_ORDER
        ? [suspect('decision-times', `follows the days until the decision (rank correlation ${rho.toFixed(3)})`, name)]
        : [];
    });
  },
};

const amounts: LeakageCheck = {
  id: 'amounts',
  looksFor: 'a number that follows the amount that was found',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context).filter((row) => data.label[row] === 1 && data.amountOre[row]! > 0);
    if (rows.length < MIN_EACH || new Set(rows.map((row) => data.amountOre[row])).size < MIN_EACH) return [];
    return numericUsed(context).flatMap(({ name }) => {
      const rho = spearman(
        rows.map((row) => data.numeric.get(name)![row]!),
        rows.map((row) => data.amountOre[row]!),
      );
      return Math.abs(rho) >= SAME_ORDER
        ? [
            suspect(
              'amounts',
              `follows the amount found (rank correlation ${rho.toFixed(3)} over ${rows.length} findings)`,
              name,
            ),
          ]
        : [];
    });
  },
};

export const STATISTICAL_CHECKS: readonly LeakageCheck[] = [
  tooStrong,
  missingTells,
  orderedIds('row-order', 'row ids', ({ data }, row) => data.rowId[row]!),
  orderedIds('entity-order', 'entity ids', ({ data }, row) => data.entity[row]!),
  decisionTimes,
  amounts,
];
