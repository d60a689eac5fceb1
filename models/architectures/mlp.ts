import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { Rng } from '../../domain/rng';
import type { Tf } from '../backend';

export interface MlpSpec {
  readonly hidden: readonly number[];
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly batchSize: number;
}

/** Weights of one network: for each layer a kernel (in × out, row-major) and a bias. */
export type MlpWeights = readonly { readonly kernel: Float32Array; readonly bias: Float32Array }[];

const layerSizes = (width: number, hidden: readonly number[]): [number, number][] =>
  [...hidden, 1].map((size, i) => [i === 0 ? width : hidden[i - 1]!, size]);

/** He-normal kernels and zero biases drawn by our own generator: tfjs ignores some seeds. */
function initial(width: number, hidden: readonly number[], rng: Rng): MlpWeights {
  return layerSizes(width, hidden).map(([from, to]) => {
    const sd = Math.sqrt(2 / from);
    return { kernel: Float32Array.from({ length: from * to }, () => sd * rng.normal()), bias: new Float32Array(to) };
  });
}

function forward(tf: Tf, layers: readonly { kernel: Tensor2D; bias: Tensor2D }[], x: Tensor2D): Tensor2D {
  return layers.reduce<Tensor2D>((h, layer, i) => {
    const z = tf.add<Tensor2D>(tf.matMul(h, layer.kernel), layer.bias);
    return i === layers.length - 1 ? z : tf.relu<Tensor2D>(z);
  }, x);
}

export interface MlpTraining {
  readonly weights: MlpWeights;
  readonly epochs: number;
  readonly validationLoss: number | undefined;
}

/**
 * Trains one network by AdamW on mini-batches in our own seeded order. With a validation part it stops after `patience`
 * epochs without a better loss and returns the best epoch's weights; without one it runs `epochs` and returns the last.
 * Leaves no tensor behind.
 */
export function fitMlp(
  tf: Tf,
  spec: MlpSpec,
  train: { x: Float32Array; y: Float32Array; width: number },
  stop: { epochs: number; patience?: number; validation?: { x: Float32Array; y: Float32Array } },
  seed: number,
): MlpTraining {
  const rng = new Rng(seed, 'mlp');
  const n = train.y.length;
  const sizes = layerSizes(train.width, spec.hidden);
  const variable = (values: Float32Array, shape: [number, number]) => tf.tidy(() => tf.variable(tf.tensor2d(values, shape)));
  const variables = initial(train.width, spec.hidden, rng).map(({ kernel, bias }, i) => ({
    kernel: variable(kernel, sizes[i]!),
    bias: variable(bias, [1, sizes[i]![1]]),
  }));
  const optimizer = tf.train.adam(spec.learningRate);
  const x = tf.tensor2d(train.x, [n, train.width]);
  const y = tf.tensor2d(train.y, [n, 1]);
  let best: { weights: MlpWeights; loss: number; epoch: number } | undefined;
  try {
    for (let epoch = 1; epoch <= stop.epochs; epoch++) {
      const order = rng.shuffle(Array.from({ length: n }, (_, i) => i));
      for (let at = 0; at < n; at += spec.batchSize) {
        const batch = order.slice(at, at + spec.batchSize);
        tf.tidy(() => {
          const index = tf.tensor1d(batch, 'int32');
          const [bx, by] = [tf.gather(x, index), tf.gather(y, index)];
          optimizer.minimize(() => tf.losses.sigmoidCrossEntropy<Tensor2D, Scalar>(by, forward(tf, variables, bx)));
          for (const { kernel } of variables) kernel.assign(tf.mul(kernel, 1 - spec.learningRate * spec.weightDecay));
        });
      }
      if (!stop.validation) continue;
      const logits = tf.tidy(
        () => forward(tf, variables, tf.tensor2d(stop.validation!.x, [stop.validation!.y.length, train.width])).dataSync() as Float32Array,
      );
      const loss = logLossOfLogits(logits, stop.validation.y);
      if (!best || loss < best.loss) best = { weights: snapshot(variables), loss, epoch };
      else if (epoch - best.epoch >= (stop.patience ?? 1)) break;
    }
    return best
      ? { weights: best.weights, epochs: best.epoch, validationLoss: best.loss }
      : { weights: snapshot(variables), epochs: stop.epochs, validationLoss: undefined };
  } finally {
    optimizer.dispose();
    tf.dispose([x, y, ...variables.flatMap(({ kernel, bias }) => [kernel, bias])]);
  }
}

function snapshot(layers: readonly { kernel: Tensor2D; bias: Tensor2D }[]): MlpWeights {
  return layers.map(({ kernel, bias }) => ({ kernel: Float32Array.from(kernel.dataSync()), bias: Float32Array.from(bias.dataSync()) }));
}

/** Mean log loss of logits, stable for large ones. */
export function logLossOfLogits(logits: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += Math.max(logits[i]!, 0) - logits[i]! * y[i]! + Math.log1p(Math.exp(-Math.abs(logits[i]!)));
  return sum / y.length;
}

export function mlpLogits(tf: Tf, weights: MlpWeights, x: Float32Array, width: number): Float32Array {
  return tf.tidy(() => {
    const layers = weights.map(({ kernel, bias }) => ({
      kernel: tf.tensor2d(kernel, [kernel.length / bias.length, bias.length]),
      bias: tf.tensor2d(bias, [1, bias.length]),
    }));
    return forward(tf, layers, tf.tensor2d(x, [x.length / width, width])).dataSync() as Float32Array;
  });
}
