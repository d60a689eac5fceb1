import { styleOf } from '../../../../platform/tables/xlsx/workbook';
import { inspectTable } from '../../../../application/inspect-table';
import { HEADER, tableReader } from '../../../support/table-reader';
import { type Cell, STYLES, workbookOf, zipOf } from '../../../support/workbook';

/** Workbooks of Excel: each value is read as its cell shows it, or the file is refused with the cell. */
let reader: ReturnType<typeof tableReader>;
beforeAll(() => {
  reader = tableReader();
});
afterAll(() => reader.close());

const NAMES = HEADER.split(',');
/** 1 January 2022 is day 44562 of Excel. */
const day = (n: number): Cell => ({ n: 44_562 + n, style: STYLES.day });
const ROWS: Cell[][] = [
  [{ n: 1, style: STYLES.zeros }, day(0), 102.14, 23, 'LEGE', 0, day(40), null],
  ['0002', day(1), '269.08', 0, 'a, "b"\n<c>', 1, { n: 44_603, style: STYLES.ownDay }, 69574],
  ['0003', day(3), { xml: 't="n"><f>1/3</f><v>0.33333333333333331</v>' }, 30, 'KIRO', 0, day(43), null],
];
const sheet = (rows: readonly Cell[][]) => workbookOf({ Ark1: [NAMES, ...rows] });
const read = (content: Buffer, over: object = {}) => reader.read(content, over, 'book.xlsx');

test('days, figures, ids and texts are read as they are typed', async () => {
  const built = await read(sheet(ROWS));
  expect(built).toMatchObject({ read: 3, quarantined: 0, meta: { labeled: 3, positives: 1 } });
  const data = await reader.matrixOf(built);
  expect(data.entity).toEqual(['0001', '0002', '0003']);
  expect(data.asOf).toEqual(['2022-01-01', '2022-01-02', '2022-01-04']);
  expect(data.labelKnownOn).toEqual(['2022-02-10', '2022-02-11', '2022-02-13']);
  expect([...data.numeric.get('x1')!]).toEqual([102.14, 269.08, 1 / 3]);
  expect(data.categorical.get('kind')).toEqual(['LEGE', 'a, "b"\n<c>', 'KIRO']);
  expect([...data.amountOre]).toEqual([NaN, 6_957_400, NaN]);
  // The format of the mapping is that of texts; typed cells are what they are.
  const norwegian = ROWS.map((row) => row.map((cell) => (cell === '269.08' ? '269,08' : cell)));
  const same = await reader.matrixOf(await read(sheet(norwegian), { format: { decimal: ',', date: 'dd.mm.yyyy' } }));
  expect([same.asOf, [...same.numeric.get('x1')!]]).toEqual([data.asOf, [...data.numeric.get('x1')!]]);
});

test('the error of a formula is refused and is no empty cell, unless it is listed as missing', async () => {
  const errors = ['#N/A', '#DIV/0!', '#VALUE!', '#FIELD!'];
  const rows = errors.map((text, i): Cell[] => [
    `e${i}`,
    day(5),
    { xml: `t="e"><v>${text}</v>` },
    1,
    'LEGE',
    0,
    day(45),
  ]);
  const built = await read(sheet([...ROWS, ...rows]));
  expect(built.bad.map(({ line, field, value }) => [line, field, value])).toEqual(
    errors.map((text, i) => [i + 5, 'x1', text]),
  );
  const kinds = rows.map((row) => row.with(4, row[2]!).with(2, 1));
  expect((await read(sheet([...ROWS, ...kinds]))).bad.map(({ field }) => field)).toEqual(Array(4).fill('kind'));
  expect((await read(sheet([...ROWS, ...rows]), { format: { missing: errors } })).quarantined).toBe(0);
});

test('a formula that gives an empty text is an empty cell', async () => {
  for (const xml of ['t="str"><f>IF(1,"","x")</f><v></v>', 't="str"><f>""</f><v/>']) {
    const data = await reader.matrixOf(await read(sheet([...ROWS, ['0004', day(4), { xml }, 1, 'LEGE', 0, day(44)]])));
    expect([...data.numeric.get('x1')!]).toEqual([102.14, 269.08, 1 / 3, NaN]);
  }
  const open = sheet([['1', { xml: '><f>TODAY()</f><v></v>' }]]);
  await expect(read(open)).rejects.toThrow(/a formula without its result in B2/);
});

test('a value in CDATA and an id beyond 2^53 are read as they stand', async () => {
  const row: Cell[] = [{ xml: '><v>123456789012345678</v>' }, day(4), { xml: '><v><![CDATA[5]]></v>' }];
  const data = await reader.matrixOf(await read(sheet([...ROWS, [...row, 1, 'LEGE', 0, day(44)]])));
  expect(data.entity[3]).toBe('123456789012345678');
  expect([...data.numeric.get('x1')!]).toEqual([102.14, 269.08, 1 / 3, 5]);
});

test.each([
  ['c2', /a cell called c2 in row 2/],
  ['$C$2', /a cell called \$C\$2 in row 2/],
  ['C9', /a cell called C9 in row 2/],
  ['B2', /two cells B2/],
])('a cell that stands as %s after B2 is refused', async (name, problem) => {
  // The cell before it ends, and another one begins.
  const two = { xml: `><v>1</v></c><c r="${name}"><v>2</v>` };
  await expect(read(sheet([['1', two]]))).rejects.toThrow(problem);
});

