import { randomBytes } from 'node:crypto';
import { Rng } from '../../../../domain/rng';
import { LeafIndex } from '../../../../platform/ledger/leaf-index';
import { eachRow } from '../../../support/binary-copy';

describe('positions in a range of the chain', () => {
  const rng = new Rng('places', 1);
  const ids = Array.from({ length: 1_000 }, (_, i) => Buffer.from(`id-${i}-`.padEnd(16, String(rng.below(10)))));
  const makeIndex = async () => {
    const index = new LeafIndex(ids.length);
    await eachRow(ids, (row, i) => expect(index.set(i, row, 0)).toBe(true));
    return index;
  };
  const find = async (order: readonly number[]) => {
    const index = await makeIndex();
    const found: (number | undefined)[] = [];
    await eachRow(
      order.map((i) => ids[i] ?? randomBytes(16)),
      (row) => found.push(index.find(row, 0)),
    );
    return { index, found };
  };
  const inOrder = ids.map((_, i) => i);

  test('in the order of the chain, and with neighbours exchanged', async () => {
    expect((await find(inOrder)).found).toEqual(inOrder);
    const exchanged = inOrder.map((i) => i ^ 7);
    expect((await find(exchanged)).found).toEqual(exchanged);
  });

  test(
    'in any order all are found once it is seen that ' + 'there is none, and whoever was passed over is told',
    async () => {
      const order = rng.shuffle([...inOrder]);
      const { index, found } = await find([...order, ...order]);
      expect(found.slice(ids.length)).toEqual(order);
      expect(found.slice(0, ids.length).every((place, i) => place === undefined || place === order[i])).toBe(true);
      expect(index.hex(3)).toBe(ids[3]!.toString('hex'));
    },
  );

  test('unknown ids have no position, and a position is set once', async () => {
    const { index, found } = await find([-1, 0, -1, 1, 2]);
    expect(found).toEqual([undefined, 0, undefined, 1, 2]);
    await eachRow([ids[0]!], (row) => expect(index.set(0, row, 0)).toBe(false));
  });
});
