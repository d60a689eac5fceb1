import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tableMappingSchema } from '../../domain/import/table-mapping';
import type { AuditContext } from '../../platform/ledger/append';
import { loadReference } from '../../platform/import/import-reference';
import { buildTableMatrix, storeTable } from '../../platform/matrices/table-matrix';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'table-'));
  await loadReference(t.db);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const reasons = async (file: string) =>
  t
    .db('core.quarantine as q')
    .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
    .where({ file_name: path.basename(file) })
    .orderBy(['q.line', 'q.quarantine_id'])
    .select<{ line: number; item: string; field: string; value: string | null; reason: string }[]>(
      'q.line',
      'q.item',
      'q.field',
      'q.value',
      'q.reason',
    );

describe('prepared tables', () => {
  const mapping = tableMappingSchema.parse({
    version: 1,
    entity: 'orgnr',
    asOf: 'day',
    outcome: { column: 'found', positive: ['yes'], negative: ['no'], amount: 'kroner' },
    features: { a: 'numeric', kind: 'categorical' },
    nuisance: { who: 'categorical' },
    ignore: ['note'],
    maxRefused: 1,
  });
  const HEADER = 'orgnr,day,a,kind,who,found,kroner,note';
  const table = async (lines: string[], name: string) => {
    const file = path.join(dir, name);
    fs.writeFileSync(file, `${lines.join('\n')}\n`);
    return buildTableMatrix(t, audit, { fileSha256: await storeTable(t.store, file), fileName: file, mapping });
  };

  test('bad rows go to quarantine with their line, the counts add up', async () => {
    const load = await table(
      [
        HEADER,
        '974589109,2024-01-01,1.5,x,w1,yes,100.50,',
        '983544622,2024-01-01,,y,w2,no,,',
        '974589108,2024-01-01,1,x,w1,no,,',
        '974589109,2024-02-30,1,x,w1,no,,',
        '983544622,2024-01-02,abc,x,w1,no,,',
        '983544622,2024-01-03,1,x,w1,yes,-5,',
        '974589109,2024-01-01,9,x,w1,no,,',
      ],
      'table-bad.csv',
    );
    expect(load).toMatchObject({
      read: 7,
      loaded: 2,
      quarantined: 5,
      matrix: { meta: { rows: 2, labeled: 2, positives: 1 } },
    });
    const found = await reasons(path.join(dir, 'table-bad.csv'));
    expect(found.map((r) => [r.line, r.field])).toEqual([
      [4, 'orgnr'],
      [5, 'day'],
      [6, 'a'],
      [7, 'kroner'],
      [8, 'orgnr, day'],
    ]);
    expect(found[4]!.reason).toMatch(/duplicate row/);
  });
  test('a wrong header and a column that the mapping does not name are refused before any work', async () => {
    await expect(table(['orgnr,day,b', '1,2,3'], 'table-header.csv')).rejects.toThrow(
      /lacks the columns a, kind, who.* that the mapping names; it has: orgnr, day, b|lacks the columns/,
    );
    await expect(table([`${HEADER},extra`, '974589109,2024-01-01,1,x,w,yes,,,1'], 'table-extra.csv')).rejects.toThrow(
      /does not say what extra is/,
    );
    await expect(table([HEADER, '1,2024-01-01,1,x,w,yes,,'], 'table-none.csv')).rejects.toThrow(/no usable row/);
  });
  test('a column of free text is refused by what it holds, a code list is not', async () => {
    const written = (text: (i: number) => string) => [
      HEADER,
      ...Array.from(
        { length: 60 },
        (_, i) =>
          `974589109,2024-0${1 + Math.floor(i / 28)}-${String((i % 28) + 1).padStart(2, '0')},1,${text(i)},w,no,,`,
      ),
    ];
    await expect(
      table(
        written((i) => `visited the clinic on day ${i} and spoke with the owner`),
        'table-text.csv',
      ),
    ).rejects.toThrow(/kind holds free text \(60 different values/);
    expect(
      (
        await table(
          written((i) => `K${i % 7}`),
          'table-code.csv',
        )
      ).loaded,
    ).toBe(60);
  });
  test('the same file and mapping are the same matrix', async () => {
    const lines = [
      HEADER,
      ...Array.from({ length: 20 }, (_, i) => `974589109,2024-01-${String(i + 1).padStart(2, '0')},${i / 3},x,w,no,,`),
    ];
    const [a, b] = [await table(lines, 'table-a.csv'), await table(lines, 'table-b.csv')];
    expect(b.matrix.matrixId).toBe(a.matrix.matrixId);
  });
});
