import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import type { Tf } from '../../backend';
import { constantParameter, type InitContext, type Network, type Parameter, type Tensors } from '../../nn/network';
import { weightedSum } from '../../nn/relu-dropout';
import type { InputColumn } from '../../preprocessing/encoder';

type Pairs = readonly (readonly [number, number])[];

/**
 * Neural additive model (Agarwal et al. 2021) with selected interactions: logit = bias + Σ curve(feature) + Σ
 * surface(pair). Each curve is a small ReLU network of one number, so the contribution of a feature is exact. Flags and
 * categories add one weight each.
 * @param spec needed to initialize; a stored model is scored without
 * @param pairs input columns of each interaction term
 */
export const additive = (spec?: Pick<SpecOf<'additive'>, 'units'>, pairs: Pairs = []): Network => ({
  initial(initContext) {
    const { units } = spec!;
    return [
      ...curveParameters(initContext, units),
      ...flagParameters(initContext.inputs),
      ...pairParameters(initContext, units, pairs),
      constantParameter('bias', [1, 1], initContext.baseLogit),
    ];
  },
  forward: (tf, tensors, x) => tf.add<Tensor2D>(tf.sum(additiveTerms(tf, tensors, x), 1, true), tensors['bias']!),
});

const columnsOf = (inputs: readonly InputColumn[], isWanted: (kind: InputColumn['kind']) => boolean) =>
  inputs.flatMap(({ kind }, column) => (isWanted(kind) ? [column] : []));
/** Which input columns a group of terms reads. */
const columnIndex = (name: string, columns: readonly number[]): Parameter => ({
  name,
  shape: [columns.length],
  values: Float32Array.from(columns),
  kind: 'constant',
});
const normals = ({ rng }: InitContext, n: number, scale: number) =>
  Float32Array.from({ length: n }, () => scale * rng.normal());

/** Knots spread over the range of a standard normal, with slopes in both directions: a curve can bend anywhere. */
function curveParameters(initContext: InitContext, units: number): Parameter[] {
  const values = columnsOf(initContext.inputs, (kind) => kind === 'value');
  const size = values.length * units;
  const shape = [1, values.length, units];
  const knot = (i: number) => -2 + (4 * ((i % units) + 0.5)) / units;
  const sign = (i: number) => (i % 2 === 0 ? 1 : -1);
  const slopes = Float32Array.from({ length: size }, (_, i) => sign(i));
  const knots = Float32Array.from({ length: size }, (_, i) => -sign(i) * knot(i));
  return [
    columnIndex('curve.column', values),
    { name: 'curve.in', shape, values: slopes, kind: 'free' },
    { name: 'curve.knot', shape, values: knots, kind: 'free' },
    { name: 'curve.out', shape, values: normals(initContext, size, 0.01), kind: 'weight' },
  ];
}

function flagParameters(inputs: readonly InputColumn[]): Parameter[] {
  const columns = columnsOf(inputs, (kind) => kind !== 'value');
  if (columns.length === 0) return [];
  return [columnIndex('flag.column', columns), constantParameter('flag.weight', [1, columns.length], 0, 'weight')];
}

function pairParameters(initContext: InitContext, units: number, pairs: Pairs): Parameter[] {
  if (pairs.length === 0) return [];
  const size = pairs.length * units;
  const shape = [1, pairs.length, units];
  return [
    columnIndex(
      'pair.first',
      pairs.map(([first]) => first),
    ),
    columnIndex(
      'pair.second',
      pairs.map(([, second]) => second),
    ),
    { name: 'pair.in', shape: [2, pairs.length, units], values: normals(initContext, 2 * size, 0.7), kind: 'free' },
    { name: 'pair.knot', shape, values: normals(initContext, size, 0.7), kind: 'free' },
    { name: 'pair.out', shape, values: normals(initContext, size, 0.01), kind: 'weight' },
  ];
}

/** Contribution of each curve, flag and surface: rows × terms, in the order of `additiveTermColumns`. */
export function additiveTerms(tf: Tf, tensors: Tensors, x: Tensor2D): Tensor2D {
  const at = (name: string) => tf.gather(x, tf.cast(tensors[name]!, 'int32'), 1);
  const reluSum = (z: Tensor, out: string) => weightedSum(tf, tf.relu(z as Tensor3D), tensors[out]!);
  const curves = reluSum(
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
    terms.push(reluSum(tf.add(z, tensors['pair.knot']!), 'pair.out'));
  }
  return terms.length === 1 ? curves : tf.concat(terms, 1);
}

/**
 * Input columns that each term reads: one for a curve or flag, two for a surface.
 * @param valuesOf values of a stored tensor by its name; empty where the model has none
 */
export function additiveTermColumns(valuesOf: (name: string) => ArrayLike<number>): (readonly number[])[] {
  const second = valuesOf('pair.second');
  return [
    ...Array.from(valuesOf('curve.column'), (column) => [column]),
    ...Array.from(valuesOf('flag.column'), (column) => [column]),
    ...Array.from(valuesOf('pair.first'), (column, i) => [column, second[i]!]),
  ];
}
