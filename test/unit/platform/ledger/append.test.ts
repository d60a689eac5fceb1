import { createHash } from 'node:crypto';
import { canonical } from '../../../../platform/artifacts/hash';
import { instantText } from '../../../../platform/ledger/append';
import { leafHash, merkleRoot } from '../../../../platform/ledger/merkle';

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

test('canonical JSON sorts keys and writes numbers one way (RFC 8785)', () => {
  expect(canonical({ b: 1.0, a: [1e21, 'æ'], c: { z: null, y: true } })).toBe(
    '{"a":[1e+21,"æ"],"b":1,"c":{"y":true,"z":null}}',
  );
});

test('instants are UTC text with microseconds', () =>
  expect(instantText(new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 6)))).toBe('2024-01-02T03:04:05.006000Z'));
