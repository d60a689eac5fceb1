import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tableMappingSchema } from '../../domain/import/table-mapping';
import type { AuditContext } from '../../platform/ledger/append';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { buildTableMatrix, storeTable } from '../../platform/matrices/table-matrix';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { HEADER, MAPPING, text } from '../support/table-reader';

/** Tables as programs and people spoil them, at the size of a real one, from the file to the matrix and quarantine. */
let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'table-cases-'));
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const FIRST_DAY = Date.UTC(2022, 0, 1);
const dayOf = (n: number) => new Date(FIRST_DAY + n * 86_400_000).toISOString().slice(0, 10);
type Row = Record<'practice' | 'day' | 'x1' | 'x2' | 'kind' | 'found' | 'known' | 'nok', string>;
/** 600 rows, of which 11 in 24 are findings: 275. */
const BASE: readonly Row[] = Array.from({ length: 600 }, (_, i) => {
  const found = i % 24 < 11;
  return {
    practice: String(i % 300).padStart(4, '0'),
    day: dayOf(i),
    x1: `${100 + i}.25`,
    x2: String(i % 40),
    kind: ['FALE', 'LEGE', 'KIRO'][i % 3]!,
    found: found ? '1' : '0',
    known: dayOf(i + 40),
    nok: found ? `${10_000 + i}.00` : '',
  };
});
const COLUMNS = HEADER.split(',') as (keyof Row)[];
/** The rows as text, some cells changed; `change` gives the cells that differ. */
const rowsOf = (change: (i: number, row: Row) => Partial<Row> = () => ({})) =>
  BASE.map((row, i) => COLUMNS.map((name) => ({ ...row, ...change(i, row) })[name]));
const csv = (rows: readonly string[][], separator = ',') =>
  text(
    rows.map((row) => row.join(separator)),
    COLUMNS.join(separator),
  );

async function load(name: string, content: string | Buffer, over: object = {}) {
  const file = path.join(dir, `${name}.csv`);
  fs.writeFileSync(file, content);
  const mapping = tableMappingSchema.parse({ ...MAPPING, ...over });
  const loaded = await buildTableMatrix(t, audit, {
    fileSha256: await storeTable(t.store, file),
    fileName: file,
    mapping,
  });
  const { meta, fileSha256 } = loaded.matrix;
  const data = await readMatrix(t.store.existing(fileSha256), meta.columns, path.join(dir, 'spill'));
  const { rows, labeled, positives } = meta;
  return { counts: [loaded.read, loaded.quarantined, rows, labeled, positives], data };
}

const ALLOWED = { maxRefused: 1 };
const refused = async (name: string) =>
  t
    .db('core.quarantine as q')
    .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
    .where({ file_name: `${name}.csv` })
    .orderBy('q.line')
    .select<{ line: number; field: string; value: string | null; reason: string }[]>(
      'line',
      'field',
      'value',
      'reason',
    );

test('the table that the others change', async () => {
  const { counts, data } = await load('base', csv(rowsOf()));
  expect(counts).toEqual([600, 0, 600, 600, 275]);
  expect(data.numeric.get('x1')!.reduce((sum, x) => sum + x, 0)).toBe(600 * 100.25 + (599 * 600) / 2);
});

test('rows that begin with #N/A are read, counted and refused; none vanishes', async () => {
  const spoilt = rowsOf((i) => (i % 15 === 7 ? { x1: '#N/A' } : {}));
  const x1First = [2, 0, 1, 3, 4, 5, 6, 7];
  const content = text(
    spoilt.map((row) => x1First.map((at) => row[at]).join(',')),
    x1First.map((at) => COLUMNS[at]).join(','),
  );
  expect((await load('hash', content, ALLOWED)).counts.slice(0, 3)).toEqual([600, 40, 560]);
  const found = await refused('hash');
  expect(found).toHaveLength(40);
  expect(found[0]).toMatchObject({ line: 9, field: 'x1', value: '#N/A' });
  // With the text stated as a missing value every row is used.
  const said = await load('hash-missing', content, { format: { missing: ['#N/A'] } });
  expect(said.counts).toEqual([600, 0, 600, 600, 275]);
  expect(said.data.numeric.get('x1')!.filter(Number.isNaN)).toHaveLength(40);
});

