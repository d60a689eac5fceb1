import fc from 'fast-check';
import { UtplukkError } from '../../../../domain/errors';
import { tableFormatSchema } from '../../../../domain/import/table-format';
import { ident, withDuckDb } from '../../../../platform/duckdb/duckdb';
import { createRawTable, openTable } from '../../../../platform/tables/open-table';
import { tableReader } from '../../../support/table-reader';
import { workbookOf } from '../../../support/workbook';

/** Whatever a table holds, in whatever kind of file: it is read value for value, or refused by name. */
let reader: ReturnType<typeof tableReader>;
beforeAll(() => {
  reader = tableReader();
});
afterAll(() => reader.close());

const COLUMNS = ['id', 'a', 'b'] as const;
const sign = fc.constantFrom(...'",;\t\n\r\'|# \\_=+0é\u00a0\u2028\ufeff😀');
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((v) => v.replaceAll('\0', '')),
  fc.string({ unit: sign, maxLength: 8 }),
  fc.constantFrom('_x0041_', 'NULL', '\\N', '""', '1e5', '007', ' x '),
);
const tables = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 6 });

const text = (rows: readonly (readonly string[])[], separator: string) =>
  [COLUMNS, ...rows].map((row) => row.map((v) => `"${v.replaceAll('"', '""')}"`).join(separator)).join('\n');
/** What Excel does with signs that XML cannot have, and with text that looks like one of its escapes. */
const escaped = (v: string) =>
  Array.from(v.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_'), (sign) => {
    const code = sign.codePointAt(0)!;
    const none = (code < 0x20 && code !== 9 && code !== 10) || code === 0xfffe || code === 0xffff;
    return none ? `_x${code.toString(16).padStart(4, '0')}_` : sign;
  }).join('');
const literal = (v: string) => `'${v.replaceAll("'", "''")}'`;

const FILES = {
  'table.csv': (rows: string[][]) => Promise.resolve(reader.write('table.csv', text(rows, ','))),
  'table.tsv': (rows: string[][]) => Promise.resolve(reader.write('table.tsv', text(rows, '\t'))),
  'table.xlsx': (rows: string[][]) =>
    Promise.resolve(reader.write('table.xlsx', workbookOf({ A: [COLUMNS, ...rows.map((row) => row.map(escaped))] }))),
  'table.parquet': async (rows: string[][]) => {
    const file = reader.write('table.parquet', '');
    // A statement cannot hold a zero byte.
    const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
    await withDuckDb(reader.dir, async (duck) => {
      await duck.run(`copy (select * from (values ${values}) t(${COLUMNS.join(', ')})) to '${file}' (format parquet)`);
    });
    return file;
  },
};
async function readBack(file: string): Promise<string[][]> {
  return withDuckDb(reader.dir, async (duck) => {
    const table = await openTable(duck, { path: file, name: file }, tableFormatSchema.parse({}), `${reader.dir}/temp`);
    await createRawTable(duck, file, COLUMNS.map(ident), table);
    // As hexadecimal digits, because reading a text into JavaScript drops a byte order mark at its beginning.
    const cells = COLUMNS.map((name) => `hex(encode(${name}))`);
    const rows = await duck.runAndReadAll(`select ${cells.join(', ')} from raw order by line`);
    return rows.getRows().map((row) => row.map((v) => Buffer.from(String((v ?? '') as string), 'hex').toString()));
  });
}

test.each(Object.entries(FILES))('%s', async (_, write) => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(tables, async (pairs) => {
      const rows = pairs.map(([a, b], i) => [`r${i}`, a, b]);
      const back = await readBack(await write(rows)).catch((error: unknown) => {
        if (error instanceof UtplukkError) return undefined;
        throw error;
      });
      if (back === undefined) return;
      read++;
      // An empty value and a missing one are the same in text files.
      expect(back).toEqual(rows);
    }),
    { numRuns: 40, seed: 23 },
  );
  expect(read).toBeGreaterThan(10);
});
