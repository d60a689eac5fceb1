import type { Tensor2D } from '@tensorflow/tfjs';
import type { EmbeddingSpec } from '../../domain/families/network-settings';
import type { Tf } from '../backend';
import type { InitContext, Parameter, Tensors } from './network';

/** Interpolated quantiles of equal values may differ in the last bit: narrower bins are merged. */
const MIN_BIN_WIDTH = 1e-3;
/** Stands for infinity: the outermost bins are not clipped. */
const UNBOUNDED = 1e9;
/** Frequencies are drawn within so many standard deviations. */
const MAX_DEVIATIONS = 3;

/** Number of columns after the embedding: the inputs themselves, followed by the embedded ones. */
export const embeddedWidth = (width: number, parameters: readonly Parameter[]): number =>
  width +
  parameters.reduce(
    (sum, { name, shape }) =>
      sum + (name === 'ple.low' ? shape[1]! : name === 'periodic.frequency' ? 2 * shape[1]! : 0),
    0,
  );

/** Parameters of the embedding: bin edges from the training rows (constant), or frequencies (trained). */
export function embeddingParameters(spec: EmbeddingSpec, initContext: InitContext): Parameter[] {
  if (spec.kind === 'none') return [];
  const columns = initContext.inputs.flatMap(({ kind }, column) => (kind === 'value' ? [column] : []));
  if (columns.length === 0) return [];
  if (spec.kind === 'periodic') {
    const each = columns.flatMap((column) => Array.from({ length: spec.frequencies }, () => column));
    const frequencies = Float32Array.from(each, () => spec.sigma * clippedNormal(initContext));
    return [
      { name: 'periodic.column', shape: [each.length], values: Float32Array.from(each), kind: 'constant' },
      { name: 'periodic.frequency', shape: [1, each.length], values: frequencies, kind: 'free' },
    ];
  }
  return piecewiseLinear(spec.bins, initContext, columns);
}

/** A standard normal draw, clipped: training hardly moves an extreme frequency. */
function clippedNormal({ rng }: InitContext): number {
  const value = rng.normal();
  return Math.max(-MAX_DEVIATIONS, Math.min(MAX_DEVIATIONS, value));
}

/** Quantile bins of each numeric input. The encoding of a bin is 0 below it, 1 above it, and linear within. */
function piecewiseLinear(bins: number, { train }: InitContext, columns: readonly number[]): Parameter[] {
  const allBins = columns.flatMap((column) => {
    const sorted = Float32Array.from(train.y, (_, row) => train.x[row * train.width + column]!).sort();
    const edges: number[] = [];
    for (let bin = 0; bin <= bins; bin++) {
      const edge = sorted[Math.round((bin / bins) * (sorted.length - 1))]!;
      if (edges.length === 0 || edge - edges.at(-1)! > MIN_BIN_WIDTH) edges.push(edge);
    }
    const count = edges.length - 1;
    return Array.from({ length: count }, (_, bin) => ({
      column,
      low: edges[bin]!,
      width: edges[bin + 1]! - edges[bin]!,
      floor: bin === 0 ? -UNBOUNDED : 0,
      ceiling: bin === count - 1 ? UNBOUNDED : 1,
    }));
  });
  const constant = (
    name: string,
    of: (bin: (typeof allBins)[number]) => number,
    shape: number[] = [1, allBins.length],
  ): Parameter => ({ name, shape, kind: 'constant', values: Float32Array.from(allBins, of) });
  return [
    constant('ple.column', (bin) => bin.column, [allBins.length]),
    constant('ple.low', (bin) => bin.low),
    constant('ple.width', (bin) => bin.width),
    constant('ple.floor', (bin) => bin.floor),
    constant('ple.ceiling', (bin) => bin.ceiling),
  ];
}

/** Whether a stored network has an embedding. */
export const hasEmbedding = (tensors: Tensors): boolean =>
  (tensors['ple.column'] ?? tensors['periodic.column']) !== undefined;

/** The inputs, followed by their embedding. */
export function embed(tf: Tf, tensors: Tensors, x: Tensor2D): Tensor2D {
  const columns = tensors['ple.column'] ?? tensors['periodic.column'];
  if (!columns) return x;
  const values = tf.gather(x, tf.cast(columns, 'int32'), 1);
  if (tensors['ple.low']) {
    const position = tf.div<Tensor2D>(tf.sub(values, tensors['ple.low']), tensors['ple.width']!);
    return tf.concat(
      [x, tf.minimum<Tensor2D>(tf.maximum(position, tensors['ple.floor']!), tensors['ple.ceiling']!)],
      1,
    );
  }
  const angle = tf.mul<Tensor2D>(tf.mul(values, tensors['periodic.frequency']!), 2 * Math.PI);
  return tf.concat([x, tf.cos(angle), tf.sin(angle)], 1);
}
