import { KuhrRegister } from '../../support/kuhr-register';
import { bill, message } from '../../support/register-files';

let register: KuhrRegister;
beforeAll(async () => {
  register = await KuhrRegister.start();
});
afterAll(() => register.close());

const flagsOf = async (guid: string) =>
  (
    await register.t
      .db('core.bill')
      .where({ bill_guid: guid })
      .orderBy('known_from')
      .select<{ flags: unknown }[]>('flags')
  ).map(({ flags }) => flags);

test('a contact after its receipt and a claim after six months are facts, counted, and refuse nothing', async () => {
  const received = { mottatt: '2023-08-31T10:00:00Z' };
  const on = (tidspunkt: string) => bill({ tidspunkt });
  const [future, late, intime, leap] = [
    on('2023-09-01T09:00:00+02:00'),
    on('2023-02-27T09:00:00+01:00'),
    on('2023-03-01T09:00:00+01:00'),
    // Six months after the last of February is the last day of August that has this number, the 28th.
    on('2023-02-28T23:30:00+01:00'),
  ];
  const report = await register.load('times.ndjson', [message([future, late, intime, leap], received)]);
  expect(report).toMatchObject({ read: 4, loaded: 4, quarantined: 0 });
  const path = 'behandlerkrav.regninger[].tidspunkt';
  expect(report.notes).toEqual([
    { note: 'contact-after-receipt', path, rows: 1 },
    { note: 'sent-late', path, rows: 2 },
  ]);
  expect(await flagsOf(future.guid)).toEqual([['contact-after-receipt']]);
  expect(await flagsOf(late.guid)).toEqual([['sent-late']]);
  expect(await flagsOf(intime.guid)).toEqual([null]);
  expect(await flagsOf(leap.guid)).toEqual([['sent-late']]);
});

test('a credit three years after the contact is a fact of the credit', async () => {
  const [intime, late] = [bill(), bill()];
  await register.load('sent.ndjson', [message([intime, late])]);
  // The contacts were on 10 January 2023 at nine in Norway.
  const credit = (guid: string, mottatt: string) => message([{ guid, kreditering: true }], { mottatt });
  const report = await register.load('credits.ndjson', [
    credit(intime.guid, '2026-01-10T22:30:00Z'),
    credit(late.guid, '2026-01-10T23:30:00Z'),
  ]);
  expect(report.notes).toEqual([{ note: 'credited-late', path: 'behandlerkrav.regninger[].kreditering', rows: 1 }]);
  expect(await flagsOf(intime.guid)).toEqual([null, null]);
  expect(await flagsOf(late.guid)).toEqual([null, ['credited-late']]);
  expect(await register.stateAt(late.guid, '2026-02-01T00:00:00Z')).toEqual({ ore: 0, entries: 2 });
});

test('only the practice that sent a bill corrects, credits or changes its co-payment', async () => {
  const one = bill();
  await register.load('own.ndjson', [message([one])]);
  const later = { mottatt: '2023-04-03T10:00:00Z' };
  const foreign = [
    { ...one, takster: [{ kode: '2ad', belop: 100 }] },
    { guid: one.guid, kreditering: true },
    { ...one, korrigeringBetaltEgenandel: true, betaltEgenandel: false },
  ];
  const report = await register.load('foreign.ndjson', [message(foreign, later, '1000002')]);
  expect(report).toMatchObject({ read: 3, loaded: 0, quarantined: 3 });
  for (const { reason } of await register.refusals()) expect(reason).toMatch(/^another practice sent the bill/);
  expect(await register.stateAt(one.guid, '2023-05-01T00:00:00Z')).toEqual({ ore: 17500, entries: 1 });
});
