import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../platform/config/env';
import { loadBillTable } from '../../platform/import/import-bill-table';
import { importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import { readYaml } from '../../application/experiments';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import type { AuditContext } from '../../platform/ledger/append';
import { auditContextFor, testDatabase, type TestDatabase } from '../support/environment';
import { providerFact, bill, message, SYNTHETIC } from '../support/register-files';

let t: TestDatabase;
let audit: AuditContext;
let dir: string;
const EXAMPLE = path.join(ROOT, 'docs/examples/bills');
const MAPPING = readYaml(path.join(EXAMPLE, 'mapping.yaml'));
const HEADER = fs.readFileSync(path.join(EXAMPLE, 'bills.csv'), 'utf8').split('\n')[0]!;
const vault = () => new Vault(t.db, Buffer.alloc(32, 9));
const load = (file: string) => loadBillTable(t.db, audit, vault(), file, MAPPING);
const loadAs = (file: string, format: object) =>
  loadBillTable(t.db, audit, vault(), file, { ...(MAPPING as object), format });
const csv = (name: string, rows: string[]) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, `${[HEADER, ...rows].join('\n')}\n`);
  return file;
};
const row = (
  over: Partial<
    Record<'guid' | 'no' | 'practice' | 'received' | 'started' | 'patient' | 'tariff' | 'count' | 'amount', string>
  > = {},
) => {
  const r = {
    guid: randomUUID() as string,
    no: '1',
    practice: '1000001',
    received: '2024-04-10T10:00:00Z',
    started: '2024-04-09T09:00:00',
    patient: SYNTHETIC[0] as string,
    tariff: '2ad',
    count: '1',
    amount: '175.00',
    ...over,
  };
  const head = [r.guid, r.no, r.practice, r.received, r.started, r.patient].join(',');
  return `${head},,L03,160.00,${r.tariff},${r.count},${r.amount},`;
};

const refused = async (name: string) =>
  t
    .db('core.quarantine as q')
    .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
    .where({ file_name: name })
    .orderBy('line')
    .select<{ line: number; field: string; value: string; reason: string }[]>('line', 'field', 'value', 'reason');

