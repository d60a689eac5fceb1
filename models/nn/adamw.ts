import type { Rank, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend';

export interface AdamWSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Gradients with a larger norm are scaled down to it. */
  readonly maxGradientNorm: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * AdamW (Loshchilov and Hutter 2019): weight decay apart from the gradient, only for the variables marked `decayed`.
 * All variables are one long vector here, so a step is a dozen operations however many layers there are.
 */
export class AdamW {
  #step = 0;
  #values: Tensor1D;
  #mean: Tensor1D;
  #square: Tensor1D;
  readonly #keep: Tensor1D;

  constructor(
    private readonly tf: Tf,
    private readonly variables: readonly Variable[],
    decayed: readonly boolean[],
    private readonly settings: AdamWSettings,
  ) {
    const total = variables.reduce((sum, variable) => sum + variable.size, 0);
    const keep = new Float32Array(total);
    let at = 0;
    variables.forEach((variable, i) => {
      keep.fill(decayed[i] ? 1 - settings.learningRate * settings.weightDecay : 1, at, at + variable.size);
      at += variable.size;
    });
    this.#keep = tf.tensor1d(keep);
    this.#values = tf.tidy(() => tf.concat(variables.map((variable) => tf.reshape<Rank.R1>(variable, [-1]))));
    [this.#mean, this.#square] = [tf.zeros([total]), tf.zeros([total])];
  }

  /** @param gradients in the order of the variables */
  step(gradients: readonly Tensor[]): void {
    const { tf, settings } = this;
    this.#step++;
    const next = tf.tidy(() => {
      const raw = tf.concat(gradients.map((gradient) => tf.reshape<Rank.R1>(gradient, [-1])));
      const norm = tf.sqrt(tf.sum(tf.square(raw)));
      const gradient = tf.mul<Tensor1D>(raw, tf.minimum(1, tf.div(settings.maxGradientNorm, tf.add(norm, 1e-12))));
      const mean = tf.add<Tensor1D>(tf.mul(this.#mean, BETA1), tf.mul(gradient, 1 - BETA1));
      const square = tf.add<Tensor1D>(tf.mul(this.#square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2));
      const root = tf.add(tf.sqrt(tf.mul(square, 1 / (1 - BETA2 ** this.#step))), EPSILON);
      const move = tf.div(tf.mul(mean, settings.learningRate / (1 - BETA1 ** this.#step)), root);
      const values = tf.sub<Tensor1D>(tf.mul(this.#values, this.#keep), move);
      let at = 0;
      for (const variable of this.variables) {
        variable.assign(tf.reshape(tf.slice(values, at, variable.size), variable.shape));
        at += variable.size;
      }
      // Kept: the caller may run this inside a tidy of its own.
      return { mean: tf.keep(mean), square: tf.keep(square), values: tf.keep(values) };
    });
    tf.dispose([this.#values, this.#mean, this.#square]);
    [this.#values, this.#mean, this.#square] = [next.values, next.mean, next.square];
  }

  dispose(): void {
    this.tf.dispose([this.#values, this.#mean, this.#square, this.#keep]);
  }
}
