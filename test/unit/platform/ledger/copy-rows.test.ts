import { randomBytes } from 'node:crypto';
import { eachRow } from '../../../support/binary-copy';

test.each([1, 7, 64, 10_000])('rows of a copy that comes %d bytes at a time', async (chunkBytes) => {
  const cells = [Buffer.from('blåbær'), null, Buffer.alloc(0), randomBytes(100)];
  const got: (Buffer | undefined)[] = [];
  await eachRow(cells, (row) => got.push(row.bytes(0) && Buffer.from(row.bytes(0)!)), chunkBytes);
  expect(got).toEqual(cells.map((cell) => cell ?? undefined));
});
