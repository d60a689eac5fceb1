import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importRegister } from '../../platform/loading/import-register';
import { loadReference } from '../../platform/loading/reference';
import { Vault } from '../../platform/loading/vault';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { buildRegisterMatrix, featureCode } from '../../platform/matrices/register-matrix';
import { matrixEngine } from '../../platform/duckdb/version';
import { buildTableMatrix, storeTable } from '../../platform/matrices/table-matrix';
import { tableMappingSchema } from '../../domain/schemas/table-mapping';
import type { AuditContext } from '../../platform/ledger/append';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact, bill, message, SYNTHETIC } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'register-'));
  await loadReference(t.db);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('the vault finds everybody again, also when its memory is emptied between and beneath two that ask at once', async () => {
  const vault = new Vault(t.db, Buffer.alloc(32, 9), 2);
  const people = ['a', 'b', 'c', 'd', 'e'];
  const first = await vault.surrogates(people.slice(0, 2));
  const [all, again] = await Promise.all([vault.surrogates(people), vault.surrogates([...people].reverse())]);
  expect(all.slice(0, 2)).toEqual(first);
  expect(again).toEqual([...all].reverse());
  expect(new Set(all).size).toBe(5);
});

const write = (name: string, rows: unknown[]) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n') + '\n');
  return file;
};
const load = async (file: string) => importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 7)), file);
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

describe('settlement messages', () => {
  beforeAll(async () => {
    await load(
      write('providers.ndjson', [
        providerFact('1000001'),
        providerFact('1000002', { hprNr: undefined, orgnr: '983544622' }),
      ]),
    );
  });

  test('bad rows go to quarantine by line, field and reason, the rest loads, the counts add up', async () => {
    const twice = bill();
    const file = write('settlements-bad.ndjson', [
      message([
        bill(),
        twice,
        bill({ pasient: { id: '47908702368', idType: 'FNR' } }),
        bill({ takster: [{ takstkode: '2ad', antall: 1, belop: '-175.00' }] }),
      ]),
      message([bill({ tidspunkt: '2023-02-30T09:00:00' }), twice, bill({ guid: 'no-guid' })]),
      'this is not JSON',
      message([bill()], { mottattidspunkt: 'yesterday' }),
      message([bill(), bill()], {}, '9999999'),
    ]);
    const [report] = await load(file);
    expect(report).toMatchObject({ read: 11, loaded: 2, quarantined: 9, already: false });
    const found = await reasons(file);
    expect(found.map((r) => [r.line, r.field])).toEqual(
      expect.arrayContaining([
        [1, 'pasient.id'],
        [1, 'takster.0.belop'],
        [2, 'tidspunkt'],
        [2, 'guid'],
        [3, '(whole)'],
        [4, 'mottattidspunkt'],
        [5, 'melding.praksisId'],
      ]),
    );
    expect(found.find((r) => r.reason.startsWith('duplicate bill'))).toMatchObject({ line: 2, value: twice.guid });
    expect(found.find((r) => r.field === 'pasient.id')?.value).toBe('47…'); // no whole identifier is kept
  });

  test('the same bytes load once, under any name; a bill comes once, in any file', async () => {
    const one = bill();
    const file = write('settlements-once.ndjson', [message([one])]);
    expect((await load(file))[0]).toMatchObject({ loaded: 1, already: false });
    fs.copyFileSync(file, path.join(dir, 'settlements-again.ndjson'));
    expect((await load(path.join(dir, 'settlements-again.ndjson')))[0]).toMatchObject({ loaded: 1, already: true });
    expect((await load(write('settlements-later.ndjson', [message([one, bill()])])))[0]).toMatchObject({
      read: 2,
      loaded: 1,
      quarantined: 1,
    });
  });

  test('fields that no column holds are kept beside the row; a national id is not', async () => {
    const rich = bill({
      henvisning: { dato: '2023-01-01' },
      takster: [{ takstkode: '2ad', antall: 1, belop: '175.00', tenner: [11] }],
      pasient: { id: SYNTHETIC[1], idType: 'DNR', trygdekontor: '0301' },
    });
    await load(write('settlements-rich.ndjson', [message([rich], { ekstra: 1 })]));
    const row = await t.db('core.bill').where({ bill_guid: rich.guid }).first<{
      bill_id: number;
      extra: object;
      civil_day: string;
      minute_of_day: number;
      amount_ore: number;
      patient_key: number;
    }>();
    expect(row).toMatchObject({
      extra: { henvisning: { dato: '2023-01-01' }, pasient: { idType: 'DNR', trygdekontor: '0301' } },
      civil_day: '2023-01-10',
      minute_of_day: 540,
      amount_ore: 17500,
    });
    const line = await t.db('core.bill_line').where({ bill_id: row.bill_id }).first<{ extra: object }>();
    expect(line.extra).toEqual({ tenner: [11] });
    const dump = await t.db.raw<{ rows: { hit: boolean }[] }>('select bool_or(b::text ~ ?) as hit from core.bill b', [
      SYNTHETIC.join('|'),
    ]);
    expect(dump.rows[0]!.hit).toBe(false);
    const same = await t.db.raw<{ rows: { n: number }[] }>('select count(distinct patient_key) as n from core.bill');
    expect(same.rows[0]!.n).toBe(2); // two people, whatever the number of bills
  });

  test('broken organisation numbers and cases without an opening are refused by name', async () => {
    const providers = write('providers-bad.ndjson', [
      providerFact('1000003', { orgnr: '974589108' }),
      providerFact('1000004'),
    ]);
    expect((await load(providers))[0]).toMatchObject({ loaded: 1, quarantined: 1 });
    expect((await reasons(providers))[0]).toMatchObject({ field: 'orgnr', value: '974589108' });
    const cases = write('cases-bad.ndjson', [
      {
        type: 'vedtak',
        saksnr: 'K-9',
        vedtatt: '2023-01-01',
        utfall: 'reclaim',
        belop: '1.00',
        kjentFra: '2023-01-02T00:00:00Z',
      },
      {
        type: 'apnet',
        saksnr: 'K-8',
        praksisId: '1000001',
        apnet: '2023-01-01',
        grunnlag: 'tip',
        saksbehandler: 'team-1',
        kjentFra: '2023-01-01T00:00:00Z',
      },
    ]);
    expect((await load(cases))[0]).toMatchObject({ loaded: 1, quarantined: 1 });
    expect((await reasons(cases))[0]!.reason).toMatch(/its opening comes first/);
  });

  test('an empty, an unreadable and a missing file are errors that say so', async () => {
    await expect(load(write('settlements-empty.ndjson', ['']))).rejects.toThrow(/holds no rows/);
    await expect(load(path.join(dir, 'nowhere'))).rejects.toThrow(/does not exist/);
    await expect(load(write('other.txt', ['x']))).rejects.toThrow(/holds no register file/);
  });
});

