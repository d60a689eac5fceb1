import { PRACTICE, PRACTICES, answer, judged } from '../../support/kuhr-documents';
import { KuhrRegister } from '../../support/kuhr-register';
import { bill, SYNTHETIC } from '../../support/register-files';

let register: KuhrRegister;
beforeAll(async () => {
  register = await KuhrRegister.start();
  await register.load('practices.json', [PRACTICES], Date.parse('2025-11-01T00:00:00Z'));
});
afterAll(() => register.close());

test('practices: type, status, organisation number and every period', async () => {
  const { rows } = await register.t.db.raw<{ rows: object[] }>(
    `select practice_no, orgnr, practice_type, status, valid_from, valid_to
     from core.provider_fact join core.provider using (provider_id) where practice_no like '1004%' order by 1, 5`,
  );
  const first = { practice_no: PRACTICE, orgnr: '999999999', practice_type: 'FALE', status: 'ok' };
  expect(rows).toEqual([
    { ...first, valid_from: '2020-01-01', valid_to: '2023-12-31' },
    { ...first, valid_from: '2024-06-01', valid_to: '2028-07-15' },
    {
      practice_no: '1004000002',
      orgnr: '999999998',
      practice_type: 'LEVA',
      status: 'ok',
      valid_from: '2024-01-01',
      valid_to: null,
    },
  ]);
});

describe('a claim with every field that is documented', () => {
  const full = (id: string) => ({
    praksisId: PRACTICE,
    behandlerkrav: {
      avdeling: 'Akuttmottaket, Skarnes',
      navnEPJ: 'TestEPJ',
      reshId: '123456',
      regninger: [
        bill({
          korrigeringBetaltEgenandel: false,
          betaltEgenandel: false,
          kreditering: false,
          debitor: '1',
          merknad: '',
          pasient: {
            etternavn: 'Skarnes',
            fornavn: 'Olga',
            kjonn: '2',
            trygdenasjon: 'NO',
            identifikasjon: { id, type: 'FNR' },
            fodselsdato: '2014-03-11',
            eea: { dok: '', cardId: '', Id: '', TrygdekontorNavn: '', gyldighetFra: '', eeaGyldighet: '' },
          },
          arsakFriEgenandel: 'F',
          sjeldenMedisinskTilstand: 'FAB',
          henvisning: {
            dato: '2022-03-11',
            id: '1',
            diagnoser: [{ kodeverk: '2.16.578.1.12.4.1.1.7170', kode: 'L09' }],
            henvistFra: { id: '70008786', type: 'HPR' },
          },
          utforendeBehandler: { id: SYNTHETIC[0], type: 'FNR' },
          relatertBehandler: { id: '70008786', type: 'HPR' },
          rekvirent: { organisasjon: '9988991', hprNr: '70008786' },
          moderasjonskode: 'S',
          stonadspunkt: '4h',
          takster: [{ belop: 435.0, kode: '3ad', antall: 1, tenner: [{ tannkode: '25I' }, { tannkode: '34I' }] }],
          nlkkoder: [{ belop: 10.03, kode: 'NOR05172', antall: 1 }],
          prosedyrekoder: [
            { kodeverk: 'M', kode: 'ACFE10' },
            { kodeverk: 'R', kode: 'TSV0LL///ZTX6FB', belop: 25255.3 },
            { kodeverk: 'G', kode: 'T56000/P11430/P20712', belop: 42347.08 },
          ],
          belop: 435.0,
        }),
      ],
      antallRegninger: 1,
      belop: 435.0,
    },
  });
  const RECEIVED = Date.parse('2023-02-03T10:00:00Z');

  test('is read whole, and refused by the control digits of its patient alone', async () => {
    const report = await register.load('wrong.json', [full('47908500668')], RECEIVED);
    expect(report).toMatchObject({ read: 1, loaded: 0, quarantined: 1, notes: [] });
    expect((await register.refusals())[0]).toEqual({
      field: 'pasient.identifikasjon.id',
      value: null,
      reason: 'expected an identity number of 11 digits with right control digits',
    });
  });

  test('loads with a right number; no field is unknown, and the total that leaves codes out is counted', async () => {
    const document = full(SYNTHETIC[1]);
    const report = await register.load('right.json', [document], RECEIVED);
    expect(report).toMatchObject({ read: 1, loaded: 1, quarantined: 0 });
    expect(report.notes).toEqual([{ note: 'bill-total-differs', path: 'behandlerkrav.regninger[].belop', rows: 1 }]);
    const row = await register.t
      .db('core.bill')
      .where({ bill_guid: document.behandlerkrav.regninger[0]!.guid })
      .first<Record<string, unknown>>();
    expect(row).toMatchObject({
      // 435.00 as stated; 435.00 + 10.03 + 25,255.30 + 42,347.08 by its lines and codes
      amount_ore: 43500,
      lines_ore: 6804741,
      exemption: 'F',
      debtor: '1',
      copay_paid: false,
      has_remark: false,
      referred_on: '2022-03-11',
      referrer_hpr: 70008786,
      related_hpr: 70008786,
      requisitioner_hpr: 70008786,
      requisitioner_unit: '9988991',
      moderation: 'S',
      benefit_point: '4h',
      rare_condition: 'FAB',
    });
  });
});

