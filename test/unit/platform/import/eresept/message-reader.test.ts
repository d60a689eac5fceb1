import fc from 'fast-check';
import { MessageReader, type ReadMessage } from '../../../../../platform/import/eresept/message-reader';
import { Notes } from '../../../../../platform/import/eresept/notes';
import {
  bill,
  dispensing,
  goods,
  message,
  payment,
  prescription,
  result,
  settlement,
  THREE_BILLS,
} from '../../../../support/eresept-messages';

const M18 = message({ type: 'M18', id: 'a-1' }, settlement({ no: '9_1', total: '300.48' }, THREE_BILLS));

/** Reads text in pieces of a size. */
function read(text: string, size = text.length || 1) {
  const notes = new Notes();
  const reader = new MessageReader(notes);
  const messages: ReadMessage[] = [];
  for (let at = 0; at < text.length; at += size) {
    reader.write(text.slice(at, at + size));
    messages.push(...reader.take());
  }
  reader.end();
  messages.push(...reader.take());
  return { messages, notes: notes.entries() };
}
const bodyOf = (one: ReadMessage | undefined) => {
  if (!one || 'unread' in one) throw new Error(`not read: ${JSON.stringify(one)}`);
  return one.body;
};
const refusalOf = (one: ReadMessage | undefined) => (one && 'unread' in one ? one.reason : undefined);

test('a settlement: bills with amounts, co-payments, goods and who wrote them', () => {
  const body = bodyOf(read(M18).messages[0]);
  if (body.kind !== 'M18') throw new Error(body.kind);
  expect(body.settlement).toEqual({ settlementNo: '9_1', sent: '2020-01-28', claimedOre: 30048, billCount: 3 });
  expect(body.bills.map((one) => [one.claimedOre, one.copayOre, one.prescriberHpr])).toEqual([
    [3062, 1958, 990000003],
    [14036, 8974, 990000003],
    [12950, 8280, 990000003],
  ]);
  expect(body.bills[1]!.goods).toEqual([
    { productNo: '026721', atc: 'R06AE07', quantity: 1000, priceOre: 23010, purchaseOre: 15207 },
  ]);
});

test('the pieces in which a file comes make no difference', () => {
  const whole = read(`<?xml version="1.0"?>${M18}`).messages;
  for (const size of [1, 2, 3, 7, 1000]) expect(read(`<?xml version="1.0"?>${M18}`, size).messages).toEqual(whole);
});

test('messages in an archive, and one after the other with and without declarations', () => {
  const rx = prescription({ id: 'b-1', repeats: 3 });
  const kinds = (text: string) => read(text, 500).messages.map((one) => bodyOf(one).kind);
  const others = [
    rx,
    dispensing('c-1', 'b-1'),
    result('d-1', '9_1', []),
    payment('e-1', '5', '1.00', [['9_1', '1.00']]),
  ];
  expect(kinds(`<arkiv>${M18}\n${others.join('\n')}</arkiv>`)).toEqual(['M18', 'M1', 'M10', 'M22', 'M23']);
  expect(kinds(`<?xml version="1.0" encoding="utf-8"?>\n${M18}<?xml version="1.0"?>${rx}`)).toEqual(['M18', 'M1']);
  expect(kinds(`${M18}${rx}`)).toEqual(['M18', 'M1']);
});

test('attached prescriptions are unpacked; an attachment that is none is named and counted', () => {
  const attached = [prescription({ id: 'B-1', quantity: '2', repeats: 3 }), 'a picture', M18];
  const text = message(
    { type: 'M18', id: 'a-2' },
    settlement({ no: '9_2', total: '30.62' }, [THREE_BILLS[0]]),
    attached,
  );
  const { messages, notes } = read(text);
  const body = bodyOf(messages[0]);
  if (body.kind !== 'M18') throw new Error(body.kind);
  expect(body.attached).toMatchObject([
    { prescriptionId: 'b-1', quantity: 2000, repeats: 3, prescriberHpr: 990000003 },
  ]);
  expect(notes).toEqual([
    { kind: 'attachment-not-xml', name: 'M18', count: 1 },
    { kind: 'attachment-not-m1', name: 'M18', count: 1 },
  ]);
});

test('a credit turns every amount; an ordinary bill with a minus sign is refused by the name of it', () => {
  const signs = (over: { copay?: string; goods?: string }, paid: string, credits?: string) =>
    bill({ no: '1', refund: credits === undefined ? '10' : '-10', ...over, ...(credits ? { credits } : {}) }).replace(
      '<Arbeidspris V="0.0000" U="NOK"/>',
      `<Arbeidspris V="${paid}" U="NOK"/>`,
    );
  const all = signs({ copay: '-4', goods: goods('-2', '-50.20', '-17.00') }, '-3', '9').replace('"19.58"', '"-19.58"');
  const bodyOfBill = (one: string) =>
    read(message({ type: 'M18', id: 'x' }, settlement({ no: 's', total: '10' }, [one]))).messages[0];
  const credit = bodyOf(bodyOfBill(all));
  if (credit.kind !== 'M18') throw new Error(credit.kind);
  const amounts = { claimedOre: 1000, copayOre: 400, copayBeforeOre: 1958, workPriceOre: 300 };
  expect(credit.bills[0]).toMatchObject({
    ...amounts,
    goods: [{ quantity: 2000, priceOre: 5020, purchaseOre: 1700 }],
  });
  const refused = [
    signs({ goods: goods('-2') }, '0'),
    signs({ goods: goods('2', '-50.20') }, '0'),
    signs({ goods: goods('2', '50.20', '-17') }, '0'),
    signs({ copay: '-4' }, '0'),
    signs({}, '-3'),
    signs({}, '0').replace('"19.58"', '"-19.58"'),
  ].map((one) => {
    const message = bodyOfBill(one);
    return message && 'refused' in message ? message.refused[0]?.field : undefined;
  });
  expect(refused).toEqual(['Vare/Antall', 'Pris', 'Innpris', 'Egenandel', 'Arbeidspris', 'BetTidl']);
});

