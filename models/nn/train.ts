import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { TrainingSettings } from '../../domain/families/network-settings';
import { Rng } from '../../domain/rng';
import type { Tf } from '../backend';
import type { InputColumn } from '../preprocessing/encoder';
import { AdamW } from './adamw';
import { DropoutMasks } from './dropout-masks';
import { logLossOfLogits, trainingLoss } from './loss';
import { type DenseRows, type NamedTensor, type Network, type Parameter, toTensors } from './network';
import { networkLogits } from './predict';

export interface TrainedNetwork {
  readonly tensors: readonly NamedTensor[];
  /** Epochs that the returned weights were trained for. */
  readonly epochs: number;
  /** Mean log loss on the validation rows; undefined without any. */
  readonly validationLoss: number | undefined;
}

/** Where training starts and when it stops. */
export interface TrainingSchedule {
  /** Weights from pretraining; all but the head are kept. */
  readonly pretrainedWeights?: readonly NamedTensor[] | undefined;
  /** Epochs at most, or exactly without validation rows. */
  readonly epochs: number;
  /** Rows for early stopping. */
  readonly validation?: DenseRows | undefined;
}

/** Largest norm of a gradient: longer ones are scaled down. */
const MAX_GRADIENT_NORM = 1;

/** Selected rows of a row-major array. */
function selectRows(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/**
 * The pretrained value of a parameter, with its shape: bin edges follow from the rows that were pretrained on, and the
 * weights behind them have as many inputs as there are bins. Head parameters keep their own initial value.
 * @throws Error where the pretrained network lacks it; impossible, since settings and encoder are the same
 */
function withPretrained(network: Network, initial: Parameter, weights: readonly NamedTensor[] | undefined): Parameter {
  if (!weights || network.isHeadParameter?.(initial.name)) return initial;
  const pretrained = weights.find(({ name }) => name === initial.name);
  if (!pretrained) throw new Error(`the pretrained network has no parameter ${initial.name}`);
  return { ...initial, shape: pretrained.shape, values: pretrained.values };
}

/** Initial parameters: biases of the head start at the base rate of the training rows. */
function initialParameters(
  network: Network,
  rng: Rng,
  train: DenseRows,
  inputs: readonly InputColumn[],
  pretrainedWeights: TrainingSchedule['pretrainedWeights'],
): Parameter[] {
  const rate = Math.min(0.999, Math.max(0.001, train.y.reduce((sum, y) => sum + y, 0) / train.y.length));
  return network
    .initial({ rng, train, inputs, baseLogit: Math.log(rate / (1 - rate)) })
    .map((parameter) => withPretrained(network, parameter, pretrainedWeights));
}

/** A network in training: its tensors, and one pass of AdamW over the rows. */
class Trainer {
  readonly #tensors: Record<string, Tensor>;
  readonly #variables: Variable[];
  readonly #optimizer: AdamW;
  readonly #masks: DropoutMasks;

  constructor(
    private readonly tf: Tf,
    private readonly network: Network,
    private readonly settings: TrainingSettings,
    private readonly parameters: readonly Parameter[],
    rng: Rng,
  ) {
    this.#tensors = toTensors(tf, parameters);
    const trained = parameters.filter(({ kind }) => kind !== 'constant');
    for (const { name } of trained) {
      const start = this.#tensors[name]!;
      this.#tensors[name] = tf.variable(start);
      start.dispose();
    }
    this.#variables = trained.map(({ name }) => this.#tensors[name] as Variable);
    const decayed = trained.map(({ kind }) => kind === 'weight');
    this.#optimizer = new AdamW(tf, this.#variables, decayed, { ...settings, maxGradientNorm: MAX_GRADIENT_NORM });
    this.#masks = new DropoutMasks(rng, settings.dropout);
  }

  /** One optimizer step for each mini-batch, in the given order of rows. */
  runEpoch(train: DenseRows, order: Int32Array): void {
    const { tf, network, settings } = this;
    for (let at = 0; at < order.length; at += settings.batchSize) {
      const batch = order.subarray(at, at + settings.batchSize);
      tf.tidy(() => {
        const x = tf.tensor2d(selectRows(train.x, train.width, batch), [batch.length, train.width]);
        const y = tf.tensor2d(selectRows(train.y, 1, batch), [batch.length, 1]);
        const { grads } = tf.variableGrads(
          () => trainingLoss(tf, settings.loss, network.forward(tf, this.#tensors, x, this.#masks), y),
          this.#variables,
        );
        this.#optimizer.step(this.#variables.map((variable) => grads[variable.name]!));
      });
    }
  }

  /** Mean log loss. */
  validate({ x, y, width }: DenseRows): number {
    return logLossOfLogits(networkLogits(this.tf, this.network, this.#tensors, x, width), y);
  }

  /** Copies of the present values. */
  values(): NamedTensor[] {
    return this.parameters.map(({ name, shape }) => ({
      name,
      shape,
      values: Float32Array.from(this.#tensors[name]!.dataSync()),
    }));
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.tf.dispose(Object.values(this.#tensors));
  }
}

/**
 * Trains one network by AdamW on mini-batches in a seeded order. With validation rows it stops after `patience` epochs
 * without a better loss and returns the weights of the best epoch; without them it runs all epochs and returns the last
 * weights. The same arguments give the same bytes on the same runtime. Leaves no tensor behind.
 */
export function trainNetwork(
  tf: Tf,
  network: Network,
  settings: TrainingSettings,
  train: DenseRows,
  inputs: readonly InputColumn[],
  { pretrainedWeights, epochs, validation }: TrainingSchedule,
  ...seed: readonly (string | number)[]
): TrainedNetwork {
  const rng = new Rng('network', ...seed);
  const parameters = initialParameters(network, rng, train, inputs, pretrainedWeights);
  const trainer = new Trainer(tf, network, settings, parameters, rng);
  const order = Int32Array.from({ length: train.y.length }, (_, i) => i);
  let best: { tensors: NamedTensor[]; loss: number; epoch: number } | undefined;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      rng.shuffleInPlace(order);
      trainer.runEpoch(train, order);
      if (!validation) continue;
      const loss = trainer.validate(validation);
      if (!best || loss < best.loss) best = { tensors: trainer.values(), loss, epoch };
      else if (epoch - best.epoch >= settings.patience) break;
    }
    return best
      ? { tensors: best.tensors, epochs: best.epoch, validationLoss: best.loss }
      : { tensors: trainer.values(), epochs, validationLoss: undefined };
  } finally {
    trainer.dispose();
  }
}
