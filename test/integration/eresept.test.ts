import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import {
  bill,
  dispensing,
  goods,
  message,
  payment,
  PHARMACY,
  PRESCRIBER,
  prescription,
  result,
  settlement,
  THREE_BILLS,
} from '../support/eresept-messages';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact, SYNTHETIC } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'eresept-'));
  const valid = { gyldigFra: '2015-01-01', kjentFra: '2015-01-01T00:00:00Z' };
  const doctor = { ...valid, hprNr: String(PRESCRIBER), orgnr: '974589109' };
  const providers = [
    providerFact('7000001', { ...valid, hprNr: undefined, orgnr: PHARMACY, praksistype: undefined, fagomrade: 'APO' }),
    // The same doctor in two practices: the second is valid from 2020 on.
    providerFact('7000002', { ...doctor, gyldigTil: '2019-12-31' }),
    providerFact('7000003', { ...doctor, gyldigFra: '2020-01-01' }),
  ];
  await load('providers.ndjson', providers.map((one) => JSON.stringify(one)).join('\n'));
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

async function load(name: string, text: string) {
  const file = path.join(dir, name);
  fs.writeFileSync(file, text);
  const [report] = await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 7)), file);
  return report!;
}
const query = async <T>(sql: string, values: unknown[] = []) =>
  (await t.db.raw<{ rows: T[] }>(sql, values as never[])).rows;
const refusals = (file: string) =>
  query<{ item: string; field: string; value: string | null; reason: string }>(
    `select item, field, value, reason from core.quarantine join core.load_batch using (batch_id)
     where file_name = ? order by quarantine_id`,
    [file],
  );
const notes = (file: string) =>
  query(
    `select note as kind, path as name, rows as occurrences from core.batch_note n
     join core.load_batch b using (batch_id)
     where b.file_name = ? order by 1, 2`,
    [file],
  );
/** Packages and refund of a bill as known before an instant. */
const stateOf = async (billNo: string, before: string) =>
  (
    await query<{ refund: string | null; packages: string | null }>(
      `select (select sum(entry * claimed_ore) from rx.claim where bill_no = ? and known_from < ?)::int as refund,
         (select sum(g.entry * quantity_milli) from rx.claim c join rx.claim_goods g
           using (received_month, claim_id, is_reversal) where bill_no = ? and c.known_from < ?)::int as packages`,
      [billNo, before, billNo, before],
    )
  )[0];

const DOCUMENTED = '90003_2354358';

test('a settlement with its prescriptions, result and payment: joined by their numbers, in øre', async () => {
  const attached = [
    prescription({ id: '3B7E90C8-6B29-4358-A567-180DCB8AB0C6', repeats: 3, reserved: true }),
    prescription({ id: '80f0309f-1fb2-43fa-b345-180dcb8ac092' }),
  ];
  const file = [
    message({ type: 'M18', id: 's-1' }, settlement({ no: DOCUMENTED, total: '300.48' }, THREE_BILLS), attached),
    result('r-1', DOCUMENTED, [
      { no: '0000056662', claimed: '30.62', approved: '30.62' },
      { no: '0000056663', claimed: '140.36', approved: '100' },
      { no: '0000056664', claimed: '129.5', approved: '0', status: '1', remarks: ['114 Tekst', 'Uten nummer'] },
    ]),
    payment('p-1', '510000000021038', '130.62', [[DOCUMENTED, '130.62']]),
  ].join('\n');
  // 3 bills, 2 prescriptions, 3 results, 1 payment
  expect(await load('settlement.xml', file)).toMatchObject({ read: 9, loaded: 9, quarantined: 0 });
  expect(await notes('settlement.xml')).toEqual([]);
  const claims = await query(
    `select c.bill_no, c.claimed_ore, c.copay_ore, p.practice_no, repeats, reserved_by_prescriber as reserved,
       r.approved_ore, r.status, c.known_from = '2020-01-28T08:53:31.848Z' as from_its_making
     from rx.claim c join core.provider p on p.provider_id = c.prescriber_id
       join rx.bill_result r using (pharmacy_id, settlement_no, bill_no)
       left join rx.prescription m using (prescription_id) order by 1`,
  );
  const doctor = { practice_no: '7000003', from_its_making: true };
  expect(claims).toEqual([
    {
      ...{ bill_no: '0000056662', claimed_ore: 3062, copay_ore: 1958, approved_ore: 3062, status: 'approved' },
      ...{ ...doctor, repeats: 3, reserved: true },
    },
    {
      ...{ bill_no: '0000056663', claimed_ore: 14036, copay_ore: 8974, approved_ore: 10000, status: 'approved' },
      ...{ ...doctor, repeats: 0, reserved: false },
    },
    {
      ...{ bill_no: '0000056664', claimed_ore: 12950, copay_ore: 8280, approved_ore: 0, status: 'rejected' },
      ...{ ...doctor, repeats: null, reserved: null },
    },
  ]);
  const [paid] = await query<object>('select settlement_no, payment_ore, paid_ore from rx.payment');
  expect(paid).toEqual({ settlement_no: DOCUMENTED, payment_ore: 13062, paid_ore: 13062 });
  const [remarks] = await query<{ remarks: string[] }>(
    "select remarks from rx.bill_result where bill_no = '0000056664'",
  );
  expect(remarks!.remarks).toEqual(['114', expect.stringMatching(/^text-[0-9a-f]{12}$/)]);
});

