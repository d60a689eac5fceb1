import { Rng } from '../../domain/rng';
import type { MatrixData } from '../../domain/schemas/matrix';

/**
 * PU bagging (bagging of positive and unlabeled rows: Mordelet and Vert 2014, doi 10.1016/j.patrec.2013.06.010).
 * Unlabeled providers are added to a fit as negatives, another sample of them for each member. Providers get a label by
 * a control case, and cases are not opened at random, so labeled rows alone do not show a model what an ordinary
 * provider looks like. Few unlabeled providers would have a finding, and the bags average out the error of those that
 * would.
 */
export interface PuBagging {
  /** Unlabeled providers sampled for each finding among the rows they are added to. */
  readonly unlabeledPerPositive: number;
  /** Samples for a family without members of its own; the members of a network are its bags. */
  readonly bags: number;
}

/** A matrix with unlabeled rows appended. */
export interface WithUnlabeled {
  readonly data: MatrixData;
  readonly unlabeledRows: readonly number[];
}

/** Unlabeled rows added to the rows of a fit. */
export interface SampledUnlabeled {
  /** A sample for each member: for the first fit (`inner`), and for the refit on all rows. */
  readonly bags: readonly { readonly inner: readonly number[]; readonly all: readonly number[] }[];
  /** The same for every family and member, so that validation losses can be compared. */
  readonly validation: readonly number[];
}

/**
 * Appends the population's unlabeled providers to the matrix, as negatives. Unlabeled is a provider without a control
 * case up to the population's as-of day. A later case is no reason to leave a provider out: it was not known then.
 * @param training rows of the fit; their providers are left out too
 */
export function appendUnlabeled(data: MatrixData, training: readonly number[], population: MatrixData): WithUnlabeled {
  const asOf = population.asOf[0] ?? '';
  const labeled = new Set([
    ...training.map((row) => data.entity[row]!),
    ...data.entity.filter((_, row) => data.asOf[row]! <= asOf),
  ]);
  const added = Array.from({ length: population.n }, (_, row) => row).filter(
    (row) => !labeled.has(population.entity[row]!),
  );
  return {
    data: appendRows(data, population, added),
    unlabeledRows: added.map((_, i) => data.n + i),
  };
}

/** The matrix, followed by the given rows of the population with label 0 and no amount. */
function appendRows(data: MatrixData, population: MatrixData, rows: readonly number[]): MatrixData {
  const numbers = (own: Float64Array, valueOf: (row: number) => number): Float64Array => {
    const out = new Float64Array(data.n + rows.length);
    out.set(own);
    rows.forEach((row, i) => (out[data.n + i] = valueOf(row)));
    return out;
  };
  const texts = (own: readonly string[], others: readonly string[] | undefined) => [
    ...own,
    ...rows.map((row) => others?.[row] ?? ''),
  ];
  const numeric = [...data.numeric].map(([name, own]) => {
    const others = population.numeric.get(name);
    return [name, numbers(own, (row) => others?.[row] ?? Number.NaN)] as const;
  });
  const categorical = [...data.categorical].map(
    ([name, own]) => [name, texts(own, population.categorical.get(name))] as const,
  );
  return {
    n: data.n + rows.length,
    rowId: [...data.rowId, ...rows.map((row) => `unlabeled/${population.rowId[row]!}`)],
    entity: texts(data.entity, population.entity),
    asOf: texts(data.asOf, population.asOf),
    group: texts(data.group, population.group),
    label: numbers(data.label, () => 0),
    labelKnownOn: [...data.labelKnownOn, ...rows.map(() => undefined)],
    amountOre: numbers(data.amountOre, () => Number.NaN),
    numeric: new Map(numeric),
    categorical: new Map(categorical),
  };
}

/** Part of the random seed: another text gives other samples, so published results depend on it. */
const SEED_KEY = 'never-controlled';

/** Number of findings among the rows of the first fit, the validation rows, and all rows. */
interface FindingCounts {
  readonly inner: number;
  readonly validation: number;
  readonly all: number;
}

/** Samples by seed. A provider in the validation sample is in no first fit, as with labeled rows. */
export function sampleUnlabeled(
  unlabeledRows: readonly number[],
  findings: FindingCounts,
  unlabeledPerPositive: number,
  bags: number,
  seed: number,
): SampledUnlabeled {
  const shuffled = (rows: readonly number[], ...key: (string | number)[]) =>
    new Rng(SEED_KEY, seed, ...key).shuffle(rows);
  const countFor = (positives: number) => Math.round(unlabeledPerPositive * positives);
  const order = shuffled(unlabeledRows, 'validation');
  const validationRows = Math.min(countFor(findings.validation), Math.floor(unlabeledRows.length / 5));
  const rest = order.slice(validationRows);
  return {
    bags: Array.from({ length: bags }, (_, bag) => ({
      inner: shuffled(rest, bag, 'inner').slice(0, countFor(findings.inner)),
      all: shuffled(unlabeledRows, bag, 'all').slice(0, countFor(findings.all)),
    })),
    validation: order.slice(0, validationRows),
  };
}
