import path from 'node:path';
import { tableMappingSchema } from '../../../../domain/import/table-mapping';
import { withDuckDb } from '../../../../platform/duckdb/duckdb';
import { refusalText } from '../../../../platform/matrices/table-matrix';
import { HEADER, MAPPING, ROWS, tableReader, text } from '../../../support/table-reader';

/** Prepared tables as people give them: each value is read as meant, or its row is refused with a reason. */
let reader: ReturnType<typeof tableReader>;
beforeAll(() => {
  reader = tableReader();
});
afterAll(() => reader.close());

const changed = (line: number, from: string, to: string) =>
  ROWS.map((row, i) => (i === line - 2 ? row.replace(from, to) : row));

test('a healthy table is read value for value, and ids keep their zeros', async () => {
  const built = await reader.read(text(ROWS));
  expect(built).toMatchObject({ read: 3, quarantined: 0, meta: { rows: 3, labeled: 3, positives: 1 } });
  const data = await reader.matrixOf(built);
  expect(data.entity).toEqual(['0001', '0002', '0003']);
  expect([...data.numeric.get('x1')!]).toEqual([102.14, 269.08, 109.12]);
  expect(data.labelKnownOn).toEqual(['2022-02-10', '2022-02-11', '2022-02-13']);
  expect([...data.amountOre]).toEqual([NaN, 6957400, NaN]);
});

test('a line that begins with # is a row, and one that cannot be used is counted', async () => {
  const header = 'x1,practice,day,x2,kind,found,known,nok';
  const built = await reader.read(
    text(['1.5,0001,2022-01-01,1,LEGE,0,2022-02-10,', '#N/A,0002,2022-01-02,2,LEGE,1,2022-02-11,'], header),
  );
  expect(built).toMatchObject({ read: 2, quarantined: 1, bad: [{ line: 3, field: 'x1', value: '#N/A' }] });
  const ids = await reader.read(text(['#7,2022-01-01,1,1,LEGE,0,2022-02-10,']));
  expect((await reader.matrixOf(ids)).entity).toEqual(['#7']);
});

/** Three healthy rows, and one for each text in place of `from` in the first of them; what was refused of those. */
async function refusedIn(field: string, from: string, texts: readonly string[]): Promise<string[]> {
  const rows = texts.map((one, i) => ROWS[1].replace('0002', `x${i}`).replace(from, `"${one}"`));
  const { bad, meta } = await reader.read(text([...ROWS, ...rows]));
  expect(meta.rows + bad.length).toBe(ROWS.length + texts.length);
  return bad.filter((cell) => cell.field === field).map(({ value }) => String(value));
}

test('the error of a formula is no category', async () => {
  const errors = ['#N/A', '#I/T', '#DIV/0!', '#VERDI!', '#NAVN?'];
  expect(await refusedIn('kind', 'LEGE', errors)).toEqual(errors);
});

test('names of the reader itself are free for columns, those of the matrix are refused by name', async () => {
  const names = ['line', 'id', 'nth', 'raw', 'bad', 'value', 'reason', 'c0', 'row'];
  const row = (n: number) => names.map((_, i) => String(10 * n + i)).join(',');
  const built = await reader.read(
    text(
      ROWS.map((r, i) => `${r},${row(i)}`),
      `${HEADER},${names.join(',')}`,
    ),
    {
      features: { x1: 'numeric', ...Object.fromEntries(names.map((name) => [name, 'numeric'])) },
      ignore: ['x2', 'kind'],
    },
  );
  const data = await reader.matrixOf(built);
  names.forEach((name, i) => expect([name, ...data.numeric.get(name)!]).toEqual([name, i, 10 + i, 20 + i]));
  for (const name of ['label', 'grp', 'entity', 'row_id', 'as_of', 'Label', 'amount_ore', 'selection_probability'])
    expect(
      tableMappingSchema.safeParse({ ...MAPPING, features: { [name]: 'numeric' } }).error?.issues[0]?.message,
    ).toMatch(new RegExp(`${name} is a reserved name`));
});

test('outcomes: a number in any spelling; what no list has refuses its row; empty ones are missing', async () => {
  const rows = ['1', '1.0', '0.00', 'NA', '', '2', 'true', '-1'].map(
    (found, i) => `${i},2022-01-01,1,1,LEGE,${found},2022-02-10,`,
  );
  const built = await reader.read(text(rows));
  expect(built.bad.map(({ line, value }) => [line, value])).toEqual([
    [5, 'NA'],
    [7, '2'],
    [8, 'true'],
    [9, '-1'],
  ]);
  expect(built.meta).toMatchObject({ rows: 4, labeled: 3, positives: 2 });
  const listed = await reader.read(text(rows), { outcome: { ...MAPPING.outcome, missing: ['NA'] } });
  expect(listed).toMatchObject({ quarantined: 3, meta: { rows: 5, labeled: 3 } });
});