describe('snapshots', () => {
  const snapshot = (asOf: string, horizon?: number) => extractSnapshot(t, audit, { asOf, horizon });
  const matrixOf = async (snapshotId: string, asOf: string) =>
    (
      await buildRegisterMatrix(t, audit, {
        kind: 'scoring',
        snapshotId,
        asOf,
        code: featureCode(),
        engine: matrixEngine(),
      })
    ).matrixId;

  test('nothing known at or after the as-of instant is in it, and the same instant is the same snapshot', async () => {
    await load(
      write('settlements-2023-03.ndjson', [message([bill(), bill()], { mottattidspunkt: '2023-03-05T10:00:00Z' })]),
    );
    const before = await snapshot('2023-03-05T10:00:00Z');
    const after = await snapshot('2023-03-05T10:00:01Z');
    expect(after.rows - before.rows).toBe(4); // two bills and their lines
    const again = await snapshot('2023-03-05T10:00:00Z');
    expect(again).toMatchObject({ snapshotId: before.snapshotId, partsWritten: 0 });
  });

  test('a backfill with an earlier known time does not change an old snapshot', async () => {
    const old = await snapshot('2023-04-01T00:00:00Z');
    const { horizon } = await readManifest(t.db, t.store, old.snapshotId);
    await load(write('settlements-backfill.ndjson', [message([bill()], { mottattidspunkt: '2023-02-10T10:00:00Z' })]));
    expect((await snapshot('2023-04-01T00:00:00Z', horizon)).snapshotId).toBe(old.snapshotId);
    const fresh = await snapshot('2023-04-01T00:00:00Z');
    expect(fresh.snapshotId).not.toBe(old.snapshotId);
    expect(fresh.rows).toBe(old.rows + 2);
    expect(fresh.partsReused).toBeGreaterThan(0); // March was not read again
  });

  test('what becomes known later leaves every feature of an earlier instant byte-identical', async () => {
    const asOf = '2023-05-01T00:00:00Z';
    const before = await matrixOf((await snapshot(asOf)).snapshotId, asOf);
    await load(
      write('settlements-future.ndjson', [
        message(
          Array.from({ length: 30 }, () => bill({ tidspunkt: '2023-01-11T09:00:00' })),
          { mottattidspunkt: '2023-06-05T10:00:00Z' },
        ),
      ]),
    );
    await load(
      write('providers-future.ndjson', [
        providerFact('1000001', { kjentFra: '2023-06-01T00:00:00Z', gyldigFra: '2022-06-01', listelengde: 9999 }),
      ]),
    );
    expect(await matrixOf((await snapshot(asOf)).snapshotId, asOf)).toBe(before);
    const later = '2023-07-01T00:00:00Z';
    expect(await matrixOf((await snapshot(later)).snapshotId, later)).not.toBe(before);
  });

  test('a changed byte of a stored artefact is found and named', async () => {
    const sha = t.store.put('some content');
    fs.chmodSync(t.store.path(sha), 0o644);
    fs.writeFileSync(t.store.path(sha), 'some c0ntent');
    expect(() => t.store.get(sha)).toThrow(new RegExp(`artefact ${sha} holds other bytes`));
  });
});

describe('prepared tables', () => {
  const mapping = tableMappingSchema.parse({
    version: 1,
    entity: 'orgnr',
    asOf: 'day',
    outcome: { column: 'found', positive: ['yes'], amount: 'kroner' },
    features: { a: 'numeric', kind: 'categorical' },
    nuisance: { who: 'categorical' },
    ignore: ['note'],
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
      matrix: { meta: { rows: 2, labelled: 2, positives: 1 } },
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
