import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  type Checkpoint,
  publicKeyFrom,
  rawPublicKey,
  signCheckpoint,
  verifyCheckpoint,
} from '../../../../platform/ledger/checkpoint';

const ROOT_HASH = Buffer.alloc(32, 7);
const CHECKPOINT: Checkpoint = { origin: 'utplukk/test', size: 42, root: ROOT_HASH, at: '2026-01-02T03:04:05.000Z' };

function notary() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(privateKey);
  const signer = { publicKey: raw, sign: (data: Uint8Array) => Promise.resolve(sign(null, data, privateKey)) };
  return { raw, signer };
}

test('a key survives its 32 bytes', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(privateKey);
  expect(raw).toHaveLength(32);
  expect(publicKeyFrom(raw).equals(publicKey)).toBe(true);
});

test('the note as C2SP describes it, with a line of ours, and a signature with the hash of its key', async () => {
  const { raw, signer } = notary();
  const note = await signCheckpoint(CHECKPOINT, signer);
  const [body, signature] = note.split('\n\n');
  expect(body).toBe(`utplukk/test\n42\n${ROOT_HASH.toString('base64')}\nat 2026-01-02T03:04:05.000Z`);
  const [dash, name, encoded] = signature!.split(' ');
  expect([dash, name]).toEqual(['—', 'utplukk/test']);
  const bytes = Buffer.from(encoded!, 'base64');
  expect(bytes).toHaveLength(4 + 64);
  const key = createHash('sha256').update(Buffer.from('utplukk/test\n\u0001')).update(raw).digest().subarray(0, 4);
  expect(bytes.subarray(0, 4).equals(key)).toBe(true);
  expect(note.endsWith('\n')).toBe(true);
});

test('what was signed is read again, by any of the pinned keys and beside signatures of others', async () => {
  const [ours, other] = [notary(), notary()];
  const note = await signCheckpoint(CHECKPOINT, ours.signer);
  expect(verifyCheckpoint(note, [ours.raw])).toEqual(CHECKPOINT);
  expect(verifyCheckpoint(note, [other.raw, ours.raw])).toEqual(CHECKPOINT);
  const [body, signature] = note.split('\n\n');
  const witness = (await signCheckpoint({ ...CHECKPOINT, origin: 'witness' }, other.signer)).split('\n\n')[1]!;
  expect(verifyCheckpoint(`${body}\n\n${witness}${signature}`, [ours.raw])).toEqual(CHECKPOINT);
  // A key that is not pinned here stands first: the pinned one after it counts.
  const unpinned = (await signCheckpoint(CHECKPOINT, other.signer)).split('\n\n')[1]!;
  expect(verifyCheckpoint(`${body}\n\n${unpinned}${signature}`, [ours.raw])).toEqual(CHECKPOINT);
});

describe('refused', () => {
  test('any change of what was signed', async () => {
    const { raw, signer } = notary();
    const note = await signCheckpoint(CHECKPOINT, signer);
    for (const forged of [note.replace('\n42\n', '\n43\n'), note.replace('at 2026', 'at 2025')])
      expect(() => verifyCheckpoint(forged, [raw])).toThrow(/signature of the checkpoint at \d+ entries is forged/);
  });

  test('a signature by nobody who is trusted, by another name, or none', async () => {
    const [ours, other] = [notary(), notary()];
    const note = await signCheckpoint(CHECKPOINT, ours.signer);
    const [body] = note.split('\n\n');
    const named = note.replace('— utplukk/test', '— utplukk/other');
    for (const [text, keys] of [
      [note, [other.raw]],
      [note, []],
      [named, [ours.raw]],
      [note.replace('— ', '- '), [ours.raw]],
      [`${body}\n\n`, [ours.raw]],
      [`${body}`, [ours.raw]],
    ] as const)
      expect(() => verifyCheckpoint(text, keys)).toThrow(/at 42 entries is signed by no key that is trusted here/);
  });

  test('a text of another shape', async () => {
    const { raw, signer } = notary();
    const note = await signCheckpoint(CHECKPOINT, signer);
    const short = ROOT_HASH.subarray(1).toString('base64');
    for (const text of [
      '',
      'utplukk/test',
      note.replace('\n42\n', '\nforty-two\n'),
      note.replace('\n42\n', '\n42x\n'),
      note.replace('\n42\n', '\n-42\n'),
      note.replace(ROOT_HASH.toString('base64'), short),
      note.replace('\nat ', '\non '),
    ])
      expect(() => verifyCheckpoint(text, [raw])).toThrow(/this is not a checkpoint of a ledger/);
  });
});