test('a column called line is a feature like any other; label, grp and entity are refused by name', async () => {
  const content = text(
    rowsOf().map((row, i) => [...row, i % 10].join(',')),
    `${HEADER},line`,
  );
  const { counts, data } = await load('line', content, { features: { ...MAPPING.features, line: 'numeric' } });
  expect(counts).toEqual([600, 0, 600, 600, 275]);
  expect(data.numeric.get('line')!.reduce((sum, x) => sum + x, 0)).toBe(60 * 45);
  for (const name of ['label', 'grp', 'entity'])
    expect(() => tableMappingSchema.parse({ ...MAPPING, features: { [name]: 'categorical' } })).toThrow(
      `${name} is a reserved name`,
    );
});

test('an outcome of 1.0 is a finding; one of NA is none of the listed ones', async () => {
  const decimals = rowsOf((i, { found }) => (found === '1' && i % 2 === 1 ? { found: '1.0' } : {}));
  expect((await load('outcome-decimals', csv(decimals))).counts).toEqual([600, 0, 600, 600, 275]);
  const unknown = csv(rowsOf((i) => (i % 3 === 0 ? { found: 'NA', nok: '' } : {})));
  await expect(load('outcome-NA', unknown)).rejects.toThrow(
    /400 of 600 rows are used; 200 refused: NA in column found \(200\).*more than the share of 0\.05/,
  );
  const positives = BASE.filter(({ found }, i) => found === '1' && i % 3 !== 0).length;
  const listed = { outcome: { ...MAPPING.outcome, missing: ['NA'] } };
  expect((await load('outcome-NA', unknown, listed)).counts).toEqual([600, 0, 600, 400, positives]);
});

test('days that are none are refused by line; 9999-12-31 is unknown where that is stated', async () => {
  const texts = ['22-01-09', '2022-01-26?', 'infinity', 'epoch'];
  const days = rowsOf((i) => (i % 50 < 4 ? { day: texts[i % 50]! } : {}));
  expect((await load('days', csv(days), ALLOWED)).counts.slice(0, 3)).toEqual([600, 48, 552]);
  expect((await refused('days')).slice(0, 4).map(({ line, field, value }) => [line, field, value])).toEqual(
    texts.map((value, i) => [i + 2, 'day', value]),
  );
  const far = csv(rowsOf((i) => (i % 60 === 30 ? { known: '9999-12-31', found: '', nok: '' } : {})));
  expect((await load('far', far, ALLOWED)).counts.slice(0, 3)).toEqual([600, 10, 590]);
  const stated = await load('far', far, { format: { missing: ['9999-12-31'] } });
  expect(stated.counts.slice(0, 4)).toEqual([600, 0, 600, 590]);
});

test('a training that would use 60 of 600 rows is refused with the reason', async () => {
  const content = csv(rowsOf((i) => (i % 10 === 0 ? {} : { x2: 'NA' })));
  await expect(load('mostly-NA', content)).rejects.toMatchObject({
    message: expect.stringMatching(/60 of 600 rows are used; 540 refused: NA in column x2 \(540\)/) as string,
    next: expect.stringMatching(/format\.missing/) as string,
  });
  expect(await refused('mostly-NA')).toHaveLength(540);
  expect((await load('mostly-NA', content, { format: { missing: ['NA'] } })).counts).toEqual([600, 0, 600, 600, 275]);
});

