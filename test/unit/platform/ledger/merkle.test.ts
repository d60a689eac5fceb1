import fc from 'fast-check';
import { generateKeyPairSync, sign } from 'node:crypto';
import { verifyCheckpoint, rawPublicKey, signCheckpoint } from '../../../../platform/ledger/checkpoint';
import { type Anchor, TileTree, TileWriter, tileName } from '../../../../platform/ledger/tiles';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  MerkleRoot,
  nodeHash,
  type Subtrees,
  verifyConsistency,
  verifyInclusion,
} from '../../../../platform/ledger/merkle';

class MemoryAnchor implements Anchor {
  readonly files = new Map<string, Buffer>();
  read = (name: string) => this.files.get(name);
  write = (name: string, data: Uint8Array) => void this.files.set(name, Buffer.from(data));
  list = (folder: string) =>
    [...this.files.keys()].filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1));
}

const leaves = Array.from({ length: 70_000 }, (_, i) => leafHash(Buffer.from(String(i))));
const rootOf = (size: number): Buffer => {
  const tree = new MerkleRoot();
  for (const leaf of leaves.slice(0, size)) tree.add(leaf);
  return tree.rootBytes();
};
const subtrees: Subtrees = (level, index) => {
  if (level === 0) return leaves[index]!;
  return nodeHash(subtrees(level - 1, 2 * index), subtrees(level - 1, 2 * index + 1));
};

test('inclusion and consistency proofs hold for every size up to 70, and for no other root, leaf or place', () => {
  for (let size = 1; size <= 70; size++) {
    const root = rootOf(size);
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(subtrees, index, size);
      expect(verifyInclusion(leaves[index]!, index, size, proof, root)).toBe(true);
      expect(verifyInclusion(leaves[index + 1]!, index, size, proof, root)).toBe(false);
      if (index + 1 < size) expect(verifyInclusion(leaves[index]!, index + 1, size, proof, root)).toBe(false);
      if (proof.length > 0) expect(verifyInclusion(leaves[index]!, index, size, proof.slice(1), root)).toBe(false);
    }
    for (let older = 0; older <= size; older++) {
      const proof = consistencyProof(subtrees, older, size);
      const before = { size: older, root: rootOf(older) };
      expect(verifyConsistency(before, { size, root }, proof)).toBe(true);
      if (older > 0)
        expect(verifyConsistency({ ...before, root: leaves[0]! }, { size, root: leaves[1]! }, proof)).toBe(false);
    }
  }
});

test('tiles written in any steps hold the same tree, are read again at every size, and go on after a restart', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }), (steps) => {
      const anchor = new MemoryAnchor();
      let writer = new TileWriter(anchor, 0);
      for (const step of steps) {
        for (let i = 0; i < step; i++) writer.append(leaves[writer.size]!);
        writer.flush();
        const tree = new TileTree(anchor, writer.size);
        expect(writer.root()).toEqual(rootOf(writer.size));
        expect(tree.root()).toEqual(writer.root());
        const index = (writer.size * 7919) % writer.size;
        expect(
          verifyInclusion(
            tree.leaf(index),
            index,
            writer.size,
            inclusionProof(tree.subtrees, index, writer.size),
            writer.root(),
          ),
        ).toBe(true);
        writer = new TileWriter(anchor, writer.size);
      }
    }),
    { numRuns: 25, seed: 1 },
  );
});

test('beyond a tile of tiles', () => {
  const anchor = new MemoryAnchor();
  const writer = new TileWriter(anchor, 0);
  for (const leaf of leaves) writer.append(leaf);
  writer.flush();
  expect(writer.root()).toEqual(rootOf(leaves.length));
  const tree = new TileTree(anchor, leaves.length);
  for (const index of [0, 255, 256, 65_535, 65_536, 69_999])
    expect(
      verifyInclusion(
        leaves[index]!,
        index,
        leaves.length,
        inclusionProof(tree.subtrees, index, leaves.length),
        tree.root(),
      ),
    ).toBe(true);
  expect([tileName(0, 1_234_067), tileName(1, 0), tileName(0, 3, 17)]).toEqual([
    'tile/0/x001/x234/067',
    'tile/1/000',
    'tile/0/003.p/17',
  ]);
});

test('a checkpoint is a signed note that other tools read, and opens under the right key only', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = {
    publicKey: rawPublicKey(privateKey),
    sign: (data: Uint8Array) => Promise.resolve(sign(null, data, privateKey)),
  };
  const checkpoint = { origin: 'utplukk/test', size: 7, root: rootOf(7), at: '2026-01-01T00:00:00.000Z' };
  const note = await signCheckpoint(checkpoint, signer);
  expect(note).toMatch(
    /^utplukk\/test\n7\n[A-Za-z0-9+/]{43}=\nat 2026-01-01T00:00:00.000Z\n\n— utplukk\/test [A-Za-z0-9+/]+=*\n$/,
  );
  expect(verifyCheckpoint(note, [signer.publicKey])).toEqual(checkpoint);
  const other = rawPublicKey(generateKeyPairSync('ed25519').privateKey);
  expect(() => verifyCheckpoint(note, [other])).toThrow(/signed by no key that is trusted/);
  expect(() => verifyCheckpoint(note.replace('\n7\n', '\n8\n'), [signer.publicKey])).toThrow(/forged/);
});
