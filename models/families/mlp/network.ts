import type { Tensor2D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import { filled, type Parameter } from '../../nn/network';
import { product, shifted } from '../../nn/matmul';
import { rectified } from '../../nn/relu-dropout';
import { embeddedWidth, embeddingParameters } from '../../nn/embedding';
import { type Layered, layered } from '../../nn/trunk-and-head';

/** Multilayer perceptron with ReLU; layers `w0`, `b0`, … and the last without ReLU. He-normal start, output at the base rate. */
export const mlp = (spec?: Pick<SpecOf<'mlp'>, 'hidden' | 'embedding'>): Layered =>
  layered({
    isHead: (name) => name === `w${spec?.hidden.length}` || name === `b${spec?.hidden.length}`,

    initial(initContext) {
      const { hidden, embedding } = spec!;
      const widening = embeddingParameters(embedding, initContext);
      const sizes = [embeddedWidth(initContext.train.width, widening), ...hidden, 1];
      const layers = sizes.slice(1).flatMap((to, layer): Parameter[] => {
        const from = sizes[layer]!;
        const sd = Math.sqrt(2 / from);
        const values = Float32Array.from({ length: from * to }, () => sd * initContext.rng.normal());
        const bias = layer === hidden.length ? initContext.baseLogit : 0;
        return [{ name: `w${layer}`, shape: [from, to], values, kind: 'weight' }, filled(`b${layer}`, [1, to], bias)];
      });
      return [...widening, ...layers];
    },

    kernel: (_tf, tensors) => tensors['w0'] as Tensor2D,

    above(tf, tensors, first, masks) {
      let z = shifted(tf, first, tensors['b0'] as Tensor2D);
      for (let layer = 1; tensors[`w${layer}`]; layer++) {
        z = shifted(
          tf,
          product(tf, rectified(tf, z, masks), tensors[`w${layer}`] as Tensor2D),
          tensors[`b${layer}`] as Tensor2D,
        );
      }
      return z;
    },
  });
