import type { Tensor, Variable } from '@tensorflow/tfjs';
import { Rng } from '../../domain/rng';
import type { TrainingSettings } from '../../domain/families';
import type { Tf } from '../backend';
import type { InputColumn } from '../preprocessing/encoder';
import { AdamW } from './adamw';
import { logLossOfLogits, trainingLoss } from './loss';
import { Masks } from './dropout-masks';
import { type NamedTensor, type Network, type Parameter, type Rows, toTensors } from './network';

export interface Trained {
  readonly tensors: readonly NamedTensor[];
  readonly epochs: number;
  /** Mean log loss on the validation rows; undefined without any. */
  readonly validationLoss: number | undefined;
}

export interface Stop {
  /** Arrays of a network that was trained on something else before: all but its head are taken over. */
  readonly from?: readonly NamedTensor[] | undefined;
  readonly epochs: number;
  readonly validation?: Rows | undefined;
}

/** Rows predicted at once: bounds memory for a whole register. */
const CHUNK = 4096;
const CLIP = 1;

/** Logits of rows, the members that share weights averaged. */
export function networkLogits(
  tf: Tf,
  network: Pick<Network, 'forward'>,
  tensors: Record<string, Tensor>,
  x: Float32Array,
  width: number,
): Float32Array {
  const rows = x.length / width;
  const out = new Float32Array(rows);
  for (let at = 0; at < rows; at += CHUNK) {
    const part = x.subarray(at * width, Math.min(rows, at + CHUNK) * width);
    const logits = tf.tidy(() => {
      const z = network.forward(tf, tensors, tf.tensor2d(part, [part.length / width, width]));
      return tf.mean(z, 1).dataSync() as Float32Array;
    });
    out.set(logits, at);
  }
  return out;
}

/** Chosen rows of a row-major array. */
function rowsOf(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/**
 * An array as the network was begun with it, its shape too: edges of bins follow from the rows that it was begun on, and what
 * is multiplied with the bins follows from them. Its head is its own.
 * @throws Error where it was begun without that array: settings and encoder are the same, so this cannot be
 */
function taken(network: Network, own: Parameter, from: Stop['from']): Parameter {
  if (!from || network.isHead?.(own.name)) return own;
  const before = from.find(({ name }) => name === own.name);
  if (!before) throw new Error(`the network was begun without an array ${own.name}`);
  return { ...own, shape: before.shape, values: before.values };
}

/**
 * Trains one network by AdamW on mini-batches in our own seeded order. With a validation part it stops after `patience`
 * epochs without a better loss and returns the best epoch's weights; without one it runs `epochs` and returns the last.
 * The same arguments give the same bytes on the same engine. Leaves no tensor behind.
 */
export function trainNetwork(
  tf: Tf,
  network: Network,
  settings: TrainingSettings,
  train: Rows,
  inputs: readonly InputColumn[],
  stop: Stop,
  ...seed: readonly (string | number)[]
): Trained {
  const rng = new Rng('network', ...seed);
  const rate = Math.min(0.999, Math.max(0.001, train.y.reduce((sum, y) => sum + y, 0) / train.y.length));
  const parameters = network
    .initial({ rng, train, inputs, baseLogit: Math.log(rate / (1 - rate)) })
    .map((own) => taken(network, own, stop.from));
  const tensors = toTensors(tf, parameters);
  const trained = parameters.filter(({ kind }) => kind !== 'constant');
  for (const { name } of trained) {
    const start = tensors[name]!;
    tensors[name] = tf.variable(start);
    start.dispose();
  }
  const variables = trained.map(({ name }) => tensors[name] as Variable);
  const optimizer = new AdamW(
    tf,
    variables,
    trained.map(({ kind }) => kind === 'weight'),
    { ...settings, clip: CLIP },
  );
  const masks = new Masks(rng, settings.dropout);
  const values = () =>
    parameters.map(({ name, shape }) => ({ name, shape, values: Float32Array.from(tensors[name]!.dataSync()) }));
  const order = Int32Array.from({ length: train.y.length }, (_, i) => i);
  let best: { tensors: NamedTensor[]; loss: number; epoch: number } | undefined;
  try {
    for (let epoch = 1; epoch <= stop.epochs; epoch++) {
      rng.shuffleInPlace(order);
      for (let at = 0; at < order.length; at += settings.batchSize) {
        const batch = order.subarray(at, at + settings.batchSize);
        tf.tidy(() => {
          const [bx, by] = [
            tf.tensor2d(rowsOf(train.x, train.width, batch), [batch.length, train.width]),
            tf.tensor2d(rowsOf(train.y, 1, batch), [batch.length, 1]),
          ];
          const { grads } = tf.variableGrads(
            () => trainingLoss(tf, settings.loss, network.forward(tf, tensors, bx, masks), by),
            variables,
          );
          optimizer.step(variables.map((variable) => grads[variable.name]!));
        });
      }
      if (!stop.validation) continue;
      const { x: vx, y: vy, width } = stop.validation;
      const loss = logLossOfLogits(networkLogits(tf, network, tensors, vx, width), vy);
      if (!best || loss < best.loss) best = { tensors: values(), loss, epoch };
      else if (epoch - best.epoch >= settings.patience) break;
    }
    return best
      ? { tensors: best.tensors, epochs: best.epoch, validationLoss: best.loss }
      : { tensors: values(), epochs: stop.epochs, validationLoss: undefined };
  } finally {
    optimizer.dispose();
    tf.dispose(Object.values(tensors));
  }
}