test('corrections, credits, decimals, reservations and interventions', () => {
  const intervention =
    '<Intervensjon><Kode V="3"/><EndringsType V="2" DN="Dosering"/><KonfKunde>true</KonfKunde>' +
    '<Ident><Id>2000007</Id><TypeId V="HPR"/></Ident></Intervensjon>';
  const bills = [
    bill({ no: '1', refund: '10', before: '<BytteRes V="2" DN="Kunde"/>', goods: goods('1.500') + goods('0.25') }),
    bill({ no: '2', refund: '-10.00', credits: '1', goods: goods('-1.500') }),
    bill({ no: '3', refund: '-10.00' }),
    bill({ no: '4', refund: '1', after: intervention }),
  ];
  const { messages } = read(message({ type: 'M18', id: 'a' }, settlement({ no: '1', total: '0' }, bills)));
  const one = messages[0]!;
  const body = bodyOf(one);
  if (body.kind !== 'M18' || 'unread' in one) throw new Error(body.kind);
  expect(body.bills).toHaveLength(3);
  expect(body.bills[0]).toMatchObject({ reservation: 'customer', reservationCode: '2' });
  expect(body.bills[0]!.goods.map(({ quantity }) => quantity)).toEqual([1500, 250]);
  expect(body.bills[1]).toMatchObject({ credits: '1', claimedOre: 1000, goods: [{ quantity: 1500 }] });
  expect(body.bills[2]!.interventions).toEqual([
    { code: '3', change: 'dose', changeCode: '2', askedCustomer: true, askedPrescriber: 2000007 },
  ]);
  expect(one.refused).toMatchObject([{ item: 'M18 bill 3', field: 'SumRefusjon' }]);
});

test('unknown elements are named and counted, also by hostile names, and their values read nowhere', () => {
  const odd = '<Ukjent>Skjultverdi</Ukjent><Ukjent/><__proto__>x</__proto__><constructor V="1">y</constructor>';
  const { messages, notes } = read(
    message(
      { type: 'M18', id: 'a' },
      settlement({ no: '1', total: '1' }, [bill({ no: '1', refund: '1', before: odd })]),
    ),
  );
  expect(notes).toEqual([
    { kind: 'unknown-field', name: 'Utlevering/Ukjent', count: 2 },
    { kind: 'unknown-field', name: 'Utlevering/__proto__', count: 1 },
    { kind: 'unknown-field', name: 'Utlevering/constructor', count: 1 },
  ]);
  expect(JSON.stringify(messages)).not.toMatch(/Skjult/);
});

test.each([
  ['<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', /not well-formed/],
  [`<x>&a;</x>`, /not well-formed/],
  [M18.replace('300.48', '&bomb;'), /not well-formed/],
  [M18.slice(0, M18.length / 2), /not well-formed/],
  ['<a>'.repeat(100), /more than 64 deep/],
  ['not XML at all', /outside of its root element/],
  ['<arkiv/>', /holds no message of eResept/],
  [message({ type: 'M5', id: 'a' }, '<Tilbakekalling xmlns="urn:x"/>'), /holds Tilbakekalling of urn:x/],
  [M18.replace('m18/2013-04-16', 'm18/2099-01-01'), /holds Oppgjorskrav of/],
  [M18.replace(/<OppgjorsNr>.*?<\/OppgjorsNr>/, ''), /missing or empty/],
  [M18.replace(/<GenDate>.*?<\/GenDate>/, '<GenDate>i går</GenDate>'), /existing date and time/],
])('%.60s… is refused in a sentence', (text, reason) => {
  expect(refusalOf(read(text).messages.at(-1))).toMatch(reason);
});

test('after a broken message reading goes on at the next declaration', () => {
  const text = `<?xml version="1.0"?>\n${M18.slice(0, 900)}\n<?xml version="1.0"?>\n${M18}`;
  for (const size of [1, 333, 1e6]) {
    const { messages } = read(text, size);
    expect(messages.map((one) => refusalOf(one) ?? bodyOf(one).kind)).toEqual([
      expect.stringMatching(/well-formed/),
      'M18',
    ]);
    const lines = [text.indexOf('<MsgHead'), text.lastIndexOf('<MsgHead')].map(
      (at) => text.slice(0, at).split('\n').length,
    );
    expect(messages.map(({ line }) => line)).toEqual(lines);
  }
});

test('damaged files never crash or hang, and nothing is lost in silence', () => {
  const whole = `<?xml version="1.0"?>${M18}`;
  const damage = fc.tuple(fc.nat(whole.length), fc.nat(40), fc.string({ maxLength: 12, unit: 'binary' }));
  fc.assert(
    fc.property(damage, fc.constantFrom(64, 1000, 1e6), ([at, cut, put], size) => {
      const { messages } = read(whole.slice(0, at) + put + whole.slice(at + cut), size);
      if (messages.length === 0) return false;
      return messages.every((one) =>
        'unread' in one ? one.reason.length >= 'is missing'.length : one.head.messageId.length > 0,
      );
    }),
    { numRuns: 300 },
  );
});
