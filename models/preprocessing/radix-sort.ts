/** From this length on, radix sort is faster than comparing. */
const MIN_LENGTH = 2_000;
/** The 64 bits of a number as six digits: 32-bit word, shift, bits. */
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
 * Radix sort in place, least significant digit first (Knuth, The Art of Computer Programming, 5.2.5). The order is that
 * of the built-in sort (by `<`, -0 before 0), in a third of its time for a national column. No value may be NaN.
 */
export function radixSort(values: Float64Array): Float64Array {
  if (values.length < MIN_LENGTH) return values.sort();
  const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let [from, to] = [new Uint32Array(bits.length), new Uint32Array(bits.length)];
  // Bits that sort as unsigned integers: those of negative numbers inverted, the sign bit of the others set.
  for (let i = 0; i < bits.length; i += 2) {
    const negative = bits[i + 1]! >= SIGN;
    from[i] = negative ? ~bits[i]! : bits[i]!;
    from[i + 1] = negative ? ~bits[i + 1]! : bits[i + 1]! ^ SIGN;
  }
  for (const digit of DIGITS) if (sortByDigit(from, to, digit)) [from, to] = [to, from];
  for (let i = 0; i < bits.length; i += 2) {
    const negative = from[i + 1]! < SIGN;
    bits[i] = negative ? ~from[i]! : from[i]!;
    bits[i + 1] = negative ? ~from[i + 1]! : from[i + 1]! ^ SIGN;
  }
  return values;
}

/**
 * Writes numbers in the order of one digit; equal ones keep their order.
 * @returns false where all have the same digit: nothing was written
 */
function sortByDigit(from: Uint32Array, to: Uint32Array, [word, shift, bits]: (typeof DIGITS)[number]): boolean {
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
