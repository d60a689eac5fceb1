import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Rng } from '../../domain/rng';
import type { Tf } from '../backend';
import type { InputColumn } from '../preprocessing/encoder';
import type { DropoutMasks } from './dropout-masks';

/** One array of a fitted model: plain data with a name and a shape. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An array before training. */
export interface Parameter extends NamedTensor {
  /** `weight`: trained, with weight decay. `free`: trained, no decay. `constant`: not trained (bin edges). */
  readonly kind: 'weight' | 'free' | 'constant';
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** Encoded rows: inputs row by row (rows × width), and outcomes 0 or 1. */
export interface DenseRows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: number;
}

/** What initialization may use: training rows (bin edges, scales), the input columns, the base rate as a logit. */
export interface InitContext {
  readonly rng: Rng;
  readonly train: DenseRows;
  readonly inputs: readonly InputColumn[];
  readonly baseLogit: number;
}

/**
 * A differentiable model. `forward` reads everything from the names and shapes of the tensors, so a stored model needs
 * no settings to score.
 */
export interface Network {
  /** True for parameters of the output head; they are re-initialized after pretraining. */
  isHeadParameter?(name: string): boolean;
  initial(initContext: InitContext): Parameter[];
  /** @returns logits, rows × submodels (one column for a plain network) */
  forward(tf: Tf, tensors: Tensors, x: Tensor2D, masks?: DropoutMasks): Tensor2D;
}

/** How the inputs of each row add up to its score, in logits: score = base + Σ contributions. */
export interface RowContributions {
  readonly scores: ArrayLike<number>;
  /** Score of the attribution baseline. */
  readonly base: number;
  /** Contribution of each input column, rows × width. */
  readonly columns: Float64Array;
}

/** Tensors by name; the caller disposes them. */
export const toTensors = (tf: Tf, named: readonly NamedTensor[]): Record<string, Tensor> =>
  Object.fromEntries(named.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])]));

/** Number of elements. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Uniform in ±1/√fanIn, drawn by our own generator: tfjs ignores some seeds. */
export function uniformParameter(
  rng: Rng,
  name: string,
  shape: readonly number[],
  fanIn: number,
  kind: Parameter['kind'] = 'weight',
): Parameter {
  const bound = 1 / Math.sqrt(fanIn);
  const values = Float32Array.from({ length: sizeOf(shape) }, () => (2 * rng.next() - 1) * bound);
  return { name, shape, kind, values };
}

/** Every element has the same value. */
export const constantParameter = (
  name: string,
  shape: readonly number[],
  value: number,
  kind: Parameter['kind'] = 'free',
): Parameter => ({ name, shape, kind, values: new Float32Array(sizeOf(shape)).fill(value) });