test('what is no day, written yyyy-mm-dd, of the years 1900 to 2199 is refused', async () => {
  const none = ['22-03-01', '2022-01-16?', 'infinity', 'epoch', '0022-01-01', '9999-12-31', '2022-02-30', '1.3.2022'];
  const more = ['now', '2022-03-01 10:00', '2022-03-01T24:00Z', '20220301', '1899-12-31', '2200-01-01', '2022-3-1'];
  expect(await refusedIn('day', '2022-01-02', [...none, ...more])).toEqual([...none, ...more]);
  expect(await refusedIn('known', '2022-02-11', [...none, ...more])).toEqual([...none, ...more]);
});

test('9999-12-31 means not known where the mapping says so, and an outcome then lacks its day', async () => {
  const far = { format: { missing: ['9999-12-31'] } };
  const open = await reader.read(text(changed(2, '0,2022-02-10', ',9999-12-31')), far);
  expect(open).toMatchObject({ quarantined: 0, meta: { labeled: 2 } });
  const known = await reader.read(text(changed(2, '2022-02-10', '9999-12-31')), far);
  expect(known.bad).toMatchObject([{ line: 2, field: 'known', value: null }]);
});

test('an outcome without the day it became known is refused and counted', async () => {
  const built = await reader.read(text(changed(3, '2022-02-11', '')));
  expect(built).toMatchObject({ read: 3, quarantined: 1, bad: [{ line: 3, field: 'known' }] });
  expect(built.bad[0]!.reason).toMatch(/the day on which the outcome became known/);
});

