import { randomUUID } from 'node:crypto';
import { KuhrRegister } from '../../support/kuhr-register';
import { bill, message, patient, status, SYNTHETIC } from '../../support/register-files';

let register: KuhrRegister;
beforeAll(async () => {
  register = await KuhrRegister.start();
});
afterAll(() => register.close());

describe('the life of a bill', () => {
  test('a rejected bill is corrected under its guid; each instant shows its own state', async () => {
    const first = bill({ belop: 175 });
    const corrected = { ...first, takster: [{ kode: '2ad', antall: 1, belop: 100 }], belop: 100 };
    const sent = message([first]);
    await register.load('a.ndjson', [
      sent,
      status(sent.behandlerkravmeldingId, [{ guid: first.guid, status: 'avvist', merknader: [{ nummer: '470' }] }]),
      message([corrected], { mottatt: '2023-03-01T10:00:00Z' }),
    ]);
    expect(await register.stateAt(first.guid, '2023-02-03T10:00:00Z')).toEqual({ ore: 0, entries: 0 });
    expect(await register.stateAt(first.guid, '2023-02-10T10:00:00Z')).toEqual({ ore: 17500, entries: 1 });
    expect(await register.stateAt(first.guid, '2023-02-11T00:00:00Z')).toEqual({ ore: 0, entries: 2 });
    expect(await register.stateAt(first.guid, '2023-04-01T00:00:00Z')).toEqual({ ore: 10000, entries: 3 });
    // The reversal has its own copy of the lines, in the month in which it became known.
    const lines = await register.t.db.raw<{ rows: object[] }>(
      `select b.entry, l.tariff, l.amount_ore from core.bill b join core.bill_line l using (received_month, bill_id)
       where bill_guid = ? order by b.known_from`,
      [first.guid],
    );
    expect(lines.rows).toEqual([
      { entry: 1, tariff: '2ad', amount_ore: 17500 },
      { entry: -1, tariff: '2ad', amount_ore: 17500 },
      { entry: 1, tariff: '2ad', amount_ore: 10000 },
    ]);
    const remark = await register.t
      .db('core.rule_outcome')
      .where({ rule_no: 470 })
      .first<object>('effect', 'civil_day');
    expect(remark).toEqual({ effect: 'reject', civil_day: '2023-01-10' });
  });

  test('an answer loaded before its claim gives the same entries', async () => {
    const one = bill();
    const sent = message([one]);
    await register.load('status.ndjson', [status(sent.behandlerkravmeldingId, [{ guid: one.guid, status: 'avvist' }])]);
    await register.load('claim.ndjson', [sent]);
    expect(await register.stateAt(one.guid, '2023-02-05T00:00:00Z')).toEqual({ ore: 17500, entries: 1 });
    expect(await register.stateAt(one.guid, '2023-02-11T00:00:00Z')).toEqual({ ore: 0, entries: 2 });
  });

  test('a rejected bill that is treated again and approved stands again', async () => {
    const one = bill();
    const sent = message([one]);
    const answer = (state: string, at: string) =>
      status(sent.behandlerkravmeldingId, [{ guid: one.guid, status: state }], { rebehandling: true }, at);
    await register.load('again.ndjson', [sent, answer('avvist', '2023-02-04T10:00:00Z')]);
    await register.load('again2.ndjson', [answer('godkjent', '2023-05-04T10:00:00Z')]);
    expect(await register.stateAt(one.guid, '2023-03-01T00:00:00Z')).toEqual({ ore: 0, entries: 2 });
    expect(await register.stateAt(one.guid, '2023-06-01T00:00:00Z')).toEqual({ ore: 17500, entries: 3 });
  });

  test.each([
    ['the mark alone', (guid: string) => ({ guid, kreditering: true })],
    ['negative amounts', (guid: string) => ({ ...bill(), guid, belop: -175, kreditering: true })],
    ['the guid alone', (guid: string) => ({ guid })],
  ])('a bill is credited by %s', async (_, credit) => {
    const one = bill();
    await register.load('sent.ndjson', [message([one])]);
    const at = { mottatt: '2023-04-03T10:00:00Z' };
    expect(await register.load('credit.ndjson', [message([credit(one.guid)], at)])).toMatchObject({
      loaded: 1,
      quarantined: 0,
    });
    expect(await register.stateAt(one.guid, '2023-04-01T00:00:00Z')).toEqual({ ore: 17500, entries: 1 });
    expect(await register.stateAt(one.guid, '2023-05-01T00:00:00Z')).toEqual({ ore: 0, entries: 2 });
  });

  test('a corrected co-payment changes nothing else; a repetition and a credit of no bill are refused', async () => {
    const one = bill();
    await register.load('copay.ndjson', [message([one])]);
    const at = { mottatt: '2023-04-03T10:00:00Z' };
    await register.load('copay2.ndjson', [
      message([{ ...one, korrigeringBetaltEgenandel: true, betaltEgenandel: false }], at),
    ]);
    const copay = await register.t
      .db('core.bill')
      .where({ bill_guid: one.guid })
      .orderBy('bill_id')
      .select('entry', 'copay_paid');
    expect(copay).toEqual([
      { entry: 1, copay_paid: true },
      { entry: -1, copay_paid: true },
      { entry: 1, copay_paid: false },
    ]);
    expect(await register.stateAt(one.guid, '2023-05-01T00:00:00Z')).toMatchObject({ ore: 17500 });
    const twice = await register.load('twice.ndjson', [message([one, { guid: randomUUID(), kreditering: true }], at)]);
    expect(twice).toMatchObject({ read: 2, loaded: 0, quarantined: 2 });
    const reasons = (await register.refusals()).slice(0, 2).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      'duplicate bill: this guid was loaded before with the same content',
      'no bill with this guid is known; load it first',
    ]);
  });
});

