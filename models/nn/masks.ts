import type { Tensor } from '@tensorflow/tfjs';
import type { Rng } from '../../domain/rng';
import type { Tf } from '../backend';

/**
 * Dropout with masks from our own generator: the layer of tfjs repeats one mask for a seed, and its operation draws 40
 * times slower. A draw has 8 bits, so the rate is held to a multiple of 1/256.
 */
export class Masks {
  /** What a draw of 8 bits is kept as; undefined where everything is. */
  readonly #kept: Float32Array | undefined;

  constructor(
    private readonly rng: Rng,
    rate: number,
  ) {
    const below = Math.round(rate * 256);
    this.#kept = below === 0 ? undefined : Float32Array.from({ length: 256 }, (_, draw) => (draw < below ? 0 : 256 / (256 - below)));
  }

  drop<T extends Tensor>(tf: Tf, x: T): T {
    const kept = this.#kept;
    if (!kept) return x;
    const words = new Uint32Array(Math.ceil(x.size / 4));
    this.rng.fill(words);
    const draws = new Uint8Array(words.buffer);
    const mask = new Float32Array(x.size);
    for (let i = 0; i < mask.length; i++) mask[i] = kept[draws[i]!]!;
    return tf.mul<T>(x, tf.tensor(mask, x.shape));
  }
}
