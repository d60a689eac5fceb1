import {
  PRACTICES,
  CLAIM,
  CORRECTION,
  REJECTED,
  APPROVED,
  CORRECTED,
  SENT,
  SENT_AGAIN,
  answer,
  FIRST_AT,
  SECOND_AT,
  OF_CLAIM,
  OF_CORRECTION,
} from '../../support/kuhr-documents';
import { KuhrRegister } from '../../support/kuhr-register';

let register: KuhrRegister;
beforeAll(async () => {
  register = await KuhrRegister.start();
  await register.load('practices.json', [PRACTICES], Date.parse('2025-11-01T00:00:00Z'));
});
afterAll(() => register.close());

describe('the documented order of work', () => {
  beforeAll(async () => {
    await register.load('14.json', [{ behandlerkravmeldingId: CLAIM, status: 'mottatt' }], Date.parse(FIRST_AT));
    const at = Date.parse('2026-01-06T15:40:00+01:00');
    await register.load('status-1.json', [{ behandlerkravmeldinger: [answer(CLAIM, 3, 434, FIRST_AT, OF_CLAIM)] }], at);
    await register.load('claim-1.json', [SENT]);
    const again = answer(CORRECTION, 1, 64, SECOND_AT, { innsending: OF_CORRECTION });
    await register.load(
      'status-2.json',
      [{ behandlerkravmeldinger: [again] }],
      Date.parse('2026-01-06T16:00:00+01:00'),
    );
    await register.load('claim-2.json', [SENT_AGAIN]);
  });

  test('a claim has the receipt of its answer, and its control totals', async () => {
    const rows = await register.t
      .db('core.submission')
      .whereIn('submission_id', [CLAIM, CORRECTION])
      .orderBy('received_at')
      .select('submission_id', 'received_at', 'bill_count', 'stated_count', 'stated_ore', 'resh_id');
    expect(rows).toEqual([
      {
        submission_id: CLAIM,
        received_at: new Date('2026-01-06T14:30:29Z'),
        bill_count: 3,
        stated_count: 3,
        stated_ore: 43400,
        resh_id: null,
      },
      {
        submission_id: CORRECTION,
        received_at: new Date('2026-01-06T14:45:57Z'),
        bill_count: 1,
        stated_count: 1,
        stated_ore: 6400,
        resh_id: null,
      },
    ]);
  });

  test('the bill of a day to come is kept and flagged; corrected, it is one bill with two versions', async () => {
    const entries = await register.t
      .db('core.bill')
      .where({ bill_guid: CORRECTED })
      .orderBy('bill_id')
      .select('entry', 'kind', 'civil_day', 'flags');
    expect(entries).toEqual([
      { entry: 1, kind: 'sent', civil_day: '2026-02-06', flags: ['contact-after-receipt'] },
      { entry: -1, kind: 'rejected', civil_day: '2026-02-06', flags: null },
      { entry: 1, kind: 'sent', civil_day: '2026-01-06', flags: null },
    ]);
    const remark = await register.t
      .db('core.rule_outcome')
      .where({ rule_no: 766 })
      .first<object>('effect', 'civil_day');
    expect(remark).toEqual({ effect: 'reject', civil_day: '2026-02-06' });
  });

  test('each instant shows the state of all three bills then', async () => {
    const stateAt = async (asOf: string) => {
      const states = [REJECTED, APPROVED, CORRECTED].map((guid) => register.stateAt(guid, asOf));
      return (await Promise.all(states)).map(({ ore }) => ore);
    };
    expect(await stateAt('2026-01-06T15:30:00+01:00')).toEqual([0, 0, 0]);
    expect(await stateAt('2026-01-06T15:35:00+01:00')).toEqual([7400, 29600, 6400]);
    expect(await stateAt('2026-01-06T15:45:00+01:00')).toEqual([0, 29600, 0]);
    // 296 + 64 is the payment of 360 that is documented.
    expect(await stateAt('2026-01-06T15:50:00+01:00')).toEqual([0, 29600, 6400]);
  });

  test('later answers add decision and payment; a malformed instant is refused by name, the rest stays', async () => {
    const sent = { utbetalingsstatus: 'sendt_til_utbetaling', vedtakId: '100001812531790' };
    const list = [
      answer(CORRECTION, 1, 64, SECOND_AT, { ...sent, sumUtbetaltbelop: 64 }),
      answer(CLAIM, 3, 434, '2026-01-0615:30:29+01:00', { ...sent, sumUtbetaltbelop: 296 }),
    ];
    const at = Date.parse('2026-01-07T10:00:00Z');
    expect(await register.load('sent.json', [{ behandlerkravmeldinger: list }], at)).toMatchObject({
      read: 3,
      loaded: 2,
      quarantined: 1,
    });
    expect((await register.refusals())[0]).toMatchObject({
      field: 'behandlerkravmeldinger.1.mottattidspunkt',
      value: '2026-01-0615:30:29+01:00',
    });
    const paid = answer(CORRECTION, 1, 64, SECOND_AT, {
      ...sent,
      utbetalingsstatus: 'utbetalt',
      sumUtbetaltbelop: 64,
      innsending: OF_CORRECTION,
      vedtak: {
        utbetaling: { belop: 360, utbetaltdato: '2026-01-07T23:45:57+01:00', kontonr: '12345678901', kid: null },
        merknader: [],
      },
    });
    // One answer alone, as the second of the documented questions gives it.
    expect(await register.load('paid.json', [paid], Date.parse('2026-01-08T10:00:00Z'))).toMatchObject({ loaded: 1 });
    const facts = async (id: string) =>
      (await register.statusRows(id)).map((row) => [
        row['payment_status'],
        row['decision_no'],
        row['paid_ore'],
        row['payment_ore'],
      ]);
    expect(await facts(CLAIM)).toEqual([
      [null, null, null, null],
      ['ikke_sendt_til_utbetaling', null, null, null],
      ['sendt_til_utbetaling', '100001812531790', 29600, null],
    ]);
    expect(await facts(CORRECTION)).toEqual([
      ['ikke_sendt_til_utbetaling', null, null, null],
      ['sendt_til_utbetaling', '100001812531790', 6400, null],
      ['utbetalt', '100001812531790', 6400, 36000],
    ]);
    // An answer that repeats what is known of a bill adds no entry.
    expect(await register.stateAt(CORRECTED, '2026-02-01T00:00:00Z')).toEqual({ ore: 6400, entries: 3 });
  });
});
