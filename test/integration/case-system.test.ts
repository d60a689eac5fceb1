import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'cases-'));
  await load('providers.ndjson', [providerFact('9000001')]);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

async function load(name: string, rows: readonly object[]) {
  const file = path.join(dir, name);
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const [report] = await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 3)), file);
  return report!;
}
const refused = (file: string) =>
  t
    .db('core.quarantine as q')
    .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
    .where({ file_name: file })
    .orderBy('line')
    .select<{ line: number; field: string; value: string; reason: string }[]>('line', 'field', 'value', 'reason');

const known = { kjentFra: '2023-03-01T12:00:00Z' };
const opened = {
  type: 'apnet',
  saksnr: 'K-1',
  praksisId: '9000001',
  apnet: '2023-02-10',
  grunnlag: 'tip',
  saksbehandler: 'team-1',
  ...known,
};

test('a case with campaign, signal, findings, reclaim and measures; dangling references are refused', async () => {
  const bill = randomUUID();
  const rows = [
    { type: 'kampanje', kampanje: 'TID-2023', slag: 'theme', navn: 'Tidstakster', fra: '2023-01-01', ...known },
    {
      type: 'signal',
      signalnr: 'S-1',
      praksisId: '9000001',
      kilde: 'tip',
      mottatt: '2023-01-20',
      styrke: 0.7,
      ...known,
    },
    {
      ...opened,
      kampanje: 'TID-2023',
      kontrollFra: '2022-01-01',
      kontrollTil: '2022-12-31',
      utvalgssannsynlighet: 0.25,
    },
    {
      type: 'funn',
      saksnr: 'K-1',
      funnnr: 1,
      regning: bill,
      takstkode: '2cd',
      slag: 'tariff',
      arsak: 'for kort tid',
      belop: '510.50',
      ...known,
    },
    {
      type: 'tilbakekreving',
      saksnr: 'K-1',
      vedtatt: '2023-09-01',
      belopKrevd: '510.50',
      belopInnbetalt: '100.00',
      ...known,
    },
    { type: 'tiltak', saksnr: 'K-1', tiltak: 'letter', besluttet: '2023-09-01', ...known },
    { ...opened, saksnr: 'K-2', kampanje: 'NOBODY' },
    { ...opened, saksnr: 'K-3', kontrollFra: '2023-01-01', kontrollTil: '2022-01-01' },
    { ...opened, saksnr: 'K-4', praksisId: '9999999' },
    { type: 'funn', saksnr: 'K-9', funnnr: 1, slag: 'other', ...known },
    { type: 'signal', signalnr: 'S-2', praksisId: '9000001', kilde: 'tip', mottatt: '2023-01-20', styrke: 7, ...known },
    { type: 'tiltak', saksnr: 'K-1', tiltak: 'letter', besluttet: '2023-09-01', ...known },
    { type: 'gjetning', saksnr: 'K-1', ...known },
  ];
  expect(await load('cases.ndjson', rows)).toMatchObject({ read: 13, loaded: 6, quarantined: 7 });
  expect(await refused('cases.ndjson')).toMatchObject([
    { line: 7, field: 'kampanje', value: 'NOBODY' },
    { line: 8, field: 'kontrollTil', value: '2022-01-01' },
    { line: 9, field: 'praksisId', value: '9999999' },
    { line: 10, field: 'saksnr', value: 'K-9', reason: expect.stringContaining('opening comes first') as string },
    { line: 11, field: 'styrke', value: '7' },
    { line: 12, field: 'saksnr', reason: expect.stringContaining('duplicate') as string },
    { line: 13, field: 'type' },
  ]);
  expect(
    await t
      .db('ctl.case')
      .first<object>('case_no', 'campaign_code', 'control_from', 'control_to', 'selection_probability'),
  ).toEqual({
    case_no: 'K-1',
    campaign_code: 'TID-2023',
    control_from: '2022-01-01',
    control_to: '2022-12-31',
    selection_probability: 0.25,
  });
  expect(await t.db('ctl.finding').first<object>('bill_guid', 'tariff', 'kind', 'cause', 'amount_ore')).toEqual({
    bill_guid: bill,
    tariff: '2cd',
    kind: 'tariff',
    cause: 'for kort tid',
    amount_ore: 51050,
  });
  expect(await t.db('ctl.reclaim').first<object>('decided_ore', 'recovered_ore')).toEqual({
    decided_ore: 51050,
    recovered_ore: 10000,
  });
  expect(await t.db('ctl.signal').first<object>('source', 'strength')).toEqual({ source: 'tip', strength: 0.7 });
});

test('agreements and substitutes: each kind by its own name, unknown practices and repeats refused', async () => {
  const agreement = { praksisId: '9000001', omfang: 'direkte oppgjør', fra: '2022-01-01', ...known };
  expect(
    await load('agreements.ndjson', [
      agreement,
      agreement,
      { ...agreement, praksisId: '9999999' },
      { ...agreement, fra: 'i går' },
    ]),
  ).toMatchObject({ kind: 'agreement', read: 4, loaded: 1, quarantined: 3 });
  expect(await refused('agreements.ndjson')).toMatchObject([
    { line: 2, field: 'praksisId' },
    { line: 3, field: 'praksisId', value: '9999999' },
    { line: 4, field: 'fra' },
  ]);
  const substitute = { praksisId: '9000001', vikarHprNr: 7654321, fra: '2022-06-01', til: '2022-08-31', ...known };
  expect(await load('substitutes.ndjson', [substitute, { ...substitute, vikarHprNr: 0 }])).toMatchObject({
    kind: 'substitute',
    read: 2,
    loaded: 1,
    quarantined: 1,
  });
});
