import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { toCivilDate, toInstant } from '../../domain/time/instant';
import { tariffOn, tariffUse } from '../../platform/db/read-models/tariffs';
import { ProviderProfile } from '../../platform/features/provider-profile';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { readManifest } from '../../platform/snapshots/manifests';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { bill, message, providerFact } from '../support/register-files';
import { tariffVersion, writeTariffs } from '../support/tariff-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
async function open() {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tariffs-'));
  await loadReference(t.db);
}
async function close() {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
}

const load = async (file: string) =>
  (await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 7)), file))[0]!;
const write = (name: string, text: string) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, text);
  return file;
};
const refused = async (file: string) =>
  t
    .db('core.quarantine as q')
    .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
    .where({ file_name: path.basename(file) })
    .orderBy(['q.line', 'q.quarantine_id'])
    .select<{ line: number; field: string; value: string | null; reason: string }[]>(
      'q.line',
      'q.field',
      'q.value',
      'q.reason',
    );
const day = (text: string) => toCivilDate(text, 'day');
const on = (text: string, code = '2ad', field = 'LE') => tariffOn(t.db, { code, field, day: day(text) });

/** Minutes of the contacts of practice 1000001 on each day, as the time rules count them. */
async function minutesOn(days: readonly string[], loadWatermark?: number): Promise<number[][]> {
  const { snapshotId } = await extractSnapshot(t, audit, {
    asOf: toInstant('2024-01-01T00:00:00Z', 'as of'),
    loadWatermark,
  });
  const manifest = await readManifest(t.db, t.store, snapshotId);
  const { provider_id: id } = await t
    .db('core.provider')
    .where({ practice_no: '1000001' })
    .first<{ provider_id: number }>('provider_id');
  const profile = new ProviderProfile(t.store, manifest, id);
  return Promise.all(days.map(async (one) => (await profile.day(one)).map(({ minutes }) => minutes)));
}

async function loadBills(lines: readonly (readonly [day: string, kode: string, antall: number])[]): Promise<void> {
  const facts = [providerFact('1000001'), providerFact('1000002', { praksistype: 'TANN', fagomrade: 'TH' })];
  await load(write('providers.ndjson', facts.map((fact) => JSON.stringify(fact)).join('\n')));
  const bills = lines.map(([on, kode, antall]) =>
    bill({ tidspunkt: `${on}T09:00:00`, takster: [{ kode, antall, belop: 175 }] }),
  );
  const received = { mottatt: '2023-08-03T10:00:00Z' };
  await load(write('settlements-2023-08.ndjson', JSON.stringify(message(bills, received))));
}

const use = (over: object = {}) => ({
  ar: 2023,
  maned: 7,
  takstkode: '2ad',
  fagomraade: 'LE',
  praksis_type_kode: 'FALE',
  behandler_kommunenr: '0301',
  antall_regninger: 1200,
  sum_antall_takst: 1250,
  sum_refusjon: 18000.5,
  ...over,
});
const inOslo = {
  areaKind: 'municipality',
  months: 1,
  from: '2023-07-01',
  until: '2023-07-01',
} as unknown as Parameters<typeof tariffUse>[1];

describe('what tariffs say of bills', () => {
  beforeEach(open);
  afterEach(close);

  test('a bill gets the minutes and amounts of the version of its day, in the field of its provider', async () => {
    const report = await load(
      writeTariffs(dir, [
        tariffVersion({ fradato: '2023-03-01' }),
        tariffVersion({ fradato: '2023-07-01', tildato: null, honorar: 184.5, minimum_tidsbruk: 20 }),
        tariffVersion({ fagomraade: 'TH', tildato: null, minimum_tidsbruk: 45 }),
      ]),
    );
    expect(report).toMatchObject({ kind: 'tariff', read: 3, loaded: 3, quarantined: 0 });
    await loadBills([
      ['2023-06-30', '2ad', 2],
      ['2023-07-01', '2ad', 2],
      ['2023-02-28', '2ad', 1],
    ]);
    // 15 + 5 and 20 + 5; before its first version a tariff claims no time
    expect(await minutesOn(['2023-06-30', '2023-07-01', '2023-02-28'])).toEqual([[20], [25], [0]]);
    expect(await on('2023-06-30')).toMatchObject({ feeOre: 17500, refundOre: 1500, copayOre: 16000, minMinutes: 15 });
    expect(await on('2023-07-01')).toMatchObject({ feeOre: 18450, validTo: undefined, minMinutes: 20 });
    expect(await on('2023-02-28')).toBeUndefined();
  });

  test('a version that is loaded again replaces itself, and an older snapshot keeps what it had', async () => {
    await load(writeTariffs(dir, [tariffVersion({ tildato: null })]));
    await loadBills([['2023-06-30', '2ad', 1]]);
    const { last_committed: before } = await t.db('core.batch_counter').first<{ last_committed: number }>();
    const corrected = [
      tariffVersion({ minimum_tidsbruk: 12 }),
      tariffVersion({ fradato: '2023-07-01', tildato: null }),
    ];
    expect(await load(writeTariffs(dir, corrected, 'next-year.json'))).toMatchObject({ loaded: 2, quarantined: 0 });
    expect(await minutesOn(['2023-06-30'])).toEqual([[12]]);
    expect(await minutesOn(['2023-06-30'], before)).toEqual([[15]]);
  });

  test('bills without any tariff are refused rather than counted as no time', async () => {
    await loadBills([['2023-06-30', '2ad', 1]]);
    await expect(minutesOn(['2023-06-30'])).rejects.toThrow(/holds bills and no tariff/);
  });
});

