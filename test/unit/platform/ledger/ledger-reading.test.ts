import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { Rng } from '../../../../domain/rng';
import { canonical } from '../../../../platform/artifacts/hash';
import { binaryRows, type CopyRow } from '../../../../platform/ledger/copy-rows';
import { parseEntry, readEntry } from '../../../../platform/ledger/entry-body';
import { LeafIndex } from '../../../../platform/ledger/leaf-index';
import { fullRoot, leafHash, merkleRoot } from '../../../../platform/ledger/merkle';

const words = fc.oneof(fc.string(), fc.constantFrom('plain', 'blåbær', 'a"b', 'a\\b', 'line\nbreak', '\u2028', ''));
const change = fc.record({ t: words, k: words, b: words, a: words }, { requiredKeys: ['t', 'k'] });
const body = fc.record(
  {
    v: fc.constantFrom(1, 2),
    entry: words,
    at: words,
    event: words,
    actor: words,
    actionId: words,
    role: words,
    purpose: words,
    subject: fc.record({ kind: words, id: words }),
    before: words,
    after: words,
    rows: fc.record({ count: fc.nat(), root: words }),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['v', 'entry', 'at', 'event', 'actor', 'actionId', 'role', 'purpose', 'subject'] },
);
/** What verification compares. */
const said = (entry: ReturnType<typeof readEntry>) =>
  entry && [
    entry.entry,
    entry.event,
    entry.actionId,
    entry.at,
    entry.subject?.kind,
    entry.subject?.id,
    entry.v,
    entry.rows,
    entry.changes,
  ];

describe('an entry is read as it stands', () => {
  test('in one look or by parsing, the same is said', () =>
    fc.assert(
      fc.property(body, (entry) =>
        expect(said(readEntry(canonical(entry)))).toEqual(said(parseEntry(canonical(entry)))),
      ),
      { seed: 1, numRuns: 500 },
    ));

  test('text with a character more, less or changed is taken only where parsing takes it', () => {
    const edit = fc.record({
      at: fc.nat(),
      with: fc.constantFrom('', ' ', '"', ',', '}', '0', 'x', '\\', '{"a":1}', '\n'),
      cut: fc.nat(2),
    });
    const property = fc.property(body, edit, (entry, { at, with: put, cut }) => {
      const text = canonical(entry);
      const place = at % text.length;
      const edited = text.slice(0, place) + put + text.slice(place + cut);
      expect(said(readEntry(edited))).toEqual(said(parseEntry(edited)));
    });
    fc.assert(property, { seed: 2, numRuns: 2_000 });
  });

  test.each(['', 'null', '7', '{', '[]x', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a": 1}', '{"a":1.0}'])(
    '%j is no canonical entry',
    (text) => expect(readEntry(text)).toBeUndefined(),
  );
});

/** Rows of one cell, as PostgreSQL's binary COPY sends them, cut anywhere. */
function copied(cells: readonly (Buffer | null)[], chunkBytes: number): Readable {
  const int = (value: number, bytes: 2 | 4) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeIntBE(value, 0, bytes);
    return buffer;
  };
  const rows = cells.map((cell) => Buffer.concat([int(1, 2), int(cell?.length ?? -1, 4), cell ?? Buffer.alloc(0)]));
  const all = Buffer.concat([Buffer.from('PGCOPY\n\u00ff\r\n\0', 'latin1'), Buffer.alloc(8), ...rows, int(-1, 2)]);
  return Readable.from(
    Array.from({ length: Math.ceil(all.length / chunkBytes) }, (_, i) =>
      all.subarray(i * chunkBytes, (i + 1) * chunkBytes),
    ),
  );
}
async function each(
  cells: readonly (Buffer | null)[],
  visit: (row: CopyRow, i: number) => void,
  chunkBytes = 37,
): Promise<void> {
  let i = 0;
  for await (const rows of binaryRows(copied(cells, chunkBytes))) for (const row of rows) visit(row, i++);
}

test.each([1, 7, 64, 10_000])('rows of a copy that comes %d bytes at a time', async (chunkBytes) => {
  const cells = [Buffer.from('blåbær'), null, Buffer.alloc(0), randomBytes(100)];
  const got: (Buffer | undefined)[] = [];
  await each(cells, (row) => got.push(row.bytes(0) && Buffer.from(row.bytes(0)!)), chunkBytes);
  expect(got).toEqual(cells.map((cell) => cell ?? undefined));
});

describe('places in a stretch of the chain', () => {
  const rng = new Rng('places', 1);
  const ids = Array.from({ length: 1_000 }, (_, i) => Buffer.from(`id-${i}-`.padEnd(16, String(rng.below(10)))));
  const stretch = async () => {
    const places = new LeafIndex(ids.length);
    await each(ids, (row, i) => expect(places.set(i, row, 0)).toBe(true));
    return places;
  };
  const find = async (order: readonly number[]) => {
    const places = await stretch();
    const found: (number | undefined)[] = [];
    await each(
      order.map((i) => ids[i] ?? randomBytes(16)),
      (row) => found.push(places.find(row, 0)),
    );
    return { places, found };
  };
  const inOrder = ids.map((_, i) => i);

  test('in the order of the chain, and with neighbours exchanged', async () => {
    expect((await find(inOrder)).found).toEqual(inOrder);
    const exchanged = inOrder.map((i) => i ^ 7);
    expect((await find(exchanged)).found).toEqual(exchanged);
  });

  test('in any order all are found once it is seen that there is none, and whoever was passed over is told', async () => {
    const order = rng.shuffle([...inOrder]);
    const { places, found } = await find([...order, ...order]);
    expect(found.slice(ids.length)).toEqual(order);
    expect(found.slice(0, ids.length).every((place, i) => place === undefined || place === order[i])).toBe(true);
    expect(places.hex(3)).toBe(ids[3]!.toString('hex'));
  });

  test('strangers have no place, and a place is given once', async () => {
    const { places, found } = await find([-1, 0, -1, 1, 2]);
    expect(found).toEqual([undefined, 0, undefined, 1, 2]);
    await each([ids[0]!], (row) => expect(places.set(0, row, 0)).toBe(false));
  });
});

test('the root of a full subtree is that of its leaves one by one', () => {
  const rows = Array.from({ length: 256 }, (_, i) => `row ${i}`);
  const leaves = Buffer.concat(['before', ...rows].map((row) => leafHash(Buffer.from(row))));
  expect(fullRoot(leaves, 32, 256).toString('hex')).toBe(merkleRoot(rows).root);
  expect(fullRoot(leaves, 32, 1).toString('hex')).toBe(merkleRoot(rows.slice(0, 1)).root);
});
