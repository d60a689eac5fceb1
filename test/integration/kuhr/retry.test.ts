import { KuhrRegister } from '../../support/kuhr-register';
import { bill, message, patient, providerFact } from '../../support/register-files';

let register: KuhrRegister;
beforeAll(async () => {
  register = await KuhrRegister.start();
});
afterAll(() => register.close());

test('what was refused loads after what was missing has come, once, and nothing loads twice', async () => {
  const [one, wrong, elsewhere] = [bill(), bill({ pasient: patient('47908702368') }), bill()];
  const file = register.write('claims.ndjson', [message([one, wrong]), message([elsewhere], {}, '1000009')]);
  expect(await register.loadFile(file)).toMatchObject({ read: 3, loaded: 1, quarantined: 2 });
  // The same bytes are not loaded again without being asked for.
  expect(await register.loadFile(file)).toMatchObject({ alreadyLoaded: true, quarantined: 2 });

  await register.load('more.ndjson', [providerFact('1000009', { hprNr: '7654321' })]);
  expect(await register.loadFile(file, { retry: true })).toMatchObject({
    read: 2,
    loaded: 1,
    quarantined: 1,
    alreadyLoaded: false,
  });
  expect(await register.stateAt(elsewhere.guid, '2024-01-01T00:00:00Z')).toEqual({ ore: 17500, entries: 1 });
  expect(await register.stateAt(one.guid, '2024-01-01T00:00:00Z')).toEqual({ ore: 17500, entries: 1 });
  // What still cannot be read stands in quarantine once, and can be tried once more.
  expect((await register.refusals()).map(({ field }) => field)).toEqual(['pasient.identifikasjon.id']);
  expect(await register.loadFile(file, { retry: true })).toMatchObject({ read: 1, loaded: 0, quarantined: 1 });
  expect(await register.refusals()).toHaveLength(1);
});

test('a credit that came before its bill loads afterwards', async () => {
  const one = bill();
  const credit = register.write('credit.ndjson', [
    message([{ guid: one.guid, kreditering: true }], { mottatt: '2023-04-03T10:00:00Z' }),
  ]);
  expect(await register.loadFile(credit)).toMatchObject({ loaded: 0, quarantined: 1 });
  await register.load('late.ndjson', [message([one])]);
  expect(await register.loadFile(credit, { retry: true })).toMatchObject({ read: 1, loaded: 1, quarantined: 0 });
  expect(await register.stateAt(one.guid, '2023-05-01T00:00:00Z')).toEqual({ ore: 0, entries: 2 });
  // Nothing is left to try.
  expect(await register.loadFile(credit, { retry: true })).toMatchObject({ alreadyLoaded: true });
});

test('practices, substitutes and agreements are tried again as well; a duplicate stays one', async () => {
  const agreement = { praksisId: '1000010', omfang: 'full', fra: '2022-01-01', kjentFra: '2022-01-01T00:00:00Z' };
  const known = { ...agreement, praksisId: '1000001' };
  const file = register.write('agreements.ndjson', [known, known, agreement]);
  expect(await register.loadFile(file)).toMatchObject({ read: 3, loaded: 1, quarantined: 2 });
  await register.load('tenth.ndjson', [providerFact('1000010')]);
  expect(await register.loadFile(file, { retry: true })).toMatchObject({ read: 1, loaded: 1, quarantined: 0 });
  expect((await register.refusals())[0]!.reason).toMatch(/^duplicate/);
});

test('a file that was never loaded cannot be tried again', async () => {
  const file = register.write('never.ndjson', [message([bill()])]);
  await expect(register.loadFile(file, { retry: true })).rejects.toThrow(/was not loaded before/);
});