test('the same bills again are duplicates; the same message is one as well', async () => {
  const again = (id: string) =>
    message({ type: 'M18', id }, settlement({ no: DOCUMENTED, total: '300.48' }, THREE_BILLS));
  expect(await load('again.xml', `${again('s-1')}<!-- sent twice -->`)).toMatchObject({ loaded: 0, quarantined: 3 });
  expect((await refusals('again.xml'))[0]).toMatchObject({
    field: 'MsgId',
    reason: 'duplicate: a message with this id was loaded before',
  });
  expect(await load('resent.xml', again('s-2'))).toMatchObject({ loaded: 0, quarantined: 3 });
  expect((await refusals('resent.xml'))[0]!.reason).toMatch(/same content/);
});

describe('the life of a bill', () => {
  const sent = (id: string, no: string, made: string, ...bills: string[]) =>
    message({ type: 'M18', id, made }, settlement({ no, total: '0', count: bills.length }, bills));

  test('a correction replaces the version before from the instant it became known', async () => {
    const first = bill({ no: 'k1', refund: '100', goods: goods('2.000') });
    const second = bill({ no: 'k1', refund: '60.50', goods: goods('1.500') });
    const third = bill({ no: 'k1', refund: '70', goods: goods('1.250') });
    await load('first.xml', sent('k-1', 'A', '2020-02-10T08:00:00Z', first));
    // Two more versions in one file, a month and two later.
    await load(
      'corrected.xml',
      sent('k-2', 'B', '2020-03-10T08:00:00Z', second) + sent('k-3', 'C', '2020-04-10T08:00:00Z', third),
    );
    expect(await stateOf('k1', '2020-02-01')).toEqual({ refund: null, packages: null });
    expect(await stateOf('k1', '2020-03-01')).toEqual({ refund: 10000, packages: 2000 });
    expect(await stateOf('k1', '2020-04-01')).toEqual({ refund: 6050, packages: 1500 });
    expect(await stateOf('k1', '2020-05-01')).toEqual({ refund: 7000, packages: 1250 });
  });

  test('an older version that comes late is refused by name', async () => {
    const late = sent('k-4', 'D', '2020-03-20T08:00:00Z', bill({ no: 'k1', refund: '1' }));
    expect(await load('late.xml', late)).toMatchObject({ loaded: 0, quarantined: 1 });
    const [refusal] = await refusals('late.xml');
    expect(refusal!.value).toBe('k1');
    expect(refusal!.reason).toMatch(/older version/);
  });

  test('a credit takes its goods and refund back, with and without a minus sign', async () => {
    const one = bill({ no: 'c1', refund: '80', goods: goods('3.000') });
    const credits = [
      bill({ no: 'c2', refund: '-50', credits: 'c1', goods: goods('-2.000') }),
      bill({ no: 'c3', refund: '30', credits: 'c1' }),
    ];
    await load('billed.xml', sent('c-1', 'E', '2020-05-10T08:00:00Z', one));
    await load('credited.xml', sent('c-2', 'F', '2020-06-10T08:00:00Z', ...credits));
    const sums = await query<{ refund: number; packages: number }>(
      `select sum(c.entry * claimed_ore)::int as refund, sum(c.entry * quantity_milli)::int as packages
       from rx.claim c join rx.claim_goods using (received_month, claim_id, is_reversal) where bill_no like 'c%'`,
    );
    expect(sums).toEqual([{ refund: 0, packages: 0 }]);
    expect(await stateOf('c1', '2020-06-01')).toEqual({ refund: 8000, packages: 3000 });
  });
});

