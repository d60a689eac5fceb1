import type { Tensor2D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import { embeddedWidth, embeddingParameters } from '../../nn/embedding';
import { addBias, matMul } from '../../nn/matmul';
import { constantParameter, type Parameter } from '../../nn/network';
import { reluDropout } from '../../nn/relu-dropout';
import { trunkAndHead, type TrunkAndHead } from '../../nn/trunk-and-head';

/**
 * Multilayer perceptron with ReLU. Layers are `w0`, `b0`, `w1`, …; the last one has no ReLU. He-normal weights, the
 * output bias at the base rate.
 * @param spec needed to initialize; a stored model is scored without
 */
export const mlp = (spec?: Pick<SpecOf<'mlp'>, 'hidden' | 'embedding'>): TrunkAndHead =>
  trunkAndHead({
    isHeadParameter: (name) => name === `w${spec?.hidden.length}` || name === `b${spec?.hidden.length}`,

    initial(initContext) {
      const { hidden, embedding } = spec!;
      const embeddings = embeddingParameters(embedding, initContext);
      const sizes = [embeddedWidth(initContext.train.width, embeddings), ...hidden, 1];
      const layers = sizes.slice(1).flatMap((to, layer): Parameter[] => {
        const from = sizes[layer]!;
        const sd = Math.sqrt(2 / from);
        const values = Float32Array.from({ length: from * to }, () => sd * initContext.rng.normal());
        const bias = layer === hidden.length ? initContext.baseLogit : 0;
        return [
          { name: `w${layer}`, shape: [from, to], values, kind: 'weight' },
          constantParameter(`b${layer}`, [1, to], bias),
        ];
      });
      return [...embeddings, ...layers];
    },

    inputProjection: (_tf, tensors) => tensors['w0'] as Tensor2D,

    forwardFromHidden(tf, tensors, hidden, masks) {
      let z = addBias(tf, hidden, tensors['b0'] as Tensor2D);
      for (let layer = 1; tensors[`w${layer}`]; layer++) {
        const sums = matMul(tf, reluDropout(tf, z, masks), tensors[`w${layer}`] as Tensor2D);
        z = addBias(tf, sums, tensors[`b${layer}`] as Tensor2D);
      }
      return z;
    },
  });