describe('files of open data', () => {
  beforeAll(open);
  afterAll(close);

  test('versions of a tariff that share a day are refused: within a file, and with what is there', async () => {
    const file = writeTariffs(dir, [
      tariffVersion(),
      tariffVersion({ takstkode: '3ad', tildato: '2023-07-01' }),
      tariffVersion({ takstkode: '3ad', fradato: '2023-07-01', tildato: null }),
    ]);
    expect(await load(file)).toMatchObject({ read: 3, loaded: 1, quarantined: 2 });
    const [first, second] = await refused(file);
    expect(first).toMatchObject({ line: 2, field: 'fradato' });
    expect(first!.reason).toMatch(/tariff 3ad of field LE .* from 2023-07-01 to an open end, row 3/);
    expect(second!.reason).toMatch(/from 2022-07-01 to 2023-07-01, row 2/);
    const next = writeTariffs(dir, [tariffVersion({ fradato: '2023-06-30', tildato: null })], 'next.json');
    expect(await load(next)).toMatchObject({ loaded: 0, quarantined: 1 });
    expect((await refused(next))[0]!.reason).toMatch(/to 2023-06-30, loaded before/);
  });

  test('rows that are not right are refused by name, from JSON and CSV', async () => {
    const json = writeTariffs(
      dir,
      [
        tariffVersion({ fagomraade: 'AU' }),
        tariffVersion({ fradato: '2023-02-30' }),
        tariffVersion({ tildato: '9999-12-31' }),
        tariffVersion({ honorar: 175.555 }),
        tariffVersion({ minimum_tidsbruk: '15 min' }),
        tariffVersion({ nytt_felt: 1 }),
        tariffVersion({ tildato: '2022-06-30' }),
      ],
      'wrong.json',
    );
    expect(await load(json)).toMatchObject({ read: 7, loaded: 0, quarantined: 7 });
    expect((await refused(json)).map(({ field }) => field)).toEqual([
      'fagomraade',
      'fradato',
      'tildato',
      'honorar',
      'minimum_tidsbruk',
      '(whole)',
      'tildato',
    ]);
    const csv = write(
      'takster.csv',
      '\uFEFFtakstkode;fagomraade;fradato;tildato;honorar;ugyldig_kombinasjon;krever_diagnose\n' +
        '2ae;LE;2022-07-01;;184,50;"11ad, 701a";P76\n' +
        '2ad;LE;2022-07-01;;1.840,50;;\n' +
        '2ak;LE;2022-07-01;;1,5;;;extra\n',
    );
    expect(await load(csv)).toMatchObject({ kind: 'tariff', read: 3, loaded: 1, quarantined: 2 });
    expect(await refused(csv)).toMatchObject([
      { line: 2, field: 'honorar', value: '1.840,50' },
      { line: 4, field: '(whole)', value: null },
    ]);
    const row = await t.db('ref.tariff').where({ code: '2ae' }).first<object>();
    expect(row).toMatchObject({
      fee_ore: 18450,
      excludes: ['11ad', '701a'],
      requires_diagnosis: ['P76'],
      valid_to: null,
    });
  });

  test('files with other columns, without rows, or cut off end in a sentence', async () => {
    await expect(load(write('a.csv', 'takstkode;fradato;ukjent\n1;2022-01-01;2\n'))).rejects.toThrow(
      /not documented: ukjent/,
    );
    await expect(load(writeTariffs(dir, [], 'empty.json'))).rejects.toThrow(/is of no kind that is known/);
    const cut = JSON.stringify([tariffVersion(), tariffVersion()]).slice(0, -30);
    await expect(load(write('cut.json', cut))).rejects.toThrow(/cut.json cannot be read/);
  });

  test('tariff use: withheld counts are missing, a later load is right, other rows are refused by name', async () => {
    const file = write(
      'agtakst.json',
      JSON.stringify([
        use(),
        use({ behandler_kommunenr: '4601', antall_regninger: null, sum_antall_takst: null, sum_refusjon: null }),
        use({ behandler_kommunenr: '5001', antall_regninger: 5 }),
        use({ praksis_type_kode: 'LABO' }),
        use({ sum_refusjon: 1 }),
        use({ maned: 13 }),
        use({ maned: null, behandler_kommunenr: null, behandler_fylke: 'Vestland' }),
      ]),
    );
    expect(await load(file)).toMatchObject({ kind: 'tariff-use', read: 7, loaded: 3, quarantined: 4 });
    expect((await refused(file)).map(({ line, field }) => [line, field])).toEqual([
      [3, 'antall_regninger'],
      [4, 'praksis_type_kode'],
      [5, 'takstkode'],
      [6, 'maned'],
    ]);
    const oslo = {
      tariff: '2ad',
      field: 'LE',
      practiceType: 'FALE',
      area: '0301',
      period: '2023-07-01',
      bills: 1200,
      uses: 1250,
      refundOre: 1800050,
    };
    const bergen = { ...oslo, area: '4601', bills: undefined, uses: undefined, refundOre: undefined };
    expect(await tariffUse(t.db, inOslo)).toEqual([oslo, bergen]);
    expect(await tariffUse(t.db, { ...inOslo, practiceType: 'LEVA' })).toEqual([]);
    await load(write('agtakst-2.json', JSON.stringify([use({ antall_regninger: 1300 })])));
    expect((await tariffUse(t.db, inOslo))[0]).toEqual({ ...oslo, bills: 1300 });
  });
});