describe('what a message says', () => {
  test('first occurrence times number; the total is checked, and a difference is counted', async () => {
    const takster = [
      { kode: '2ad', antall: 1, belop: 15 },
      { kode: '2cd', antall: 3, belop: 255 },
      { kode: 'L1', belop: 26 },
    ];
    const right = bill({ takster, belop: 806 });
    const wrong = bill({ takster, belop: 807 });
    const report = await register.load('total.ndjson', [message([right, wrong])]);
    expect(report.notes).toEqual([{ note: 'bill-total-differs', path: 'behandlerkrav.regninger[].belop', rows: 1 }]);
    const row = await register.t
      .db('core.bill')
      .where({ bill_guid: right.guid })
      .first<object>('amount_ore', 'lines_ore');
    expect(row).toEqual({ amount_ore: 80600, lines_ore: 80600 });
    const other = await register.t
      .db('core.bill')
      .where({ bill_guid: wrong.guid })
      .first<object>('amount_ore', 'lines_ore');
    expect(other).toEqual({ amount_ore: 80700, lines_ore: 80600 });
  });

  test('performer, referrer, requisitioner, teeth, codes and diagnoses are kept; names and texts are not', async () => {
    const rich = bill({
      merknad: 'ring Olga Skarnes',
      pasient: { etternavn: 'Skarnes', fornavn: 'Olga', fodselsdato: '1931-02-03', trygdenasjon: 'XQ' },
      utforendeBehandler: { identifikasjon: { id: '7654321', type: 'HPR' }, type: '1' },
      henvisning: { dato: '2023-01-02', henvistFra: { id: SYNTHETIC[1], type: 'DNR' } },
      rekvirent: { organisasjon: '998899', hprNr: '2345678' },
      stonadspunkt: '4h',
      diagnoser: [
        { kodeverk: '2.16.578.1.12.4.1.1.7110', kode: 'F32.1' },
        { kodeverk: '2.16.578.1.12.4.1.1.7170', kode: 'L03' },
      ],
      takster: [{ kode: '3ad', belop: 435, tenner: [{ tannkode: '25I' }] }],
      nlkkoder: [{ kode: 'NOR05172', belop: 10.03, antall: 2 }],
      prosedyrekoder: [{ kodeverk: 'G', kode: 'T56000/P11430', belop: 42347.08 }],
      Skarnes: 'Olga',
    });
    const report = await register.load('rich.ndjson', [message([rich])]);
    expect(report.notes).toEqual([{ note: 'unknown-field', path: 'behandlerkrav.regninger[].Skarnes', rows: 1 }]);
    const row = await register.t.db('core.bill').where({ bill_guid: rich.guid }).first<Record<string, unknown>>();
    expect(row).toMatchObject({
      performed_by: 7654321,
      performer_role: '1',
      referred_on: '2023-01-02',
      referrer_hpr: null,
      requisitioner_hpr: 2345678,
      benefit_point: '4h',
      diagnosis: 'F32.1',
      diagnosis_system: 7110,
      further_diagnoses: ['7170 L03'],
      has_remark: true,
      // 435.00 + 2 × 10.03 + 42,347.08
      amount_ore: 4280214,
    });
    expect(typeof row['referrer_key']).toBe('number');
    const codes = await register.t
      .db('core.bill_code')
      .where({ bill_id: row['bill_id'] })
      .orderBy('code_no')
      .select('code_system', 'occurrences', 'amount_ore');
    expect(codes).toEqual([
      { code_system: 'NLK', occurrences: 2, amount_ore: 2006 },
      { code_system: 'G', occurrences: 1, amount_ore: 4234708 },
    ]);
    const dump = await register.t.db.raw<{ rows: { hit: boolean }[] }>(
      'select coalesce(bool_or(b::text ~* ?), false) as hit from core.bill b',
      [['Olga', '1931', ...SYNTHETIC].join('|')],
    );
    expect(dump.rows[0]!.hit).toBe(false);
  });

  test('every kind of identity is a person of its own; the same person comes again as the same', async () => {
    const people = [
      patient('200012345678', 'DUF'),
      patient('AB 123', 'UID'),
      patient('AB 123', 'PNR'),
      { fodselsdato: '1990-01-01', etternavn: 'Å', fornavn: 'Ola ' },
      { fodselsdato: '1990-01-01', etternavn: 'å', fornavn: 'ola' },
    ];
    const bills = people.map((pasient) => bill({ pasient }));
    await register.load('people.ndjson', [message(bills)]);
    const found = await register.t
      .db('core.bill')
      .whereIn(
        'bill_guid',
        bills.map(({ guid }) => guid),
      )
      .select<{ bill_guid: string; patient_key: number }[]>('bill_guid', 'patient_key');
    const keys = bills.map(({ guid }) => found.find((row) => row.bill_guid === guid)!.patient_key);
    expect(new Set(keys).size).toBe(4);
    expect(keys[4]).toBe(keys[3]);
  });
});