beforeAll(async () => {
  t = await testDatabase();
  audit = await auditContextFor(t, 'kari', 'register.import');
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bills-'));
  const providers = path.join(dir, 'providers.ndjson');
  fs.writeFileSync(providers, `${JSON.stringify(providerFact('1000001'))}\n`);
  await importRegister(t.db, audit, vault(), providers);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('the worked example loads; lines become one bill; the same content loads once', async () => {
  const file = path.join(EXAMPLE, 'bills.csv');
  expect(await load(file)).toMatchObject({ read: 3, loaded: 3, quarantined: 0, alreadyLoaded: false });
  expect(await load(file)).toMatchObject({ loaded: 3, alreadyLoaded: true });
  const first = await t
    .db('core.bill')
    .where({ bill_guid: '5a1f6a54-7d34-4a6f-9c53-3f4f7f4a0001' })
    .first<Record<string, unknown>>();
  expect(first).toMatchObject({
    received_month: '2024-03-01',
    civil_day: '2024-03-01',
    minute_of_day: 495,
    amount_ore: 43000,
    copay_paid: true,
    diagnosis: 'L03',
    performed_by: null,
  });
  expect(
    await t
      .db('core.bill_line')
      .where({ bill_id: first['bill_id'] })
      .orderBy('line_no')
      .select('line_no', 'tariff', 'amount_ore'),
  ).toEqual([
    { line_no: 1, tariff: '2ad', amount_ore: 17500 },
    { line_no: 2, tariff: '2cd', amount_ore: 25500 },
  ]);
  const dump = await t.db.raw<{ rows: { hit: boolean }[] }>('select bool_or(b::text ~ ?) as hit from core.bill b', [
    SYNTHETIC.join('|'),
  ]);
  expect(dump.rows[0]!.hit).toBe(false);
});

test('bad cells refuse their bill whole, by line, column, value and reason; the counts add up', async () => {
  const half = randomUUID();
  const file = csv('bad.csv', [
    row(),
    row({ guid: 'x' }),
    row({ practice: '9999999' }),
    row({ received: '2024-04-10 25:00' }),
    row({ started: '2024-02-30T09:00:00' }),
    row({ patient: '47908702368' }),
    row({ amount: '175.005' }),
    row({ amount: '-1.00' }),
    row({ count: '0' }),
    row({ guid: half }),
    row({ guid: half, amount: 'abc' }),
  ]);
  expect(await load(file)).toMatchObject({ read: 11, loaded: 1, quarantined: 10 });
  const found = await refused('bad.csv');
  expect(found.map((q) => [q.line, q.field])).toEqual([
    [3, 'bill_id'],
    [4, 'practice'],
    [5, 'received_at'],
    [6, 'started_at'],
    [7, 'pasient.id'],
    [8, 'amount_nok'],
    [9, 'amount_nok'],
    [10, 'count'],
    [11, 'bill_id'],
    [12, 'amount_nok'],
  ]);
  expect(found[4]).toMatchObject({
    value: null,
    reason: 'expected an identity number of 11 digits with right control digits',
  });
  expect(found[8]!.reason).toBe('another line of this bill was quarantined');
});

test('a bill that came before, by message or by table, is refused by name', async () => {
  const known = bill();
  const messages = path.join(dir, 'settlements-known.ndjson');
  fs.writeFileSync(messages, `${JSON.stringify(message([known]))}\n`);
  await importRegister(t.db, audit, vault(), messages);
  const file = csv('known.csv', [row({ guid: known.guid }), row({ guid: known.guid, tariff: '2cd' }), row()]);
  expect(await load(file)).toMatchObject({ read: 3, loaded: 1, quarantined: 2 });
});

test('both clock-change nights and New Year have the civil time that messages have', async () => {
  const starts = [
    '2024-03-31T01:59:00',
    '2024-03-31T03:01:00',
    '2024-10-27T02:30:00',
    '2024-10-27T03:30:00',
    '2023-12-31T23:59:00',
    '2024-01-01T00:00:00',
    '2024-10-27T01:30:00Z',
    '2024-06-30T23:30:00+00:00',
  ];
  const guids = starts.map(() => [randomUUID(), randomUUID()] as const);
  const received = { mottatt: '2024-12-31T23:30:00Z' };
  const messages = path.join(dir, 'settlements-clock.ndjson');
  fs.writeFileSync(
    messages,
    `${JSON.stringify(
      message(
        starts.map((tidspunkt, i) => bill({ guid: guids[i]![0], tidspunkt })),
        received,
      ),
    )}\n`,
  );
  await importRegister(t.db, audit, vault(), messages);
  await load(
    csv(
      'clock.csv',
      starts.map((started, i) => row({ guid: guids[i]![1], started, received: '2024-12-31T23:30:00Z' })),
    ),
  );
  const read = async (which: 0 | 1) => {
    const { rows } = await t.db.raw<{ rows: object[] }>(
      `select civil_day, minute_of_day, started_at::text, received_month
        from core.bill join unnest(?::uuid[]) with ordinality g(bill_guid, n) using (bill_guid) order by n`,
      [guids.map((pair) => pair[which])],
    );
    return rows;
  };
  expect(await read(1)).toEqual(await read(0));
  expect(await read(1)).toMatchObject([
    { civil_day: '2024-03-31', minute_of_day: 119 },
    { civil_day: '2024-03-31', minute_of_day: 181 },
    { civil_day: '2024-10-27', minute_of_day: 150, started_at: '2024-10-27 00:30:00+00' },
    { civil_day: '2024-10-27', minute_of_day: 210 },
    { civil_day: '2023-12-31', minute_of_day: 1439 },
    { civil_day: '2024-01-01', minute_of_day: 0, received_month: '2025-01-01' },
    { civil_day: '2024-10-27', minute_of_day: 150 },
    { civil_day: '2024-07-01', minute_of_day: 90 },
  ]);
});

const timesOf = async (guids: string[]) => {
  const { rows } = await t.db.raw<{ rows: { minute_of_day: number; known_from: Date }[] }>(
    `select minute_of_day, known_from from core.bill
      join unnest(?::uuid[]) with ordinality g(bill_guid, n) using (bill_guid) order by n`,
    [guids],
  );
  return rows.map((r) => [r.minute_of_day, new Date(r.known_from).toISOString()]);
};
test('an offset counts in every spelling: of hours alone, without a colon, after a blank', async () => {
  const times = [
    ['2024-03-04 10:10:00+01:00', '2024-03-01 08:15:00+01'],
    ['2024-07-04 10:10:00+0200', '2024-07-01 06:15:00+00'],
    ['2024-03-04T09:10:00Z', '2024-03-01T08:15+01:00'],
    ['2024-03-04 10:10:00.000 +01', '2024-03-01T07:15:00Z'],
  ] as const;
  const guids = times.map(() => randomUUID() as string);
  const rows = times.map(([received, started], i) => row({ guid: guids[i]!, received, started }));
  expect(await loadAs(csv('offsets.csv', rows), {})).toMatchObject({ loaded: 4, quarantined: 0 });
  expect(await timesOf(guids)).toEqual([
    [495, '2024-03-04T09:10:00.000Z'],
    [495, '2024-07-04T08:10:00.000Z'],
    [495, '2024-03-04T09:10:00.000Z'],
    [495, '2024-03-04T09:10:00.000Z'],
  ]);
});

test('a time without an offset is refused unless its zone is stated, and then has that zone', async () => {
  const guids = [randomUUID() as string, randomUUID() as string];
  const local = (guid: string) => row({ guid, received: '2024-07-02 10:00:00', started: '2024-07-01 08:15:00' });
  expect(await loadAs(csv('bare.csv', [local(guids[0]!)]), {})).toMatchObject({ loaded: 0, quarantined: 1 });
  expect((await refused('bare.csv'))[0]!.reason).toMatch(/without one, state `format.zone`/);
  // The same file under another mapping is another load.
  await loadAs(csv('bare.csv', [local(guids[0]!)]), { zone: 'Europe/Oslo' });
  await loadAs(csv('bare-utc.csv', [local(guids[1]!)]), { zone: 'UTC' });
  expect(await timesOf(guids)).toEqual([
    [495, '2024-07-02T08:00:00.000Z'],
    [615, '2024-07-02T10:00:00.000Z'],
  ]);
});

test('figures and times that are none refuse their row and no other', async () => {
  const counts = ['2.5', '0.6', '1e2', '0x10', '"2,5"', '+2', '01', '501', '1.0'].map((count) => row({ count }));
  const numbers = ['900005.5', '0', '-1', '9000000000'].map((no) => row({ no }));
  const none = '01.03.2024 08:15|24-03-01 08:15|2024-03-01|2024-03-01 24:00|0024-03-01T08:15:00|9999-12-31T00:00:00';
  const times = [...none.split('|'), '2024-03-01 08:15:00 UTC', 'infinity', 'epoch', 'now'];
  const started = times.map((time) => row({ started: time }));
  const received = [...times, '0024-03-04T09:10:00Z', '9999-12-31T00:00:00Z'].map((time) => row({ received: time }));
  const early = [
    row({ received: '2024-02-01T00:00:00Z', started: '2024-03-01T08:15:00' }),
    row({ received: '2024-03-01T07:14:59Z', started: '2024-03-01T08:15:00' }),
  ];
  const rows = [...counts, ...numbers, ...started, ...received, ...early];
  const same = row({ received: '2024-03-01T07:15:00Z', started: '2024-03-01T08:15:00' });
  expect(await load(csv('none.csv', [...rows, same]))).toMatchObject({ loaded: 1, quarantined: rows.length });
  const fields = (await refused('none.csv')).map(({ field }) => field);
  const expected = { count: counts, bill_number: numbers, started_at: started, received_at: [...received, ...early] };
  for (const [field, those] of Object.entries(expected))
    expect([field, fields.filter((name) => name === field).length]).toEqual([field, those.length]);
});

test('a table in another encoding and with another separator is refused by name, and loads as stated', async () => {
  const file = csv('latin.csv', []);
  const body = `${HEADER}\n${row().replace(/,$/, ',Bjørn så det')}\n`;
  fs.writeFileSync(file, Buffer.from(body, 'latin1'));
  await expect(load(file)).rejects.toMatchObject({
    message: expect.stringMatching(/latin\.csv: line 2 holds bytes that are no UTF-8/) as string,
    next: expect.stringMatching(/windows-1252/) as string,
  });
  expect(await loadAs(file, { encoding: 'latin1', zone: 'Europe/Oslo' })).toMatchObject({ loaded: 1 });
  const semicolons = csv('semicolons.csv', []);
  fs.writeFileSync(semicolons, `${HEADER}\n${row()}\n`.replaceAll(',', ';').replaceAll('.00', ',00'));
  await expect(load(semicolons)).rejects.toMatchObject({ next: expect.stringMatching(/separator: ";"/) as string });
  expect(await loadAs(semicolons, { separator: ';', decimal: ',', zone: 'Europe/Oslo' })).toMatchObject({ loaded: 1 });
});

test('Parquet loads the same way; a wrong header, a folder and a strange suffix are refused in words', async () => {
  const source = csv('as-parquet.csv', [row(), row({ tariff: '1bd' })]);
  const parquet = path.join(dir, 'bills.parquet');
  await withDuckDb(
    dir,
    async (duck) =>
      void (await duck.run(
        `copy (select * from read_csv('${source}', all_varchar = true)) to '${parquet}' (format parquet)`,
      )),
  );
  expect(await load(parquet)).toMatchObject({ read: 2, loaded: 2 });
  const wrong = path.join(dir, 'wrong.csv');
  fs.writeFileSync(wrong, 'a,b\n1,2\n');
  await expect(load(wrong)).rejects.toThrow(/lacks the columns bill_id, bill_number.*it has: a, b/);
  fs.writeFileSync(wrong, `${HEADER},more\n${row()},1\n`);
  await expect(load(wrong)).rejects.toThrow(/does not say what more is/);
  await expect(load(path.join(dir, 'bills.xlsx'))).rejects.toThrow(/does not exist/);
  await expect(
    loadBillTable(t.db, audit, vault(), parquet, { version: 1, kind: 'bills', columns: {} }),
  ).rejects.toThrow(/guid/);
});