test('a point between thousands is no amount, and one where it is stated', async () => {
  const content = csv(rowsOf((_, { found }) => (found === '1' ? { nok: '69.574' } : {})));
  expect((await load('thousands', content, ALLOWED)).counts.slice(0, 3)).toEqual([600, 275, 325]);
  const commas = csv(
    rowsOf((_, { found, x1 }) => ({ x1: x1.replace('.', ','), nok: found === '1' ? '69.574' : '' })),
    ';',
  );
  const { counts, data } = await load('thousands-stated', commas, {
    format: { separator: ';', decimal: ',', thousands: '.' },
  });
  expect(counts).toEqual([600, 0, 600, 600, 275]);
  expect(data.amountOre[0]).toBe(6_957_400);
});

test('a file of Norwegian Excel says how to state what it is, and loads as stated', async () => {
  const norwegian = (iso: string) => iso.split('-').reverse().join('.');
  const rows = rowsOf((_, r) => ({
    day: norwegian(r.day),
    known: norwegian(r.known),
    x1: r.x1.replace('.', ','),
    nok: r.nok.replace('.', ','),
    kind: r.kind === 'LEGE' ? 'Tannlæge' : r.kind,
  }));
  const content = Buffer.from(csv(rows, ';').replaceAll('\n', '\r\n'), 'latin1');
  await expect(load('excel', content)).rejects.toMatchObject({
    message: expect.stringMatching(/no UTF-8.*but 7 ";"/) as string,
    next: expect.stringMatching(/encoding: windows-1252.*separator: ";"/s) as string,
  });
  const format = { encoding: 'windows-1252', separator: ';', decimal: ',', date: 'dd.mm.yyyy' };
  const { counts, data } = await load('excel', content, { format });
  expect(counts).toEqual([600, 0, 600, 600, 275]);
  expect(data.categorical.get('kind')!.filter((kind) => kind === 'Tannlæge')).toHaveLength(200);
});

test('decimal commas: quoted ones refuse their rows, unquoted ones the file, without a value of it', async () => {
  const rows = rowsOf((_, { x1 }) => ({ x1: x1.replace('.', ',') }));
  const quoted = csv(rows.map((row) => row.map((value) => `"${value}"`)));
  await expect(load('quoted', quoted)).rejects.toMatchObject({
    message: 'no usable row in quoted.csv: 600 of 600 went to quarantine',
    next: expect.stringMatching(/^line 2, x1: .*found "100,25"/) as string,
  });
  await expect(load('unquoted', csv(rows))).rejects.toThrow(
    /^unquoted\.csv: line 2 has 9 values, the header 8 \(a decimal comma\?\)$/,
  );
});

test('constant and empty columns are read; a figure too large is refused by column and line', async () => {
  const figures = ['1e308', '-1e308', 'Infinity'];
  const content = text(
    rowsOf().map((row, i) => [...row, 5, '', figures[i] ?? 1].join(',')),
    `${HEADER},c,e,f`,
  );
  const features = { ...MAPPING.features, c: 'numeric', e: 'numeric', f: 'numeric' };
  const { counts, data } = await load('large', content, { features });
  expect(counts.slice(0, 3)).toEqual([600, 3, 597]);
  expect([...new Set(data.numeric.get('c')), data.numeric.get('e')!.every(Number.isNaN)]).toEqual([5, true]);
  expect((await refused('large')).map(({ line, field, value }) => [line, field, value])).toEqual(
    figures.map((value, i) => [i + 2, 'f', value]),
  );
});

test('three thousand columns are refused with the limit', async () => {
  const more = Array.from({ length: 3000 }, (_, i) => i);
  const content = text(
    rowsOf()
      .slice(0, 300)
      .map((row) => [...row, ...more].join(',')),
    `${HEADER},${more.map((i) => `c${i}`).join(',')}`,
  );
  await expect(load('wide', content)).rejects.toThrow('wide.csv has 3008 columns; at most 2000 can be read');
});

test('an outcome without the day it became known is refused and counted', async () => {
  const content = csv(rowsOf((i) => (i % 3 === 0 ? { known: '' } : {})));
  await expect(load('no-day', content)).rejects.toThrow(
    /400 of 600 rows are used; 200 refused: in column known \(200\): expected the day on which the outcome/,
  );
  expect(await refused('no-day')).toHaveLength(200);
});