test('a settlement is known from its receipt where a status answer says so, and its totals are checked', async () => {
  const status = { oppgjorsnr: 'S-9', orgnr: PHARMACY, status: { v: '2', dt: 'Godkjent' }, sumKrav: 759.1, ny: 1 };
  const answer = { ...status, mottatt: '2020-07-02T10:09:57.260+02:00', antallRegninger: 2, sumGodkjent: 67802.45 };
  expect(await load('prescriptions-status.json', JSON.stringify([answer]))).toMatchObject({ read: 1, loaded: 1 });
  expect(await query('select claimed_ore, approved_ore from rx.settlement_status')).toEqual([
    { claimed_ore: 75910, approved_ore: 6780245 },
  ]);
  expect(await notes('prescriptions-status.json')).toEqual([
    { kind: 'known-from-loading', name: 'status', occurrences: 1 },
    { kind: 'unknown-field', name: 'status/ny', occurrences: 1 },
  ]);
  const bills = [bill({ no: 's1', refund: '30.62', hpr: 1234567 }), bill({ no: 's2', refund: 'mye' })];
  const sent = message(
    { type: 'M18', id: 'st-1', made: '2020-07-01T08:00:00Z' },
    settlement({ no: 'S-9', total: '99.99' }, bills),
  );
  expect(await load('total.xml', sent)).toMatchObject({ read: 2, loaded: 1, quarantined: 1 });
  expect(await query("select known_from from rx.claim where bill_no = 's1'")).toEqual([
    { known_from: new Date('2020-07-02T08:09:57.260Z') },
  ]);
  // Sent again on 5 July, after the receipt that is known: it cannot have been known before it was made.
  const again = message(
    { type: 'M18', id: 'st-2', made: '2020-07-05T08:00:00Z' },
    settlement({ no: 'S-9', total: '30.62' }, [bill({ no: 's3', refund: '30.62' })]),
  );
  expect(await load('again.xml', again)).toMatchObject({ read: 1, loaded: 1 });
  expect(await query("select known_from from rx.claim where bill_no = 's3'")).toEqual([
    { known_from: new Date('2020-07-05T08:00:00Z') },
  ]);
  expect(await notes('total.xml')).toEqual([
    { kind: 'bill-count-differs', name: 'S-9', occurrences: 1 },
    { kind: 'message-total-differs', name: 'S-9', occurrences: 1 },
    { kind: 'prescriber-unknown', name: 'HPR', occurrences: 1 },
  ]);
  expect(await query("select prescriber_id, prescriber_hpr from rx.claim where bill_no = 's1'")).toEqual([
    { prescriber_id: null, prescriber_hpr: 1234567 },
  ]);
});

test('results as JSON, reports of dispensings, and prescriptions of their own', async () => {
  const result = {
    ...{ oppgjorsnr: DOCUMENTED, orgnr: PHARMACY, behandlingDato: '2020-03-06T16:38:23.457823748+02:00' },
    regninger: [
      {
        regningsnr: '0000056662',
        krav: 30.62,
        godkjent: 0,
        status: { v: '1' },
        merknader: [{ v: '114' }, { v: '15' }],
      },
      { regningsnr: 'x', krav: 1.234, godkjent: 0, status: { v: '1' } },
    ],
  };
  expect(await load('prescriptions-result.ndjson', JSON.stringify(result))).toMatchObject({
    loaded: 1,
    quarantined: 1,
  });
  expect(await query("select remarks from rx.bill_result where handled = '2020-03-06'")).toEqual([
    { remarks: ['114', '15'] },
  ]);
  const alone = prescription({ id: 'alone-1', quantity: '2' });
  const file = `<arkiv>${alone}${alone}${dispensing('m-1', 'alone-1')}${dispensing('m-1', 'alone-1')}</arkiv>`;
  expect(await load('alone.xml', file)).toMatchObject({ read: 4, loaded: 2, quarantined: 2 });
  expect(await query('select prescription_id, quantity_milli, reserved_by_customer from rx.dispensing')).toEqual([
    { prescription_id: 'alone-1', quantity_milli: 1500, reserved_by_customer: true },
  ]);
});

test('an unknown pharmacy, a wrong identity number and a broken file are refused by name, the rest loads', async () => {
  const wrong = `<Ident><Id>${SYNTHETIC[0].slice(0, 10)}8</Id><TypeId V="FNR"/></Ident>`;
  const bills = [bill({ no: 'w1', refund: '1', patient: wrong }), bill({ no: 'w2', refund: '1' })];
  const from = (id: string, orgnr: string) =>
    message({ type: 'M18', id, from: orgnr }, settlement({ no: id, total: '2' }, bills));
  const file = `${from('w-1', PHARMACY)}${from('w-2', '998858968')}${from('w-3', PHARMACY).slice(0, 2500)}`;
  const report = await load('mixed.xml', file);
  expect(report).toMatchObject({ loaded: 1 });
  expect(report.loaded + report.quarantined).toBe(report.read);
  expect((await refusals('mixed.xml')).map(({ field, value }) => [field, value])).toEqual(
    expect.arrayContaining([
      ['Pasient/Ident', null],
      ['Sender/Organisation/Ident', '998858968'],
      ['the message', null],
    ]),
  );
});

test('no name, address, dose or identity number is in any table', async () => {
  const tables = await query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('rx', 'core') and tablename !~ '_[0-9]{4}_[0-9]{2}$'`,
  );
  expect(tables.length).toBeGreaterThan(15);
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await query<{ hit: boolean | null }>(
      `select bool_or(t::text ~* 'skjult|${SYNTHETIC.join('|')}') as hit from ${name} t`,
    );
    if (row!.hit) found.push(name);
  }
  expect(found).toEqual([]);
});
