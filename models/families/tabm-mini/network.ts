import type { Rank, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import { filled, type Parameter, uniform } from '../../nn/network';
import { product, scaledProduct, shifted } from '../../nn/matmul';
import { rectified, weighedSums } from '../../nn/relu-dropout';
import { embeddedWidth, embeddingParameters } from '../../nn/embedding';
import { type Layered, layered } from '../../nn/trunk-and-head';

/**
 * TabM-mini (Gorishniy et al. 2025): k submodels in one network. Each multiplies the inputs by its own `r`, all share the
 * layers, each has its own head. The scaling is folded into the first kernel, so that one product serves all submodels.
 * Every submodel has its own loss (trainingLoss takes the mean of losses, not the loss of the mean).
 */
export const tabmMini = (spec?: Pick<SpecOf<'tabm-mini'>, 'submodels' | 'width' | 'blocks' | 'embedding'>): Layered =>
  layered({
    isHead: (name) => name.startsWith('head'),

    initial(initContext) {
      const { submodels: k, width: d, blocks } = spec!;
      const { rng, train, inputs, baseLogit } = initContext;
      const widening = embeddingParameters(spec!.embedding, initContext);
      const from = embeddedWidth(train.width, widening);
      const layers = Array.from({ length: blocks }, (_, layer): Parameter[] => {
        const width = layer === 0 ? from : d;
        return [uniform(rng, `w${layer}`, [width, d], width), uniform(rng, `b${layer}`, [1, d], width, 'free')];
      });
      return [
        ...widening,
        scaling(
          k,
          from,
          columnOwners(inputs.length, widening),
          widening.length > 0 ? () => rng.normal() : () => (rng.chance(0.5) ? 1 : -1),
        ),
        ...layers.flat(),
        uniform(rng, 'head', [k, d], d),
        filled('headBias', [1, k], baseLogit),
      ];
    },

    kernel(tf, tensors) {
      const r = tensors['r'] as Tensor3D; // inputs × k × 1
      const [k, d] = (tensors['head'] as Tensor2D).shape;
      return tf.reshape<Rank.R2>(tf.mul(r, tf.expandDims(tensors['w0']!, 1)), [r.shape[0], k * d]);
    },

    first: (tf, tensors, x) =>
      tf.getBackend() === 'wasm'
        ? scaledProduct(tf, x, tensors['r'] as Tensor3D, tensors['w0'] as Tensor2D)
        : undefined,

    above(tf, tensors, first, masks) {
      const [k, d] = (tensors['head'] as Tensor2D).shape;
      let h = first; // rows × members·units, from the first layer on rows·members × units
      for (let layer = 0; tensors[`w${layer}`]; layer++) {
        const z: Tensor2D = layer === 0 ? h : product(tf, h, tensors[`w${layer}`] as Tensor2D);
        h = rectified(tf, shifted(tf, z, tensors[`b${layer}`] as Tensor2D), masks);
      }
      return shifted(
        tf,
        weighedSums(tf, tf.reshape<Rank.R3>(h, [first.shape[0], k, d]), tensors['head']!),
        tensors['headBias'] as Tensor2D,
      );
    },
  });

/** Which feature column each embedded column was made of: they share one scaling. */
function columnOwners(width: number, widening: readonly Parameter[]): number[] {
  const own = Array.from({ length: width }, (_, i) => i);
  const columns = widening.find(({ name }) => name.endsWith('.column'));
  if (!columns) return own;
  const made = [...columns.values];
  return [...own, ...made, ...(columns.name === 'periodic.column' ? made : [])];
}

function scaling(k: number, width: number, owners: readonly number[], draw: () => number): Parameter {
  const byOwner = new Map<number, number[]>();
  const values = new Float32Array(width * k);
  owners.forEach((owner, column) => {
    const own = byOwner.get(owner) ?? Array.from({ length: k }, draw);
    byOwner.set(owner, own);
    values.set(own, column * k);
  });
  return { name: 'r', shape: [width, k, 1], values, kind: 'weight' };
}
