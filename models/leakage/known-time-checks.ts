import { countWithExample, labeledRows, type LeakageCheck, structural } from './types';

const futureRows: LeakageCheck = {
  id: 'future-rows',
  looksFor: 'rows with an as-of date after the data were extracted',
  run: ({ data, knownUntil }) => {
    if (!knownUntil) return [];
    const late = data.asOf.flatMap((day, row) => (day > knownUntil ? [row] : []));
    if (late.length === 0) return [];
    const rows = countWithExample(late, (row) => `${data.rowId[row]} as of ${data.asOf[row]}`);
    return [structural('future-rows', `rows after ${knownUntil}: ${rows}`)];
  },
};

const futureLabels: LeakageCheck = {
  id: 'future-labels',
  looksFor: 'outcomes known after the data were extracted',
  run: ({ data, knownUntil }) => {
    if (!knownUntil) return [];
    const late = data.labelKnownOn.flatMap((day, row) => (day !== undefined && day > knownUntil ? [row] : []));
    if (late.length === 0) return [];
    const rows = countWithExample(late, (row) => `${data.rowId[row]} on ${data.labelKnownOn[row]}`);
    return [structural('future-labels', `outcomes known after ${knownUntil}: ${rows}`)];
  },
};

const outcomesBeforeFeatures: LeakageCheck = {
  id: 'outcomes-before-features',
  looksFor: 'outcomes known before the as-of date of the features',
  run: (context) => {
    const { data } = context;
    const early = labeledRows(context).filter((row) => (data.labelKnownOn[row] ?? data.asOf[row]!) < data.asOf[row]!);
    if (early.length === 0) return [];
    const rows = countWithExample(
      early,
      (row) => `${data.rowId[row]} on ${data.labelKnownOn[row]}, as of ${data.asOf[row]}`,
    );
    return [structural('outcomes-before-features', `outcomes known before the row's as-of date: ${rows}`)];
  },
};

export const KNOWN_TIME_CHECKS: readonly LeakageCheck[] = [futureRows, futureLabels, outcomesBeforeFeatures];
