import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { withDuckDb } from '../../../../platform/duckdb/duckdb';
import { HEADER, ROWS, tableReader, text } from '../../../support/table-reader';

/** Files as programs write them: read as their format is stated, or refused with a sentence that says what to state. */
let reader: ReturnType<typeof tableReader>;
beforeAll(() => {
  reader = tableReader();
});
afterAll(() => reader.close());

const NORWEGIAN = [
  'practice;day;x1;x2;kind;found;known;nok',
  '0001;01.02.2022;1 102,14;23;Tannlæge å;0;10.02.2022;',
  '0002;31.12.2022;269,08;0;Lege;1;11.02.2023;69 574,00',
].join('\r\n');

test('a file of Norwegian Excel is refused by encoding and separator, and read as stated', async () => {
  const bytes = Buffer.from(NORWEGIAN, 'latin1');
  await expect(reader.read(bytes)).rejects.toMatchObject({
    message: expect.stringMatching(/line 2 holds bytes that are no UTF-8; its header has no ",", but 7 ";"/) as string,
    next: expect.stringMatching(/encoding: windows-1252.*separator: ";"/s) as string,
  });
  const format = { encoding: 'windows-1252', separator: ';', decimal: ',', thousands: ' ', date: 'dd.mm.yyyy' };
  for (const [encoded, encoding] of [
    [bytes, 'windows-1252'],
    [bytes, 'latin1'],
    [Buffer.from(`\uFEFF${NORWEGIAN}`, 'utf16le'), 'utf-16'],
    [Buffer.from(`\uFEFF${NORWEGIAN}`), 'utf-8'],
  ] as const) {
    const data = await reader.matrixOf(await reader.read(encoded, { format: { ...format, encoding } }));
    expect(data.asOf).toEqual(['2022-02-01', '2022-12-31']);
    expect([...data.numeric.get('x1')!]).toEqual([1102.14, 269.08]);
    expect(data.categorical.get('kind')).toEqual(['Tannlæge å', 'Lege']);
    expect([...data.amountOre]).toEqual([NaN, 6957400]);
  }
  await expect(reader.read(Buffer.from(`\uFEFF${NORWEGIAN}`, 'utf16le'))).rejects.toMatchObject({
    next: expect.stringMatching(/encoding: utf-16/) as string,
  });
});

test('a decimal comma makes a line too wide, which is refused by line without its values', async () => {
  await expect(reader.read(text(ROWS.map((row) => row.replace('.', ','))))).rejects.toThrow(
    /^table\.csv: line 2 has 9 values, the header 8 \(a decimal comma\?\)$/,
  );
  const quoted = await reader.read(text([ROWS[0], ROWS[1].replace('269.08', '"269,08"')]));
  expect(quoted.bad).toMatchObject([{ line: 3, field: 'x1', value: '269,08' }]);
});

test.each([
  ['', /is empty/],
  [HEADER, /has a header and no row/],
  [`${text(ROWS)}\n\n`, undefined],
  [`${HEADER}\n\n${ROWS[0]}\n`, /line 2 comes after an empty line/],
  [`${HEADER}\n${ROWS[0].replace('LEGE', '"LEGE')}`, /quoted value that never ends/],
  [`${HEADER}\n${ROWS[0].replace('LEGE', '"LE"GE')}`, /text after a closing quotation mark/],
  [`${HEADER}\n${ROWS[0].replace('LEGE', 'LE"GE')}`, /a quotation mark " inside a value/],
  [`${HEADER}\n${ROWS.join('\r')}`, /a carriage return without a line feed/],
  [`${HEADER}\n${ROWS[0].replace('LEGE', 'L\0GE')}`, /a zero byte/],
  [`${HEADER},x1\n`, /two columns called x1/],
  [`${HEADER},X1\n`, /two columns called X1/],
  [`${HEADER},\n`, /column 9 has no name/],
  [`${HEADER}\n${'x'.repeat(2_100_000)}`, /line 2 is longer than 2 MB/],
] as const)('the shape of a file: %#', async (content, problem) => {
  if (problem === undefined) expect((await reader.read(content)).read).toBe(3);
  else await expect(reader.read(content)).rejects.toThrow(problem);
});

test('values with separators, quotes and line breaks are read whole, in gzip and tab-separated files too', async () => {
  const kind = 'a, "b"\n#c';
  const row = (sign: string) =>
    ['0001', '2022-01-01', '1', '2', `"${kind.replaceAll('"', '""')}"`, '0', '2022-02-10', ''].join(sign);
  const files = [
    await reader.read(text([row(',')])),
    await reader.read(gzipSync(text([row(',')])), {}, 'table.csv.gz'),
    await reader.read(text([row('\t')], HEADER.replaceAll(',', '\t')), {}, 'table.tsv'),
  ];
  for (const built of files) expect((await reader.matrixOf(built)).categorical.get('kind')).toEqual([kind]);
});

test('a file that is cut off, or unpacks to a multiple of its size, ends in a sentence', async () => {
  const packed = gzipSync(text(Array.from({ length: 500 }, (_, i) => ROWS[0].replace('0001', String(i)))));
  await expect(reader.read(packed.subarray(0, 700), {}, 'cut.csv.gz')).rejects.toThrow(
    /cut\.csv\.gz cannot be unpacked/,
  );
  await expect(reader.read(gzipSync(Buffer.alloc(30_000_000, '0')), {}, 'bomb.csv.gz')).rejects.toThrow(
    /longer than 2 MB/,
  );
  const parquet = path.join(reader.dir, 'whole.parquet');
  await withDuckDb(
    reader.dir,
    async (duck) => void (await duck.run(`copy (select 1 as a) to '${parquet}' (format parquet)`)),
  );
  await expect(reader.read(fs.readFileSync(parquet).subarray(0, -20), {}, 'cut.parquet')).rejects.toThrow(
    /cut\.parquet cannot be read as Parquet/,
  );
});

test('a table with more columns than the limit is refused with the limit', async () => {
  const names = Array.from({ length: 2992 }, (_, i) => `w${i}`);
  await expect(reader.read(`${HEADER},${names.join(',')}\n`)).rejects.toThrow(
    /has 3000 columns; at most 2000 can be read/,
  );
});
