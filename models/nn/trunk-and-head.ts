import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend';
import type { DropoutMasks } from './dropout-masks';
import { embed } from './embedding';
import { matMul, matMulData } from './matmul';
import type { Network, Tensors } from './network';

/**
 * Layers on top of a first matrix product: an optional embedding, the input projection, the hidden layers, the head.
 */
interface Layers extends Pick<Network, 'initial'> {
  /** True for parameters of the output head; they are re-initialized after pretraining. */
  isHeadParameter(name: string): boolean;
  /** The matrix that the embedded inputs are first multiplied by: inputs × hidden. */
  inputProjection(tf: Tf, tensors: Tensors): Tensor2D;
  /**
   * The product with the input projection in training, where a backend has a faster way that takes more memory. Its
   * gradient with respect to `x` is not computed.
   */
  fastProjection?(tf: Tf, tensors: Tensors, x: Tensor2D): Tensor2D | undefined;
  /** All layers after that product. @returns logits, rows × submodels */
  forwardFromHidden(tf: Tf, tensors: Tensors, hidden: Tensor2D, masks?: DropoutMasks): Tensor2D;
}

/** A network that can be pretrained, and explained from its first hidden layer on. */
export type TrunkAndHead = Layers & Network;

export const trunkAndHead = (layers: Layers): TrunkAndHead => ({
  ...layers,
  forward(tf, tensors, x, masks) {
    const embedded = embed(tf, tensors, x);
    // A periodic embedding is trained, so the gradient must reach it; other inputs are data.
    const isData = !tensors['periodic.frequency'];
    const fast = isData && masks ? layers.fastProjection?.(tf, tensors, embedded) : undefined;
    const project = isData ? matMulData : matMul;
    const hidden = fast ?? project(tf, embedded, layers.inputProjection(tf, tensors));
    return layers.forwardFromHidden(tf, tensors, hidden, masks);
  },
});