describe('documents as they are shown', () => {
  test('practices load with every period; status answers keep the rest where an instant is malformed', async () => {
    const practices = {
      praksiser: [
        {
          praksisId: '1004000001',
          navn: 'Skarnes legekontor',
          orgnr: '999999998',
          type: 'FALE',
          status: 'ok',
          gyldigePerioder: [
            { fraOgMedDato: '2020-01-01', tilOgMedDato: '2021-01-01' },
            { fraOgMedDato: '2022-01-01', tilOgMedDato: null },
          ],
        },
      ],
    };
    const report = await register.load('praksis.json', [practices], Date.parse('2025-12-01T00:00:00Z'));
    expect(report).toMatchObject({ read: 1, loaded: 1, quarantined: 0 });
    const facts = await register.t
      .db('core.provider_fact as f')
      .join('core.provider as p', 'p.provider_id', 'f.provider_id')
      .where({ practice_no: '1004000001' })
      .orderBy('valid_from')
      .select('orgnr', 'valid_from', 'valid_to', 'status');
    expect(facts).toEqual([
      { orgnr: '999999998', valid_from: '2020-01-01', valid_to: '2021-01-01', status: 'ok' },
      { orgnr: '999999998', valid_from: '2022-01-01', valid_to: null, status: 'ok' },
    ]);
    const answer = {
      behandlerkravmeldinger: [
        {
          ...status(randomUUID(), []).dokument,
          mottattidspunkt: '2026-01-0615:30:29+01:00',
          sumKravbelop: 434,
          sumUtbetaltbelop: null,
        },
      ],
    };
    expect(await register.load('status.json', [answer])).toMatchObject({
      read: 2,
      loaded: 1,
      quarantined: 1,
      notes: [{ note: 'known-from-loading', path: 'status', rows: 1 }],
    });
    expect((await register.refusals())[0]).toMatchObject({ field: 'behandlerkravmeldinger.0.mottattidspunkt' });
  });

  test('a bare claim has the receipt of the answer that names its bills, and else says what to do', async () => {
    const one = bill();
    const claim = { praksisId: '1000001', behandlerkrav: { regninger: [one], antallRegninger: 1 } };
    expect(await register.load('bare.json', [claim])).toMatchObject({ read: 1, loaded: 0, quarantined: 1 });
    expect((await register.refusals())[0]!.reason).toMatch(/--received-at/);
    const answer = status(randomUUID(), [{ guid: one.guid, status: 'godkjent' }]).dokument;
    await register.load('answer.json', [answer]);
    expect(await register.load('bare-again.json', [{ ...claim, behandlerkrav: { regninger: [one] } }])).toMatchObject({
      loaded: 1,
    });
    expect(await register.stateAt(one.guid, '2023-02-03T10:00:01Z')).toEqual({ ore: 17500, entries: 1 });
  });
});
