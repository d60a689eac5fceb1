import { createHash } from 'node:crypto';
import {
  chainHash,
  consistencyProof,
  EMPTY_ROOT,
  fullRoot,
  inclusionProof,
  leafHash,
  leafText,
  MerkleRoot,
  nodeHash,
  rangeRoot,
  type Subtrees,
  verifyConsistency,
  verifyInclusion,
} from '../../../../platform/ledger/merkle';

// The definitions of RFC 6962, section 2.1, as they stand there: the tests of merkle.ts compare it with these.
const sha = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hashOf = (text: string) => sha(Buffer.of(0), Buffer.from(text));
const splitOf = (n: number) => [1, 2, 4, 8, 16].filter((power) => power < n).at(-1)!;
function mth(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0]!;
  const k = splitOf(leaves.length);
  return sha(Buffer.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}
function pathOf(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  return m < k
    ? [...pathOf(m, leaves.slice(0, k)), mth(leaves.slice(k))]
    : [...pathOf(m - k, leaves.slice(k)), mth(leaves.slice(0, k))];
}
function subproofOf(m: number, leaves: readonly Buffer[], whole: boolean): Buffer[] {
  if (m === leaves.length) return whole ? [] : [mth(leaves)];
  const k = splitOf(leaves.length);
  return m <= k
    ? [...subproofOf(m, leaves.slice(0, k), whole), mth(leaves.slice(k))]
    : [...subproofOf(m - k, leaves.slice(k), false), mth(leaves.slice(0, k))];
}

const MOST = 13;
const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => hashOf(`leaf ${i}`));
const subtreesOf =
  (leaves: readonly Buffer[]): Subtrees =>
  (level, index) =>
    mth(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
const sizes = Array.from({ length: MOST }, (_, i) => i + 1);

test('hashes of a leaf, a node and a link of the chain', () => {
  const [a, b] = [hashOf('a'), hashOf('b')];
  expect(leafHash(Buffer.from('a'))).toEqual(a);
  expect(nodeHash(a, b)).toEqual(sha(Buffer.of(1), a, b));
  expect(chainHash(a, b)).toEqual(sha(a, b));
  expect(EMPTY_ROOT).toEqual(sha());
  const long = Buffer.alloc(10_000, 5);
  expect(leafHash(long)).toEqual(sha(Buffer.of(0), long));
  expect(Buffer.from(leafText(Buffer.from('xxabcxx'), 2, 5), 'latin1')).toEqual(hashOf('abc'));
  expect(Buffer.from(leafText(Buffer.from('abcxx'), 0, 3), 'latin1')).toEqual(hashOf('abc'));
  expect(Buffer.from(leafText(Buffer.from('xxabc'), 2, 5), 'latin1')).toEqual(hashOf('abc'));
  expect(leafHash(Buffer.alloc(4095, 1))).toEqual(sha(Buffer.of(0), Buffer.alloc(4095, 1)));
  expect(leafHash(Buffer.alloc(4096, 1))).toEqual(sha(Buffer.of(0), Buffer.alloc(4096, 1)));
});

test('roots of every size, leaf by leaf and by full subtrees', () => {
  expect(new MerkleRoot().rootBytes()).toEqual(sha());
  expect(rangeRoot(subtreesOf([]), 0, 0)).toEqual(sha());
  for (const size of sizes) {
    const leaves = leavesOf(size);
    const tree = new MerkleRoot();
    leaves.forEach((leaf) => tree.add(leaf));
    expect({ size: tree.size, root: tree.root() }).toEqual({ size, root: mth(leaves).toString('hex') });
    expect(rangeRoot(subtreesOf(leaves), 0, size)).toEqual(mth(leaves));
  }
  const leaves = leavesOf(MOST);
  expect(rangeRoot(subtreesOf(leaves), 4, 7)).toEqual(mth(leaves.slice(4, 7)));
  const grown = new MerkleRoot();
  grown.addSubtree(mth(leaves.slice(0, 4)), 2);
  grown.addSubtree(mth(leaves.slice(4, 8)), 2);
  grown.addSubtree(mth(leaves.slice(8, 10)), 1);
  expect({ size: grown.size, root: grown.rootBytes() }).toEqual({ size: 10, root: mth(leaves.slice(0, 10)) });
  for (const [at, count] of [
    [0, 8],
    [3, 4],
    [2, 2],
    [5, 1],
  ] as const)
    expect(fullRoot(Buffer.concat(leaves), at * 32, count)).toEqual(mth(leaves.slice(at, at + count)));
});

test('inclusion: the path of the definition, which holds for its own leaf, place, size and root alone', () => {
  for (const size of sizes) {
    const leaves = leavesOf(size);
    const root = mth(leaves);
    leaves.forEach((leaf, index) => {
      const proof = inclusionProof(subtreesOf(leaves), index, size);
      expect(proof).toEqual(pathOf(index, leaves));
      const holds = (over: { leaf?: Buffer; index?: number; size?: number; proof?: Buffer[]; root?: Buffer } = {}) => {
        const given = { leaf, index, size, proof, root, ...over };
        return verifyInclusion(given.leaf, given.index, given.size, given.proof, given.root);
      };
      expect(holds()).toBe(true);
      expect(holds({ leaf: hashOf('another') })).toBe(false);
      expect(holds({ root: hashOf('another') })).toBe(false);
      expect(holds({ index: size })).toBe(false);
      for (let other = 0; other < size; other++) expect(holds({ index: other })).toBe(other === index);
      expect(holds({ proof: [...proof, root] })).toBe(false);
      if (size > 1) expect(holds({ proof: proof.slice(0, -1) })).toBe(false);
    });
  }
});

test('consistency: the proof of the definition, which holds between its own two trees alone', () => {
  for (const size of sizes) {
    const leaves = leavesOf(size);
    const newer = { size, root: mth(leaves) };
    for (let older = 0; older <= size; older++) {
      const proof = consistencyProof(subtreesOf(leaves), older, size);
      expect(proof).toEqual(older === 0 || older === size ? [] : subproofOf(older, leaves, true));
      const before = { size: older, root: mth(leaves.slice(0, older)) };
      expect(verifyConsistency(before, newer, proof)).toBe(true);
      expect(verifyConsistency(before, newer, [...proof, newer.root])).toBe(false);
      if (older === 0) continue; // nothing stood there that could have been changed
      const forged = hashOf('forged');
      expect(verifyConsistency({ ...before, root: forged }, newer, proof)).toBe(false);
      expect(verifyConsistency(before, { ...newer, root: forged }, proof)).toBe(false);
      if (proof.length > 0) expect(verifyConsistency(before, newer, proof.slice(0, -1))).toBe(false);
      if (proof.length > 0) expect(verifyConsistency(before, newer, [])).toBe(false);
    }
    expect(verifyConsistency({ size: size + 1, root: newer.root }, newer, [])).toBe(false);
  }
});
