import { Rng } from '../../domain/rng';
import type { MatrixData } from '../../domain/schemas/matrix';

/**
 * Providers that were never controlled, fitted beside the controlled ones as without a finding, another draw of them for each
 * member of a fit. Who was controlled was not drawn at random, so the controlled alone do not show a model what an ordinary
 * provider looks like. Few of the others would have a finding, and the bags share the error that those make (bagging of
 * positive and unlabelled rows: Mordelet and Vert 2014, doi 10.1016/j.patrec.2013.06.010).
 */
export interface PuBagging {
  /** Providers drawn for each finding among the rows that they stand beside. */
  readonly unlabeledPerPositive: number;
  /** Draws of a family without members of its own; a network's members are its bags. */
  readonly bags: number;
}

/** Rows of a joined matrix: those that were there, and never controlled providers after them. */
export interface WithUnlabeled {
  readonly data: MatrixData;
  /** Rows of never controlled providers. */
  readonly pool: readonly number[];
}

/** Rows of the parts of a fit that stand beside its controlled rows. */
export interface SampledUnlabeled {
  /** A draw for each member: to fit and be validated, and to fit anew on all rows. */
  readonly bags: readonly { readonly inner: readonly number[]; readonly all: readonly number[] }[];
  /** The same for every family and member, so that validation losses can be compared. */
  readonly validation: readonly number[];
}

/**
 * Puts everybody who was never controlled, as far as was known on the day of `everybody`, after the rows of the matrix, as
 * without a finding. Controlled later or about to be is no ground for leaving somebody out: that was not known.
 * @param training rows that fit; their providers are left out too
 */
export function appendUnlabeled(data: MatrixData, training: readonly number[], population: MatrixData): WithUnlabeled {
  const day = population.asOf[0] ?? '';
  const controlled = new Set([
    ...training.map((row) => data.entity[row]!),
    ...data.entity.filter((_, row) => data.asOf[row]! <= day),
  ]);
  const rows = Array.from({ length: population.n }, (_, row) => row).filter(
    (row) => !controlled.has(population.entity[row]!),
  );
  const numbers = (own: Float64Array, others: (row: number) => number): Float64Array => {
    const out = new Float64Array(data.n + rows.length);
    out.set(own);
    rows.forEach((row, i) => (out[data.n + i] = others(row)));
    return out;
  };
  const words = (own: readonly string[], others: readonly string[] | undefined) => [
    ...own,
    ...rows.map((row) => others?.[row] ?? ''),
  ];
  return {
    data: {
      n: data.n + rows.length,
      rowId: words(
        data.rowId,
        population.rowId.map((id) => `never-controlled/${id}`),
      ),
      entity: words(data.entity, population.entity),
      asOf: words(data.asOf, population.asOf),
      group: words(data.group, population.group),
      label: numbers(data.label, () => 0),
      labelKnownOn: [...data.labelKnownOn, ...rows.map(() => undefined)],
      amountOre: numbers(data.amountOre, () => Number.NaN),
      numeric: new Map(
        [...data.numeric].map(([name, own]) => [
          name,
          numbers(own, (row) => population.numeric.get(name)?.[row] ?? Number.NaN),
        ]),
      ),
      categorical: new Map(
        [...data.categorical].map(([name, own]) => [name, words(own, population.categorical.get(name))]),
      ),
    },
    pool: rows.map((_, i) => data.n + i),
  };
}

/** How many findings there are among the rows that fit, that validate, and among all that the final fit takes. */
interface Findings {
  readonly inner: number;
  readonly validation: number;
  readonly all: number;
}

/** Draws from the pool, by seed; nobody who validates is drawn for a fit that is validated. */
export function sampleUnlabeled(
  pool: readonly number[],
  findings: Findings,
  unlabeledPerPositive: number,
  bags: number,
  seed: number,
): SampledUnlabeled {
  const shuffled = (rows: readonly number[], ...key: (string | number)[]) =>
    new Rng('never-controlled', seed, ...key).shuffle(rows);
  const count = (of: number) => Math.round(unlabeledPerPositive * of);
  const order = shuffled(pool, 'validation');
  const validates = Math.min(count(findings.validation), Math.floor(pool.length / 5));
  const rest = order.slice(validates);
  return {
    bags: Array.from({ length: bags }, (_, draw) => ({
      inner: shuffled(rest, draw, 'inner').slice(0, count(findings.inner)),
      all: shuffled(pool, draw, 'all').slice(0, count(findings.all)),
    })),
    validation: order.slice(0, validates),
  };
}
