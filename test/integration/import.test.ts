import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { bill, message, patient, providerFact, SYNTHETIC } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'import-'));
  await loadReference(t.db);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('the vault gives the same surrogates again, with a small cache and two concurrent callers', async () => {
  const vault = new Vault(t.db, Buffer.alloc(32, 9), 2);
  const people = ['a', 'b', 'c', 'd', 'e'];
  const first = await vault.pseudonyms(people.slice(0, 2));
  const [all, again] = await Promise.all([vault.pseudonyms(people), vault.pseudonyms([...people].reverse())]);
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
        bill({ pasient: patient('47908702368', 'FNR') }),
        bill({ takster: [{ kode: '2ad', antall: 1, belop: -175 }] }),
      ]),
      message([bill({ tidspunkt: '2023-02-30T09:00:00' }), twice, bill({ guid: 'no-guid' })]),
      'this is not JSON',
      message([bill()], { mottatt: 'yesterday' }),
      message([bill(), bill()], {}, '9999999'),
    ]);
    const [report] = await load(file);
    expect(report).toMatchObject({ read: 11, loaded: 2, quarantined: 9, alreadyLoaded: false });
    const found = await reasons(file);
    expect(found.map((r) => [r.line, r.field])).toEqual(
      expect.arrayContaining([
        [1, 'pasient.identifikasjon.id'],
        [1, 'takster.0.belop'],
        [2, 'tidspunkt'],
        [2, 'guid'],
        [3, '(whole)'],
        [4, 'mottatt'],
        [5, 'praksisId'],
      ]),
    );
    expect(found.find((r) => r.reason.startsWith('duplicate bill'))).toMatchObject({ line: 2, value: twice.guid });
    expect(found.find((r) => r.field === 'pasient.identifikasjon.id')?.value).toBeNull(); // nothing of it is kept
  });

  test('the same bytes load once, under any name; a bill comes once, in any file', async () => {
    const one = bill();
    const file = write('settlements-once.ndjson', [message([one])]);
    expect((await load(file))[0]).toMatchObject({ loaded: 1, alreadyLoaded: false });
    fs.copyFileSync(file, path.join(dir, 'settlements-again.ndjson'));
    expect((await load(path.join(dir, 'settlements-again.ndjson')))[0]).toMatchObject({
      loaded: 1,
      alreadyLoaded: true,
    });
    expect((await load(write('settlements-later.ndjson', [message([one, bill()])])))[0]).toMatchObject({
      read: 2,
      loaded: 1,
      quarantined: 1,
    });
  });

  test('broken organisation numbers, codes outside the lists and unopened cases are refused by name', async () => {
    const providers = write('providers-bad.ndjson', [
      providerFact('1000003', { orgnr: '974589108' }),
      providerFact('1000004'),
      providerFact('1000005', { praksistype: 'APOT', fagomrade: 'APO' }),
      providerFact('1000006', { fagomrade: 'AU' }),
    ]);
    expect((await load(providers))[0]).toMatchObject({ loaded: 1, quarantined: 3 });
    expect(await reasons(providers)).toMatchObject([
      { field: 'orgnr', value: '974589108' },
      { field: 'praksistype', value: 'APOT' },
      { field: 'fagomrade', value: 'AU' },
    ]);
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
    await expect(load(write('other.txt', ['x']))).rejects.toThrow(/contains no register file/);
    await expect(load(write('settlements.ndjson', ['{"x":1}']))).rejects.toThrow(/is of no kind that is known/);
  });
});

describe('people', () => {
  beforeAll(async () => {
    await load(write('providers-hand.ndjson', [providerFact('9000001')]));
  });

  test('patients become surrogates; invalid and repeated facts go to quarantine', async () => {
    const fact = {
      id: SYNTHETIC[0],
      idType: 'DNR',
      fodselsar: 1970,
      kommunenr: '0301',
      fastlegePraksisId: '9000001',
      kjentFra: '2021-01-01T00:00:00Z',
    };
    const [report] = await load(
      write('patients-hand.ndjson', [fact, fact, { ...fact, id: '47908702368' }, { ...fact, fodselsar: 1600 }]),
    );
    expect(report).toMatchObject({ read: 4, loaded: 1, quarantined: 3 });
    const reasons = await t
      .db('core.quarantine as q')
      .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
      .where({ file_name: 'patients-hand.ndjson' })
      .orderBy('line')
      .select<{ line: number; field: string; value: string }[]>('line', 'field', 'value');
    expect(reasons).toMatchObject([
      { line: 2, field: 'kjentFra' },
      { line: 3, field: 'pasient.id', value: null },
      { line: 4, field: 'fodselsar' },
    ]);
  });
});
