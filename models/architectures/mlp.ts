import type { Tensor2D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../domain/schemas/families';
import { filled, type Network, type Parameter } from '../nn/network';
import { dataProduct, product } from '../nn/product';
import { embed, embeddedWidth, embeddingParameters } from './embedding';

/** Multilayer perceptron with ReLU; layers `w0`, `b0`, … and the last without ReLU. He-normal start, output at the base rate. */
export const mlp = (spec?: Pick<SpecOf<'mlp'>, 'hidden' | 'embedding'>): Network => ({
  isHead: (name) => name === `w${spec?.hidden.length}` || name === `b${spec?.hidden.length}`,

  initial(beginning) {
    const { hidden, embedding } = spec!;
    const widening = embeddingParameters(embedding, beginning);
    const sizes = [embeddedWidth(beginning.train.width, widening), ...hidden, 1];
    const layers = sizes.slice(1).flatMap((to, layer): Parameter[] => {
      const from = sizes[layer]!;
      const sd = Math.sqrt(2 / from);
      const values = Float32Array.from({ length: from * to }, () => sd * beginning.rng.normal());
      const bias = layer === hidden.length ? beginning.baseLogit : 0;
      return [{ name: `w${layer}`, shape: [from, to], values, kind: 'weight' }, filled(`b${layer}`, [1, to], bias)];
    });
    return [...widening, ...layers];
  },

  forward(tf, tensors, x, masks) {
    let h = embed(tf, tensors, x);
    for (let layer = 0; tensors[`w${layer}`]; layer++) {
      const multiply = layer === 0 && !tensors['periodic.frequency'] ? dataProduct : product;
      const z = tf.add<Tensor2D>(multiply(tf, h, tensors[`w${layer}`] as Tensor2D), tensors[`b${layer}`]!);
      if (!tensors[`w${layer + 1}`]) return z;
      h = tf.relu(z);
      if (masks) h = masks.drop(tf, h);
    }
    throw new Error('the network has no layer');
  },
});
