import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Rng } from '../../domain/rng';
import type { Tf } from '../backend';
import type { InputColumn } from '../preprocessing/encoder';
import type { Masks } from './dropout-masks';

/** One array of a fitted model: plain data with a name and a shape. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An array before training. Constants (bin edges) are learnt by counting, not by gradients. */
export interface Parameter extends NamedTensor {
  /** `weight` is trained and decayed, `free` is trained and not decayed, `constant` stays. */
  readonly kind: 'weight' | 'free' | 'constant';
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** Rows on their way into a network: row-major inputs, outcomes 0 or 1. */
export interface Rows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: number;
}

/** What a network is begun from: training rows (for edges and scales), what each input column is, the base rate as a logit. */
export interface InitContext {
  readonly rng: Rng;
  readonly train: Rows;
  readonly inputs: readonly InputColumn[];
  readonly baseLogit: number;
}

/**
 * A differentiable family. `forward` reads everything from the tensors' names and shapes, so that a stored model needs
 * no settings to be scored.
 */
export interface Network {
  /** Whether an array speaks of the outcome: begun anew where the others were trained on something else before. */
  isHead?(name: string): boolean;
  initial(initContext: InitContext): Parameter[];
  /** @returns logits, rows × members that share weights (1 for a plain network) */
  forward(tf: Tf, tensors: Tensors, x: Tensor2D, masks?: Masks): Tensor2D;
}

/** Tensors by name; the caller disposes them. */
export const toTensors = (tf: Tf, named: readonly NamedTensor[]): Record<string, Tensor> =>
  Object.fromEntries(named.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])]));

export const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Uniform in ±1/√(inputs), drawn by our own generator: tfjs ignores some seeds. */
export function uniform(
  rng: Rng,
  name: string,
  shape: readonly number[],
  inputs: number,
  kind: Parameter['kind'] = 'weight',
): Parameter {
  const bound = 1 / Math.sqrt(inputs);
  return { name, shape, kind, values: Float32Array.from({ length: size(shape) }, () => (2 * rng.next() - 1) * bound) };
}

export const filled = (
  name: string,
  shape: readonly number[],
  value: number,
  kind: Parameter['kind'] = 'free',
): Parameter => ({
  name,
  shape,
  kind,
  values: new Float32Array(size(shape)).fill(value),
});
