import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import type { Tf } from '../../backend';
import { filled, type NamedTensor, type Network, type Parameter, type Rows, type Tensors } from '../../nn/network';
import { weighedSums } from '../../nn/relu-dropout';
import type { InputColumn } from '../../preprocessing/encoder';

/** Columns whose pairs are looked at, strongest first: 16 give 120 pairs. */
const SCREENED = 16;
/** Cuts of each column when pairs are looked for. */
const CELLS = 4;

/**
 * Neural additive model (Agarwal et al. 2021) with chosen pairs: logit = bias + Σ curve(feature) + Σ surface(pair). Each
 * curve is a small ReLU network of one number, so what a feature adds is exact. Flags and categories add a weight each.
 */
export const additive = (
  spec?: Pick<SpecOf<'additive'>, 'units'>,
  pairs: readonly (readonly [number, number])[] = [],
): Network => ({
  initial({ rng, inputs, baseLogit }) {
    const { units } = spec!;
    const values = columnsOf(inputs, (kind) => kind === 'value');
    const rest = columnsOf(inputs, (kind) => kind !== 'value');
    const curves = values.length * units;
    // Knots spread over the range of a standard normal, slopes both ways: a curve can bend anywhere from the start.
    const knot = (i: number) => -2 + (4 * ((i % units) + 0.5)) / units;
    const sign = (i: number) => (i % 2 === 0 ? 1 : -1);
    const small = (n: number, scale: number) => Float32Array.from({ length: n }, () => scale * rng.normal());
    const surfaces = pairs.length * units;
    const constant = (name: string, columns: readonly number[]): Parameter => ({
      name,
      shape: [columns.length],
      values: Float32Array.from(columns),
      kind: 'constant',
    });
    const flags: Parameter = {
      name: 'flag.weight',
      shape: [1, rest.length],
      values: new Float32Array(rest.length),
      kind: 'weight',
    };
    return [
      constant('curve.column', values),
      {
        name: 'curve.in',
        shape: [1, values.length, units],
        values: Float32Array.from({ length: curves }, (_, i) => sign(i)),
        kind: 'free',
      },
      {
        name: 'curve.knot',
        shape: [1, values.length, units],
        values: Float32Array.from({ length: curves }, (_, i) => -sign(i) * knot(i)),
        kind: 'free',
      },
      { name: 'curve.out', shape: [1, values.length, units], values: small(curves, 0.01), kind: 'weight' },
      ...(rest.length === 0 ? [] : [constant('flag.column', rest), flags]),
      ...(pairs.length === 0
        ? []
        : ([
            constant(
              'pair.first',
              pairs.map(([first]) => first),
            ),
            constant(
              'pair.second',
              pairs.map(([, second]) => second),
            ),
            { name: 'pair.in', shape: [2, pairs.length, units], values: small(2 * surfaces, 0.7), kind: 'free' },
            { name: 'pair.knot', shape: [1, pairs.length, units], values: small(surfaces, 0.7), kind: 'free' },
            { name: 'pair.out', shape: [1, pairs.length, units], values: small(surfaces, 0.01), kind: 'weight' },
          ] satisfies Parameter[])),
      filled('bias', [1, 1], baseLogit),
    ];
  },

  forward: (tf, tensors, x) => tf.add<Tensor2D>(tf.sum(additiveTerms(tf, tensors, x), 1, true), tensors['bias']!),
});

const columnsOf = (inputs: readonly InputColumn[], wanted: (kind: InputColumn['kind']) => boolean) =>
  inputs.flatMap(({ kind }, column) => (wanted(kind) ? [column] : []));

