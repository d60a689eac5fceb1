import type { Tensor } from '@tensorflow/tfjs';
import type { Rng } from '../../domain/rng';
import type { Tf } from '../backend';

/**
 * Dropout with masks from our own generator: the layer of tfjs repeats one mask for a seed, and its operation draws 40
 * times slower. A draw has 8 bits, so the rate is held to a multiple of 1/256.
 */
export class Masks {
  readonly #below: number;
  readonly #kept: number;

  constructor(
    private readonly rng: Rng,
    rate: number,
  ) {
    this.#below = Math.round(rate * 256);
    this.#kept = 256 / (256 - this.#below);
  }

  drop<T extends Tensor>(tf: Tf, x: T): T {
    if (this.#below === 0) return x;
    const mask = new Float32Array(x.size);
    for (let at = 0; at < mask.length; at += 4) {
      const bits = this.rng.uint32();
      for (let byte = 0; byte < 4 && at + byte < mask.length; byte++)
        mask[at + byte] = ((bits >>> (8 * byte)) & 255) < this.#below ? 0 : this.#kept;
    }
    return tf.mul<T>(x, tf.tensor(mask, x.shape));
  }
}
