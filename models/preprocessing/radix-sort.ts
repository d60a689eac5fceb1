/** From so many numbers on, counting digits beats comparing numbers. */
const MANY = 2_000;
/** A number's 64 bits as six digits: which word, how far to the right, how many bits. */
const DIGITS = [
  [0, 0, 11],
  [0, 11, 11],
  [0, 22, 10],
  [1, 0, 11],
  [1, 11, 11],
  [1, 22, 10],
] as const;
const SIGN = 0x80000000;

/**
 * Sorts in place in the order of the platform's own sort (by `<`, -0 before 0), in a third of its time for a national column:
 * by digits, the last one first (Knuth, The Art of Computer Programming, 5.2.5). No value may be NaN.
 */
export function sortAscending(values: Float64Array): Float64Array {
  if (values.length < MANY) return values.sort();
  const own = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let [from, to] = [new Uint32Array(own.length), new Uint32Array(own.length)];
  // Bits that stand in the order of whole numbers: negative numbers turned over, the others set above them.
  for (let i = 0; i < own.length; i += 2) {
    const negative = own[i + 1]! >= SIGN;
    from[i] = negative ? ~own[i]! : own[i]!;
    from[i + 1] = negative ? ~own[i + 1]! : own[i + 1]! ^ SIGN;
  }
  for (const digit of DIGITS) if (byDigit(from, to, digit)) [from, to] = [to, from];
  for (let i = 0; i < own.length; i += 2) {
    const negative = from[i + 1]! < SIGN;
    own[i] = negative ? ~from[i]! : from[i]!;
    own[i + 1] = negative ? ~from[i + 1]! : from[i + 1]! ^ SIGN;
  }
  return values;
}

/** Writes pairs of words in the order of one digit, equal ones as they stood. @returns false where all have the same: nothing was written */
function byDigit(from: Uint32Array, to: Uint32Array, [word, shift, bits]: (typeof DIGITS)[number]): boolean {
  const mask = (1 << bits) - 1;
  const next = new Uint32Array(mask + 1);
  for (let i = word; i < from.length; i += 2) next[(from[i]! >>> shift) & mask]!++;
  if (next[(from[word]! >>> shift) & mask] === from.length / 2) return false;
  let sum = 0;
  for (let value = 0; value <= mask; value++) {
    const count = next[value]!;
    next[value] = sum;
    sum += count;
  }
  for (let i = 0; i < from.length; i += 2) {
    const at = 2 * next[(from[i + word]! >>> shift) & mask]!++;
    to[at] = from[i]!;
    to[at + 1] = from[i + 1]!;
  }
  return true;
}
