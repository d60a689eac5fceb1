import type { Rank, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import { embeddedWidth, embeddingParameters } from '../../nn/embedding';
import { addBias, matMul, scaledMatMul } from '../../nn/matmul';
import { constantParameter, type Parameter, uniformParameter } from '../../nn/network';
import { reluDropout, weightedSum } from '../../nn/relu-dropout';
import { trunkAndHead, type TrunkAndHead } from '../../nn/trunk-and-head';

/**
 * TabM-mini (Gorishniy et al. 2025): k submodels in one network. Each scales the inputs by its own `r`, all share the
 * hidden layers, each has its own head. The scaling is folded into the first weight matrix, so that one product serves
 * all submodels. Every submodel has its own loss (`trainingLoss` takes the mean of losses, not the loss of the mean).
 * @param spec needed to initialize; a stored model is scored without
 */
export const tabmMini = (
  spec?: Pick<SpecOf<'tabm-mini'>, 'submodels' | 'width' | 'blocks' | 'embedding'>,
): TrunkAndHead =>
  trunkAndHead({
    isHeadParameter: (name) => name.startsWith('head'),

    initial(initContext) {
      const { submodels: k, width: d, blocks } = spec!;
      const { rng, train, inputs, baseLogit } = initContext;
      const embeddings = embeddingParameters(spec!.embedding, initContext);
      const from = embeddedWidth(train.width, embeddings);
      const layers = Array.from({ length: blocks }, (_, layer): Parameter[] => {
        const width = layer === 0 ? from : d;
        return [
          uniformParameter(rng, `w${layer}`, [width, d], width),
          uniformParameter(rng, `b${layer}`, [1, d], width, 'free'),
        ];
      });
      const drawScale = embeddings.length > 0 ? () => rng.normal() : () => (rng.chance(0.5) ? 1 : -1);
      return [
        ...embeddings,
        scalingParameter(k, from, sourceColumns(inputs.length, embeddings), drawScale),
        ...layers.flat(),
        uniformParameter(rng, 'head', [k, d], d),
        constantParameter('headBias', [1, k], baseLogit),
      ];
    },

    inputProjection(tf, tensors) {
      const r = tensors['r'] as Tensor3D; // inputs × k × 1
      const [k, d] = (tensors['head'] as Tensor2D).shape;
      return tf.reshape<Rank.R2>(tf.mul(r, tf.expandDims(tensors['w0']!, 1)), [r.shape[0], k * d]);
    },

    fastProjection: (tf, tensors, x) =>
      tf.getBackend() === 'wasm' ? scaledMatMul(tf, x, tensors['r'] as Tensor3D, tensors['w0'] as Tensor2D) : undefined,

    forwardFromHidden(tf, tensors, hidden, masks) {
      const [k, d] = (tensors['head'] as Tensor2D).shape;
      let h = hidden; // rows × submodels·units; rows·submodels × units from the first layer on
      for (let layer = 0; tensors[`w${layer}`]; layer++) {
        const z: Tensor2D = layer === 0 ? h : matMul(tf, h, tensors[`w${layer}`] as Tensor2D);
        h = reluDropout(tf, addBias(tf, z, tensors[`b${layer}`] as Tensor2D), masks);
      }
      const units = tf.reshape<Rank.R3>(h, [hidden.shape[0], k, d]);
      return addBias(tf, weightedSum(tf, units, tensors['head']!), tensors['headBias'] as Tensor2D);
    },
  });

/** The input column that each column after the embedding was made of: they share one scaling. */
function sourceColumns(width: number, embeddings: readonly Parameter[]): number[] {
  const inputs = Array.from({ length: width }, (_, i) => i);
  const columns = embeddings.find(({ name }) => name.endsWith('.column'));
  if (!columns) return inputs;
  const embedded = [...columns.values];
  return [...inputs, ...embedded, ...(columns.name === 'periodic.column' ? embedded : [])];
}

/** Scaling of each column by each submodel, columns × k × 1. */
function scalingParameter(k: number, width: number, sources: readonly number[], draw: () => number): Parameter {
  const bySource = new Map<number, number[]>();
  const values = new Float32Array(width * k);
  sources.forEach((source, column) => {
    const scales = bySource.get(source) ?? Array.from({ length: k }, draw);
    bySource.set(source, scales);
    values.set(scales, column * k);
  });
  return { name: 'r', shape: [width, k, 1], values, kind: 'weight' };
}