test('a claim without content is refused by name', async () => {
  const report = await register.load('empty.json', [{ praksisId: PRACTICE, behandlerkrav: {} }], Date.now());
  expect(report).toMatchObject({ read: 1, loaded: 0, quarantined: 1 });
  expect((await register.refusals())[0]).toMatchObject({
    field: 'behandlerkrav.regninger',
    reason: 'expected the bills of the claim',
  });
});

test('a receipt has its state, and the codes of what was wrong', async () => {
  const id = '9101aba1-0000-4000-8000-000000000003';
  const errors = [{ kode: 'MANGLER_BEHANDLERKRAV', melding: 'Mangler påkrevd felt behandlerkrav' }];
  const received = { behandlerkravmeldingId: id, status: 'mottatt' };
  expect(await register.load('receipt.json', [received], Date.parse('2025-07-17T10:00:00Z'))).toMatchObject({
    loaded: 1,
    notes: [],
  });
  const faulty = { behandlerkravmeldingId: id, status: 'feil_i_melding', feilmeldinger: errors };
  // Two answers of one instant keep the order of their loading.
  await register.load('faulty.json', [faulty], Date.parse('2025-07-17T10:00:00Z'));
  expect((await register.statusRows(id)).map(({ message_status, errors }) => [message_status, errors])).toEqual([
    ['mottatt', []],
    ['feil_i_melding', ['MANGLER_BEHANDLERKRAV']],
  ]);
});

test('a status answer has control, payment, remarks as numbers, decision, and a digest of the account', async () => {
  const id = '3f5cb512-0000-4000-8000-000000000004';
  const guids = [1, 2].map((n) => `af49247c-0000-4000-8000-00000000000${n}`);
  const one = answer(id, 2, 396, '2025-07-16T11:20:00+02:00', {
    utbetalingsstatus: 'ingen_utbetaling',
    sumKravbelop: undefined,
    antallRegninger: undefined,
    vedtakId: '100001811802344',
    innsending: {
      sumKravbelop: 396,
      sumUtbetaltbelop: 198,
      antallRegninger: 2,
      regninger: [judged('avvist', guids[0]!, '6897', '710'), judged('godkjent', guids[1]!, '6898')],
      merknader: [{ nummer: '458', tekst: 'Olga' }],
    },
    vedtak: {
      utbetaling: { belop: 198, utbetaltdato: '2025-07-20T08:30:00+02:00', kontonr: '12345678901', kid: '123456789' },
      merknader: [{ nummer: 1478, tekst: 'Olga' }],
    },
  });
  const other = {
    ...answer('ab1355d2-0000-4000-8000-000000000005', 1, 500, '2025-07-16T11:20:00+02:00'),
    vedtakId: '',
  };
  const report = await register.load(
    'answers.json',
    [{ behandlerkravmeldinger: [one, other] }],
    Date.parse('2025-08-01'),
  );
  expect(report).toMatchObject({ read: 2, loaded: 2, quarantined: 0, notes: [] });
  expect(await register.statusRows(id)).toMatchObject([
    {
      message_status: 'ferdig_behandlet',
      control_status: 'ferdig_kontrollert',
      payment_status: 'ingen_utbetaling',
      received_at: new Date('2025-07-16T09:20:00Z'),
      intake_no: '100001812532014',
      decision_no: '100001811802344',
      claimed_ore: 39600,
      paid_ore: 19800,
      bill_count: 2,
      payment_ore: 19800,
      paid_at: new Date('2025-07-20T06:30:00Z'),
      account_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      rules: [458, 1478],
    },
  ]);
  expect((await register.statusRows(other.behandlerkravmeldingId))[0]).toMatchObject({
    decision_no: null,
    claimed_ore: 50000,
  });
  const steps = await register.t
    .db('core.bill_step')
    .whereIn('bill_guid', guids)
    .orderBy('bill_guid')
    .select('step', 'rules');
  expect(steps).toEqual([
    { step: 'rejected', rules: [710] },
    { step: 'approved', rules: null },
  ]);
});