test('a day with a time has no zone of its own; one that is none is refused; 1904 is counted from there', async () => {
  const evening = [['0001', { n: 44_562 + 23.5 / 24, style: STYLES.dateTime }, 1, 1, 'LEGE', 0, day(40)]];
  await expect(read(sheet(evening))).rejects.toMatchObject({
    next: expect.stringMatching(/day: .*found "2022-01-01 23:30:00"/) as string,
  });
  const utc = await reader.matrixOf(await read(sheet(evening), { format: { zone: 'UTC' } }));
  expect(utc.asOf).toEqual(['2022-01-02']);
  for (const n of [0, 60, -1, 3_000_000]) {
    const built = await read(sheet([...ROWS, ['0009', { n, style: STYLES.day }, 1, 1, 'LEGE', 0, day(40)]]));
    expect(built.bad).toMatchObject([{ line: 5, field: 'day', value: '#NUM!' }]);
  }
  const mac = workbookOf({ Ark1: [NAMES, ROWS[0]!.map((cell) => cell)] }, { from1904: true });
  expect((await reader.matrixOf(await read(mac))).asOf).toEqual(['2026-01-02']);
});

test('the sheet is stated where there are several', async () => {
  const book = workbookOf({ Notater: [['text'], ['x']], Data: [NAMES, ...ROWS] });
  await expect(read(book)).rejects.toMatchObject({
    message: 'book.xlsx has 2 visible sheets: Notater, Data',
    next: expect.stringMatching(/format: { sheet: Notater }/) as string,
  });
  expect((await read(book, { format: { sheet: 'Data' } })).read).toBe(3);
  await expect(read(book, { format: { sheet: 'data' } })).rejects.toThrow(
    'no sheet called data; it has: Notater, Data',
  );
});

test.each([
  ['a title above the header', workbookOf({ A: [[], NAMES, ...ROWS] }), /an empty row 1 before row 2/],
  ['an empty row', workbookOf({ A: [NAMES, ROWS[0]!, [], ROWS[1]!] }), /an empty row 3 before row 4/],
  ['a note beside the table', sheet([[...ROWS[0]!, null, 'see mail']]), /a value in J2, beyond the header/],
  ['a formula without its result', sheet([['1', { xml: '><f>TODAY()</f>' }]]), /a formula without its result in B2/],
  [
    'merged cells',
    workbookOf({ A: [NAMES, ...ROWS] }, { after: '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>' }),
    /A2:A3/,
  ],
  ['an empty sheet', workbookOf({ A: [] }), /the sheet is empty/],
  ['two columns of one name', workbookOf({ A: [['a', 'A']] }), /two columns called A/],
  ['a column without a name', workbookOf({ A: [['a', null, 'b']] }), /column 2 has no name/],
  ['no workbook', Buffer.from('PK'), /no zip file with a workbook/],
  ['a zip of something else', zipOf({ 'a.txt': 'a' }), /its part xl\/workbook\.xml is missing/],
  ['a file that is cut off', sheet(ROWS).subarray(0, -30), /no zip file with a workbook/],
  ['no XML', zipOf({ 'xl/workbook.xml': '<workbook><sheets>' }), /xl\/workbook\.xml is cut off or no XML/],
  [
    'a part that says it unpacks to gigabytes',
    workbookOf({ A: [NAMES] }, { stated: { 'xl/worksheets/sheet1.xml': 4_000_000_000 } }),
    /unpacks to more than 300 MB/,
  ],
  [
    'a part that unpacks to more than it says',
    workbookOf({ A: [NAMES, ...ROWS] }, { stated: { 'xl/worksheets/sheet1.xml': 100 } }),
    /sheet1\.xml is cut off or no XML/,
  ],
])('%s is refused with a sentence', async (_, content, problem) => {
  await expect(read(content)).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringMatching(problem) as string,
  });
});

test.each([
  ['General', 'number'],
  ['0.00', 'number'],
  ['#,##0 "dager"', 'number'],
  ['[Red]0', 'number'],
  ['dd/mm/yyyy', 'day'],
  ['[$-414]d. mmm yy;@', 'day'],
  ['mmm', 'day'],
  ['yyyy-mm-dd hh:mm', 'day'],
  ['[h]:mm:ss', 'time'],
  ['mm:ss.0', 'time'],
  ['00000', { digits: 5 }],
])('the format %s makes a number a %j', (code, style) => {
  expect(styleOf(code)).toEqual(style);
});

test('a mapping is suggested for a workbook too', async () => {
  const rows = Array.from({ length: 30 }, (_, i): Cell[] => [
    `p${i}`,
    day(i),
    i / 4,
    i,
    'LEGE',
    i % 2,
    day(i + 40),
    null,
  ]);
  const { undecided, use } = await inspectTable(reader.write('suggest.xlsx', sheet(rows)));
  expect([undecided, use]).toEqual([[], 'all 30 rows are used, 30 with an outcome, 15 findings']);
});
