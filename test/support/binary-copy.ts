import { Readable } from 'node:stream';
import { binaryRows, type CopyRow } from '../../platform/ledger/copy-rows';

/** Rows of one cell as PostgreSQL's binary COPY sends them, in chunks of a size. */
export function binaryCopy(cells: readonly (Buffer | null)[], chunkBytes: number): Readable {
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
/** Visits the rows of a binary COPY of cells. */
export async function eachRow(
  cells: readonly (Buffer | null)[],
  visit: (row: CopyRow, i: number) => void,
  chunkBytes = 37,
): Promise<void> {
  let i = 0;
  for await (const rows of binaryRows(binaryCopy(cells, chunkBytes))) for (const row of rows) visit(row, i++);
}