/** What each curve, flag and surface adds, rows × terms, in the order of `additiveTermColumns`. */
export function additiveTerms(tf: Tf, tensors: Tensors, x: Tensor2D): Tensor2D {
  const at = (name: string) => tf.gather(x, tf.cast(tensors[name]!, 'int32'), 1);
  const bend = (z: Tensor, out: string) => weighedSums(tf, tf.relu(z as Tensor3D), tensors[out]!);
  const curves = bend(
    tf.add(tf.mul(tf.expandDims(at('curve.column'), 2), tensors['curve.in']!), tensors['curve.knot']!),
    'curve.out',
  );
  const terms = [curves];
  if (tensors['flag.column']) terms.push(tf.mul<Tensor2D>(at('flag.column'), tensors['flag.weight']!));
  if (tensors['pair.first']) {
    const [first, second] = tf.split(tensors['pair.in'] as Tensor3D, 2, 0);
    const z = tf.add(
      tf.mul(tf.expandDims(at('pair.first'), 2), first!),
      tf.mul(tf.expandDims(at('pair.second'), 2), second!),
    );
    terms.push(bend(tf.add(z, tensors['pair.knot']!), 'pair.out'));
  }
  return terms.length === 1 ? curves : tf.concat(terms, 1);
}

/** Input columns that each term reads: one for a curve or flag, two for a surface. */
export function additiveTermColumns(tensors: readonly NamedTensor[]): (readonly number[])[] {
  const of = (name: string) => [...(tensors.find((tensor) => tensor.name === name)?.values ?? [])];
  const second = of('pair.second');
  return [
    ...of('curve.column').map((column) => [column]),
    ...of('flag.column').map((column) => [column]),
    ...of('pair.first').map((column, i) => [column, second[i]!]),
  ];
}

/**
 * Pairs worth a surface, by what the residuals of the curves still show in a table of 4 × 4 cells over each pair (the idea
 * of FAST, Lou et al. 2013): variance explained by the cells beyond rows and columns. Equal gains keep the columns' order.
 */
export function choosePairs(
  train: Rows,
  inputs: readonly InputColumn[],
  logits: ArrayLike<number>,
  count: number,
): [number, number][] {
  if (count === 0) return [];
  const residual = Float64Array.from(train.y, (y, row) => y - 1 / (1 + Math.exp(-logits[row]!)));
  const columns = columnsOf(inputs, (kind) => kind === 'value').map((column) => ({
    column,
    cells: cellsOf(train, column),
  }));
  const ranked = columns
    .map((entry) => ({ ...entry, main: explained(entry.cells, CELLS, residual, train.y) }))
    .sort((a, b) => b.main - a.main || a.column - b.column)
    .slice(0, SCREENED);
  const pairs: { pair: [number, number]; gain: number }[] = [];
  ranked.forEach((a, i) => {
    for (const b of ranked.slice(i + 1)) {
      const joint = a.cells.map((cell, row) => cell * CELLS + b.cells[row]!);
      const gain =
        explained(joint, CELLS * CELLS, residual) -
        explained(a.cells, CELLS, residual) -
        explained(b.cells, CELLS, residual);
      pairs.push({ pair: a.column < b.column ? [a.column, b.column] : [b.column, a.column], gain });
    }
  });
  return pairs
    .sort((a, b) => b.gain - a.gain || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])
    .slice(0, count)
    .map(({ pair }) => pair);
}

function cellsOf(train: Rows, column: number): Uint8Array {
  const values = Float32Array.from(train.y, (_, row) => train.x[row * train.width + column]!);
  const sorted = values.slice().sort();
  const cuts = Array.from({ length: CELLS - 1 }, (_, i) => sorted[Math.floor(((i + 1) / CELLS) * sorted.length)]!);
  return Uint8Array.from(values, (value) => cuts.filter((cut) => value >= cut).length);
}

/** Sum over cells of (sum of residuals)² / rows; with outcomes, of their distance from the mean instead. */
function explained(cells: Uint8Array, count: number, residual: Float64Array, y?: Float32Array): number {
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  const mean = y ? y.reduce((sum, value) => sum + value, 0) / y.length : 0;
  cells.forEach((cell, row) => {
    sums[cell]! += y ? y[row]! - mean : residual[row]!;
    rows[cell]!++;
  });
  return sums.reduce((total, sum, cell) => total + (rows[cell]! > 0 ? sum ** 2 / rows[cell]! : 0), 0);
}
