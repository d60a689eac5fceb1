import { randomUUID } from 'node:crypto';
import { KuhrRegister } from '../../support/kuhr-register';
import { bill, message, status } from '../../support/register-files';

let register: KuhrRegister;
beforeAll(async () => {
  register = await KuhrRegister.start();
});
afterAll(() => register.close());

test('what is known at one instant: a credit in a later message, and both in one message', async () => {
  const [one, both] = [bill(), bill()];
  const at = Date.parse('2023-04-03T10:00:00Z');
  const claim = (regninger: object[]) => ({ praksisId: '1000001', behandlerkrav: { regninger } });
  const credit = { guid: one.guid, kreditering: true };
  const mixed = claim([both, { guid: both.guid, kreditering: true }]);
  const report = await register.load('once.ndjson', [claim([one]), claim([credit]), mixed], at);
  expect(report).toMatchObject({ read: 4, loaded: 2, quarantined: 2 });
  expect(await register.stateAt(one.guid, '2023-04-03T10:00:01Z')).toEqual({ ore: 0, entries: 2 });
  expect((await register.refusals()).slice(0, 2).map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/both sends and credits/),
    expect.stringMatching(/both sends and credits/),
  ]);
});

test('two bills of one guid in a message differ; a correction of the co-payment does not say it', async () => {
  const one = bill({ belop: 175 });
  const two = { ...one, takster: [{ kode: '2ad', antall: 1, belop: 100 }], belop: 100 };
  const unsaid = { ...bill(), korrigeringBetaltEgenandel: true, betaltEgenandel: null };
  const sent = message([one, two, unsaid]);
  expect(await register.load('guids.ndjson', [sent])).toMatchObject({ read: 3, loaded: 1, quarantined: 2 });
  expect(await register.stateAt(one.guid, '2023-05-01T00:00:00Z')).toEqual({ ore: 17500, entries: 1 });
  const refused = (await register.refusals()).slice(0, 2);
  expect(refused.map(({ field }) => field).sort()).toEqual(['betaltEgenandel', 'guid']);
  expect(refused.find(({ field }) => field === 'guid')!.reason).toMatch(/^one message holds two bills with this guid/);
});

test('a bare claim with a stated receipt: its answer knows better, and a later one is counted', async () => {
  const [before, after] = [bill(), bill()];
  const claim = (regninger: object[]) => ({ praksisId: '1000001', behandlerkrav: { regninger } });
  const stated = Date.parse('2023-06-01T10:00:00Z');
  await register.load('first.ndjson', [status(randomUUID(), [{ guid: before.guid, status: 'godkjent' }])]);
  await register.load('bare-stated.ndjson', [claim([before]), claim([after])], stated);
  expect(await register.stateAt(before.guid, '2023-02-03T10:00:01Z')).toEqual({ ore: 17500, entries: 1 });
  expect(await register.stateAt(after.guid, '2023-06-01T10:00:00Z')).toEqual({ ore: 0, entries: 0 });
  const late = await register.load('late.ndjson', [status(randomUUID(), [{ guid: after.guid, status: 'avvist' }])]);
  expect(late.notes).toEqual([{ note: 'rejected-in-unknown-message', path: 'innsending.regninger[].status', rows: 1 }]);
});
