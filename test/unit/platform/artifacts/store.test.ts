import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ArtifactStore } from '../../../../platform/artifacts/store';

const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

describe('a store that proves what it gives', () => {
  let root: string;
  let store: ArtifactStore;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-store-'));
    store = new ArtifactStore(root);
    expect(store.put('hello')).toBe(HELLO);
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  /** Changes one bit, as a disk may. */
  function flipBit(sha: string): void {
    const bytes = fs.readFileSync(store.path(sha));
    bytes[0]! ^= 1;
    fs.chmodSync(store.path(sha), 0o644);
    fs.writeFileSync(store.path(sha), bytes);
  }
  const fileWith = (text: string): string => {
    const file = store.temporary('.txt');
    fs.writeFileSync(file, text);
    return file;
  };

  test('a path is given only for the right bytes, also after the object was opened before', async () => {
    expect(fs.readFileSync(store.existing(HELLO), 'utf8')).toBe('hello');
    flipBit(HELLO);
    const damaged = `artifact ${HELLO} has other bytes than its name says`;
    expect(() => store.existing(HELLO)).toThrow(damaged);
    expect(() => store.get(HELLO)).toThrow(damaged);
    await expect(store.checkIntact(HELLO)).rejects.toThrow(damaged);
  });

  test('a truncated object and one that is lost are told apart', () => {
    fs.chmodSync(store.path(HELLO), 0o644);
    fs.truncateSync(store.path(HELLO), 4);
    expect(() => store.existing(HELLO)).toThrow('has other bytes');
    fs.rmSync(store.path(HELLO));
    expect(() => store.existing(HELLO)).toThrow(`artifact ${HELLO} is not in the store`);
  });

  test.each([
    ['bytes', () => Promise.resolve(store.put('hello'))],
    ['a file', () => store.putFile(fileWith('hello'))],
  ])('making a damaged object again from %s heals it, and the damaged bytes are set aside', async (_, again) => {
    flipBit(HELLO);
    expect(await again()).toBe(HELLO);
    expect(fs.readFileSync(store.existing(HELLO), 'utf8')).toBe('hello');
    const aside = fs.readdirSync(path.join(root, 'damaged'));
    expect(aside).toHaveLength(1);
    expect(aside[0]!.startsWith(`${HELLO}-`)).toBe(true);
    expect(fs.readFileSync(path.join(root, 'damaged', aside[0]!), 'utf8')).toBe('iello');
  });

  test('a derived table with damaged bytes counts as not there, so that it is derived again', async () => {
    expect(await store.putDerived('ab12', fileWith('table'))).toBe(store.derived('ab12'));
    flipBit(store.derived('ab12')!);
    expect(store.derived('ab12')).toBeUndefined();
  });
});
