import { createHash } from 'node:crypto';
import { fullRoot, leafHash, merkleRoot } from '../../../../platform/ledger/merkle';

const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('the Merkle tree of RFC 6962', () => {
  test('the empty tree is the hash of nothing', () =>
    expect(merkleRoot([])).toEqual({
      count: 0,
      root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    }));
  test('a leaf is prefixed by 0, a node by 1, and an odd leaf is carried up unhashed', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((text) => sha(Buffer.of(0), Buffer.from(text)));
    expect(leafHash(Buffer.from('a')).equals(a!)).toBe(true);
    expect(merkleRoot(['a']).root).toBe(a!.toString('hex'));
    const ab = sha(Buffer.of(1), a!, b!);
    expect(merkleRoot(['a', 'b', 'c']).root).toBe(sha(Buffer.of(1), ab, c!).toString('hex'));
  });
  test('five leaves split four and one', () => {
    const leaves = ['a', 'b', 'c', 'd', 'e'];
    const [a, b, c, d, e] = leaves.map((text) => leafHash(Buffer.from(text)));
    const four = sha(Buffer.of(1), sha(Buffer.of(1), a!, b!), sha(Buffer.of(1), c!, d!));
    expect(merkleRoot(leaves).root).toBe(sha(Buffer.of(1), four, e!).toString('hex'));
  });
});

test('the root of a full subtree is that of its leaves one by one', () => {
  const rows = Array.from({ length: 256 }, (_, i) => `row ${i}`);
  const leaves = Buffer.concat(['before', ...rows].map((row) => leafHash(Buffer.from(row))));
  expect(fullRoot(leaves, 32, 256).toString('hex')).toBe(merkleRoot(rows).root);
  expect(fullRoot(leaves, 32, 1).toString('hex')).toBe(merkleRoot(rows.slice(0, 1)).root);
});
