import type { Tensor } from '@tensorflow/tfjs';
import type { Rng } from '../../domain/rng';
import type { Tf } from '../backend';

/** Random draws of one mask, and the factor of each draw. */
export interface MaskDraws {
  /** Draws of 8 bits, four to a word. */
  readonly words: Uint32Array;
  /** Factor of each of the 256 draws: 0 where the unit is dropped, else 1 / (1 - rate). */
  readonly factors: Float32Array;
}

/**
 * Dropout with masks from our own generator: the tfjs layer repeats one mask for a seed, and the tfjs operation draws
 * 40 times slower. A draw has 8 bits, so the rate is rounded to a multiple of 1/256.
 */
export class DropoutMasks {
  /** Undefined where the rate rounds to 0. */
  readonly #factors: Float32Array | undefined;

  constructor(
    private readonly rng: Rng,
    rate: number,
  ) {
    const dropped = Math.round(rate * 256);
    this.#factors =
      dropped === 0
        ? undefined
        : Float32Array.from({ length: 256 }, (_, draw) => (draw < dropped ? 0 : 256 / (256 - dropped)));
  }

  /** Draws for `size` units; undefined where nothing is dropped. */
  draw(size: number): MaskDraws | undefined {
    if (!this.#factors) return undefined;
    const words = new Uint32Array(Math.ceil(size / 4));
    this.rng.fill(words);
    return { words, factors: this.#factors };
  }

  /** @returns `x` times a new mask */
  drop<T extends Tensor>(tf: Tf, x: T): T {
    const draws = this.draw(x.size);
    if (!draws) return x;
    const { words, factors } = draws;
    const mask = new Float32Array(4 * words.length);
    for (let i = 0, at = 0; i < words.length; i++, at += 4) {
      const word = words[i]!;
      mask[at] = factors[word & 255]!;
      mask[at + 1] = factors[(word >>> 8) & 255]!;
      mask[at + 2] = factors[(word >>> 16) & 255]!;
      mask[at + 3] = factors[word >>> 24]!;
    }
    return tf.mul<T>(x, tf.tensor(mask.subarray(0, x.size), x.shape));
  }
}
