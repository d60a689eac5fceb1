import type { Tensor2D } from '@tensorflow/tfjs';
import type { FamilyName } from '../../domain/families';
import type { Tf } from '../backend';
import type { Masks } from './dropout-masks';
import type { Network, Tensors } from './network';
import { dataProduct, product } from './matmul';
import { embed } from './embedding';

/** Families that are layers upon a first product: they can be begun on something else, and looked into above that product. */
export type LayeredName = 'mlp' | 'tabm-mini';
export const isLayered = (family: FamilyName): family is LayeredName => family === 'mlp' || family === 'tabm-mini';

interface Layers extends Pick<Network, 'initial'> {
  /** Whether an array speaks of the outcome: begun anew where the others were trained on something else before. */
  isHead(name: string): boolean;
  /** What the inputs, widened by their embedding, are first multiplied with: inputs × hidden. */
  kernel(tf: Tf, tensors: Tensors): Tensor2D;
  /** The same product of data (whose gradient is not wanted) in training, where the backend has a quicker way that takes more memory. */
  first?(tf: Tf, tensors: Tensors, x: Tensor2D): Tensor2D | undefined;
  /** From that product on. @returns logits, rows × members that share weights */
  above(tf: Tf, tensors: Tensors, first: Tensor2D, masks?: Masks): Tensor2D;
}
export type Layered = Layers & Network;

export const layered = (layers: Layers): Layered => ({
  ...layers,
  forward(tf, tensors, x, masks) {
    const widened = embed(tf, tensors, x);
    const data = !tensors['periodic.frequency'];
    const first = data && masks ? layers.first?.(tf, tensors, widened) : undefined;
    return layers.above(
      tf,
      tensors,
      first ?? (data ? dataProduct : product)(tf, widened, layers.kernel(tf, tensors)),
      masks,
    );
  },
});
