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
    this.#kept =
      below === 0
        ? undefined
        : Float32Array.from({ length: 256 }, (_, draw) => (draw < below ? 0 : 256 / (256 - below)));
  }

  /** Draws of 8 bits, four to a word, and what each is kept as; undefined where everything is. */
  draw(size: number): { words: Uint32Array; kept: Float32Array } | undefined {
    if (!this.#kept) return undefined;
    const words = new Uint32Array(Math.ceil(size / 4));
    this.rng.fill(words);
    return { words, kept: this.#kept };
  }

  drop<T extends Tensor>(tf: Tf, x: T): T {
    const draws = this.draw(x.size);
    if (!draws) return x;
    const { words, kept } = draws;
    const mask = new Float32Array(4 * words.length);
    for (let i = 0, at = 0; i < words.length; i++, at += 4) {
      const word = words[i]!;
      mask[at] = kept[word & 255]!;
      mask[at + 1] = kept[(word >>> 8) & 255]!;
      mask[at + 2] = kept[(word >>> 16) & 255]!;
      mask[at + 3] = kept[word >>> 24]!;
    }
    return tf.mul<T>(x, tf.tensor(mask.subarray(0, x.size), x.shape));
  }
}
