import type { Tensor2D } from '@tensorflow/tfjs';
import type { EmbeddingSpec } from '../../domain/families';
import type { Tf } from '../backend';
import type { InitContext, Parameter, Tensors } from './network';

/** Interpolated quantiles of equal values differ in the last bit: bins narrower than this are merged. */
const NARROWEST_BIN = 1e-3;
const FAR = 1e9;

/** How many columns the inputs have after the embedding. */
export const embeddedWidth = (width: number, parameters: readonly Parameter[]): number =>
  width +
  parameters.reduce(
    (sum, { name, shape }) =>
      sum + (name === 'ple.low' ? shape[1]! : name === 'periodic.frequency' ? 2 * shape[1]! : 0),
    0,
  );

/** Arrays of the embedding: bin edges counted on the training rows, or frequencies to be trained. */
export function embeddingParameters(spec: EmbeddingSpec, initContext: InitContext): Parameter[] {
  if (spec.kind === 'none') return [];
  const columns = initContext.inputs.flatMap(({ kind }, column) => (kind === 'value' ? [column] : []));
  if (columns.length === 0) return [];
  if (spec.kind === 'periodic') {
    const each = columns.flatMap((column) => Array.from({ length: spec.frequencies }, () => column));
    const frequencies = Float32Array.from(each, () => spec.sigma * heldNormal(initContext));
    return [
      { name: 'periodic.column', shape: [each.length], values: Float32Array.from(each), kind: 'constant' },
      { name: 'periodic.frequency', shape: [1, each.length], values: frequencies, kind: 'free' },
    ];
  }
  return piecewiseLinear(spec.bins, initContext, columns);
}

/** Standard normal within three: a wild frequency would stay wild. */
function heldNormal({ rng }: InitContext): number {
  const value = rng.normal();
  return Math.max(-3, Math.min(3, value));
}

/** Bins of equal counts over each number. A number's place in a bin is 0 before it, 1 after it, and linear within. */
function piecewiseLinear(bins: number, { train }: InitContext, columns: readonly number[]): Parameter[] {
  const all = columns.flatMap((column) => {
    const sorted = Float32Array.from(train.y, (_, row) => train.x[row * train.width + column]!).sort();
    const edges: number[] = [];
    for (let bin = 0; bin <= bins; bin++) {
      const edge = sorted[Math.round((bin / bins) * (sorted.length - 1))]!;
      if (edges.length === 0 || edge - edges.at(-1)! > NARROWEST_BIN) edges.push(edge);
    }
    const count = edges.length - 1;
    return Array.from({ length: count }, (_, bin) => ({
      column,
      low: edges[bin]!,
      width: edges[bin + 1]! - edges[bin]!,
      floor: bin === 0 ? -FAR : 0,
      ceiling: bin === count - 1 ? FAR : 1,
    }));
  });
  const constant = (
    name: string,
    of: (bin: (typeof all)[number]) => number,
    shape: number[] = [1, all.length],
  ): Parameter => ({ name, shape, kind: 'constant', values: Float32Array.from(all, of) });
  return [
    constant('ple.column', (bin) => bin.column, [all.length]),
    constant('ple.low', (bin) => bin.low),
    constant('ple.width', (bin) => bin.width),
    constant('ple.floor', (bin) => bin.floor),
    constant('ple.ceiling', (bin) => bin.ceiling),
  ];
}

/** Whether inputs are widened at all. */
export const isWidened = (tensors: Tensors): boolean =>
  (tensors['ple.column'] ?? tensors['periodic.column']) !== undefined;

/** Inputs and their embedding side by side. */
export function embed(tf: Tf, tensors: Tensors, x: Tensor2D): Tensor2D {
  const columns = tensors['ple.column'] ?? tensors['periodic.column'];
  if (!columns) return x;
  const values = tf.gather(x, tf.cast(columns, 'int32'), 1);
  if (tensors['ple.low']) {
    const place = tf.div<Tensor2D>(tf.sub(values, tensors['ple.low']), tensors['ple.width']!);
    return tf.concat([x, tf.minimum<Tensor2D>(tf.maximum(place, tensors['ple.floor']!), tensors['ple.ceiling']!)], 1);
  }
  const angle = tf.mul<Tensor2D>(tf.mul(values, tensors['periodic.frequency']!), 2 * Math.PI);
  return tf.concat([x, tf.cos(angle), tf.sin(angle)], 1);
}