test('the counts say how many rows are used and why the others are not', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},2022-01-01,1,${i < 18 ? 'NA' : '3'},LEGE,0,2022-02-10,`);
  expect(refusalText((await reader.read(text(rows))).meta)).toBe(
    '2 of 20 rows are used; 18 refused: NA in column x2 (18): expected a finite number of at most 1e30, or nothing ' +
      'where it is missing',
  );
  const said = await reader.read(text(rows), { format: { missing: ['NA'] } });
  expect([said.quarantined, refusalText(said.meta)]).toEqual([0, undefined]);
  expect([...(await reader.matrixOf(said)).numeric.get('x2')!].filter(Number.isNaN)).toHaveLength(18);
});

test('what is no amount in kroner with at most two decimals is refused', async () => {
  const none = ['89.640', '1e3', '-5', '1 234', '0x10', '1,5', '12345678901234', '5.', '.5', '+5', 'NA'];
  expect(await refusedIn('nok', '69574.00', none)).toEqual(none);
});

test('what is no figure, or none that can be computed with, is refused before any model sees it', async () => {
  const none = [
    'Infinity',
    '-inf',
    'nan',
    '1e308',
    '-1e308',
    '1e31',
    '0x1F',
    '1_000',
    '1.2.3',
    '½',
    '102,14',
    '١٢',
    '1 2',
  ];
  expect(await refusedIn('x1', '269.08', none)).toEqual(none);
});

test('Parquet: typed days, figures and instants are read by their value; other types are refused by name', async () => {
  const file = path.join(reader.dir, 'typed.parquet');
  const copy = (query: string) =>
    withDuckDb(reader.dir, async (duck) => void (await duck.run(`copy (${query}) to '${file}' (format parquet)`)));
  const typed = (
    known: string,
    x1 = '1.5::double',
  ) => `select '0001' as practice, timestamptz '2024-03-02 00:30:00+01' as day,
    ${x1} as x1, 12.5::decimal(18, 6) as x2, 'LEGE' as kind, 1.0::double as found, ${known} as known,
    69574.5::double as nok`;
  await copy(typed("date '2024-04-01'"));
  for (const format of [{}, { decimal: ',', date: 'dd.mm.yyyy' }]) {
    const data = await reader.matrixOf(await reader.readFile(file, { format }));
    expect([data.asOf, data.labelKnownOn, [...data.label]]).toEqual([['2024-03-02'], ['2024-04-01'], [1]]);
    expect([...data.numeric.get('x1')!, ...data.numeric.get('x2')!, ...data.amountOre]).toEqual([1.5, 12.5, 6957450]);
  }
  await copy(typed("timestamp '2024-04-01 23:30:00'"));
  await expect(reader.readFile(file)).rejects.toMatchObject({
    next: expect.stringMatching(/date-time with its offset/) as string,
  });
  expect((await reader.matrixOf(await reader.readFile(file, { format: { zone: 'UTC' } }))).labelKnownOn).toEqual([
    '2024-04-02',
  ]);
  expect(
    (await reader.matrixOf(await reader.readFile(file, { format: { zone: 'Europe/Oslo' } }))).labelKnownOn,
  ).toEqual(['2024-04-01']);
  await copy(typed("date '2024-04-01'", "'infinity'::double"));
  await expect(reader.readFile(file)).rejects.toMatchObject({
    next: expect.stringMatching(/line 2, x1: .*found "inf"/) as string,
  });
  await copy(typed("date '2024-04-01'", '[1, 2]'));
  await expect(reader.readFile(file)).rejects.toThrow(/x1 is INTEGER\[\]/);
});

test('ordinal and date features become figures; design columns are kept apart from features', async () => {
  const rows = ['1,2022-01-11,low,2022-01-01,0,2022-02-10,F,0.5,2', '2,2022-01-11,high,,1,2022-02-10,M,1,1'];
  const built = await reader.read(
    text([...rows, '3,2022-01-11,huge,,1,2022-02-10,M,0,0'], 'practice,day,level,since,found,known,sex,p,w'),
    {
      outcome: { column: 'found', positive: [1], negative: [0], knownOn: 'known' },
      features: { level: { kind: 'ordinal', order: ['low', 'middle', 'high'] }, since: 'date' },
      protected: { sex: 'categorical' },
      selection: { probability: 'p' },
      weight: 'w',
    },
  );
  const data = await reader.matrixOf(built);
  expect([...data.numeric.get('level')!, ...data.numeric.get('since')!]).toEqual([1, 3, 10, NaN]);
  expect([...data.numeric.get('selection_probability')!, ...data.numeric.get('row_weight')!]).toEqual([0.5, 1, 2, 1]);
  expect(built.meta.protected).toEqual(['sex']);
  expect(built.meta.columns.filter(({ role }) => role === 'feature').map(({ name }) => name)).toEqual([
    'level',
    'since',
  ]);
  expect(built.bad.map(({ line, field }) => [line, field])).toEqual([
    [4, 'level'],
    [4, 'p'],
    [4, 'w'],
  ]);
});

test.each([
  ['first', ['2022-01-01']],
  ['last', ['2022-03-01']],
  ['each', ['2022-01-01', '2022-02-01', '2022-03-01']],
] as const)('rows: %s says which rows of an entity are scored', async (which, days) => {
  const rows = ['2022-02-01', '2022-03-01', '2022-01-01', '2021-12-31'].map((day) => `7,${day},1,1,LEGE,,,`);
  const file = reader.write('population.csv', text(rows));
  const built = await reader.readFile(file, { rows: which }, '2022-01-01');
  expect((await reader.matrixOf(built)).asOf).toEqual(days);
});

test('Parquet: an id in a column of doubles is read without a decimal', async () => {
  const file = path.join(reader.dir, 'doubles.parquet');
  const query = `select 900001::double as practice, date '2022-01-01' as day, 0.5::double as x1, 2::float as x2,
    'LEGE' as kind, 1::double as found, date '2022-02-10' as known, 100.5::double as nok`;
  await withDuckDb(reader.dir, async (duck) => void (await duck.run(`copy (${query}) to '${file}' (format parquet)`)));
  const data = await reader.matrixOf(await reader.readFile(file));
  expect([data.entity[0], data.numeric.get('x1')![0], data.numeric.get('x2')![0]]).toEqual(['900001', 0.5, 2]);
});

test('two rows of an entity and a day are refused as such, and both are read by ids of their own', async () => {
  const rows = ['1,2022-01-01,1,1,LEGE,0,2022-02-10,', '1,2022-01-01,2,2,LEGE,1,2022-02-10,'];
  const { bad } = await reader.read(text([...ROWS, ...rows]));
  expect(bad.map(({ line, reason }) => [line, reason])).toEqual([
    [6, 'duplicate row: another row of this entity and day came before; state `rowId` if both count'],
  ]);
  const ids = rows.map((row, i) => `${row},r${i}`);
  expect((await reader.read(text(ids, `${HEADER},id`), { rowId: 'id' })).quarantined).toBe(0);
});
