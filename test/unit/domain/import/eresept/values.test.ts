import fc from 'fast-check';
import { changeOf, reservationBy, resultStatus } from '../../../../../domain/import/eresept/codes';
import { handledOn, settlementResultSchema, settlementStatusSchema } from '../../../../../domain/import/eresept/status';
import {
  day,
  dayOfTime,
  instantMs,
  personOf,
  readOre,
  thousandths,
  whole,
} from '../../../../../domain/import/eresept/values';
import { Refused, type XmlNode } from '../../../../../domain/import/eresept/xml-node';

const refusal = (read: () => unknown) => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
};

test.each([
  ['30.62', 3062],
  ['129.5', 12950],
  ['0.0000', 0],
  ['-30.62', -3062],
  ['-0', 0],
  ['42347.08', 4234708],
  ['9999999999999.99', 999999999999999],
])('kroner %s are %d øre', (text, ore) => {
  expect(readOre(text, 'x')).toBe(ore);
});

test.each(['', '1,50', '1.234', '1e2', '0x10', ' 1', '1.', '.5', '+1', 'NaN', '12345678901234'])(
  '%p is no amount',
  (text) => {
    expect(refusal(() => readOre(text, 'x'))).toMatch(/kroner with at most two decimals/);
  },
);

test('every amount and quantity is read as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e14, max: 1e14 }), fc.integer({ min: 0, max: 999_999_999 }), (ore, milli) => {
      const sign = ore < 0 ? '-' : '';
      const [kroner, rest] = [Math.floor(Math.abs(ore) / 100), String(Math.abs(ore) % 100).padStart(2, '0')];
      const packages = `${Math.floor(milli / 1000)}.${String(milli % 1000).padStart(3, '0')}`;
      return readOre(`${sign}${kroner}.${rest}`, 'x') === ore && thousandths(packages, 'x') === milli;
    }),
  );
});

test('quantities keep three decimals and refuse a fourth', () => {
  expect(thousandths('1.000', 'x')).toBe(1000);
  expect(thousandths('0.5', 'x')).toBe(500);
  expect(thousandths('1.2340', 'x')).toBe(1234);
  expect(refusal(() => thousandths('1.2345', 'x'))).toMatch(/three decimals/);
  expect(refusal(() => whole('1.0', 'x'))).toMatch(/whole number/);
});

test('a date keeps its day whatever offset stands behind it; a time without an offset is Norwegian', () => {
  expect(day('2020-01-28+01:00', 'x')).toBe('2020-01-28');
  expect(day('2020-01-28Z', 'x')).toBe('2020-01-28');
  expect(dayOfTime('2020-01-28T00:00:00', 'x')).toBe('2020-01-28');
  expect(dayOfTime('2020-01-27T23:30:00Z', 'x')).toBe('2020-01-28');
  // 09:53:31.848 in Norway in winter is 08:53:31.848 in UTC; ten millionths are cut off.
  expect(instantMs('2020-01-28T09:53:31.8486081+01:00', 'x')).toBe(Date.UTC(2020, 0, 28, 8, 53, 31, 848));
  for (const text of ['2020-02-30', '28.01.2020', '1020-01-28', '2020-1-28', '2020-01-28x'])
    expect(refusal(() => day(text, 'x'))).toMatch(/^expected/);
});

test('who reserved and what was changed is read from the display name, else unknown', () => {
  const node = (dn?: string) => ({ name: 'x', v: '1', u: undefined, dn, s: undefined, text: '', children: [] });
  expect(reservationBy(undefined)).toBe('none');
  expect(['Rekvirent', 'Kunde', 'Kunde og rekvirent', 'Ingen', undefined].map((dn) => reservationBy(node(dn)))).toEqual(
    ['prescriber', 'customer', 'both', 'none', 'unknown'],
  );
  const none = ['Lege har ikke reservert', 'Ingen reservasjon fra kunde', 'Ikke reservert', 'Nei'];
  expect(none.map((dn) => reservationBy(node(dn)))).toEqual(Array(4).fill('none'));
  const unclear = ['Kunde, ikke rekvirent', 'Kunde ønsker ikke bytte', 'Lege: nei', 'Skal ikke byttes'];
  expect(unclear.map((dn) => reservationBy(node(dn)))).toEqual(Array(4).fill('unknown'));
  expect(['Vare', 'Dosering', 'Refusjonshjemmel', 'Annet'].map((dn) => changeOf(node(dn)))).toEqual([
    'goods',
    'dose',
    'legal-basis',
    'unknown',
  ]);
  expect(['1', '2', '7'].map(resultStatus)).toEqual(['rejected', 'approved', 'unknown']);
});

describe('who a patient is', () => {
  const node = (name: string, text: string, children: XmlNode[] = [], v?: string): XmlNode => {
    return { name, text, children, v, u: undefined, dn: undefined, s: undefined };
  };
  const ident = (kind: string, id: string) => node('Ident', '', [node('Id', id), node('TypeId', '', [], kind)]);
  const person = (...parts: XmlNode[]) => personOf(node('Pasient', '', parts));
  const FNR = '47908702367';

  test("a number of Norway's own goes before another one, in whatever order they stand", () => {
    expect(person(ident('FHN', '1000001'), ident('FNR', FNR))).toBe(FNR);
    expect(person(ident('FNR', FNR), ident('FHN', '1000001'))).toBe(FNR);
    expect(refusal(() => person(ident('FNR', '47908702368')))).toMatch(/right control digits/);
  });

  test('another number is read by its kind, so that two kinds of the same digits are two people', () => {
    const read = ['FHN', 'DUF', 'PNR', 'UID'].map((kind) => person(ident(kind, '77')));
    expect(read).toEqual(['eresept:FHN|77', 'eresept:DUF|77', 'eresept:PNR|77', 'eresept:UID|77']);
  });

  test('a birth date is a person only with both names, which are the same in all messages', () => {
    const born = node('Fodselsdato', '1950-01-02');
    expect(person(born)).toBeUndefined();
    expect(person(born, node('Fornavn', 'Per'))).toBeUndefined();
    expect(person(born, node('Etternavn', 'Lie'))).toBeUndefined();
    expect(person(born, node('Fornavn', 'Per'), node('Etternavn', 'Lie'))).toBe('eresept:1950-01-02|per||lie');
    const english = [node('DateOfBirth', '1950-01-02'), node('GivenName', 'PER'), node('FamilyName', 'Lie')];
    expect(person(...english)).toBe('eresept:1950-01-02|per||lie');
  });
});

test('a result was made on its day in Norway', () => {
  expect(handledOn('2020-01-27T23:30:00Z')).toBe('2020-01-28');
  expect(handledOn('2020-01-28T00:30:00+01:00')).toBe('2020-01-28');
});

test('an answer that no column could hold is refused by its field', () => {
  const status = { oppgjorsnr: 'S-9', orgnr: '971033541', status: { v: '2' }, mottatt: '2020-07-02T10:09:57.2601234Z' };
  const bad = (over: object) => settlementStatusSchema.safeParse({ ...status, ...over }).error?.issues[0]?.path[0];
  expect(bad({})).toBeUndefined();
  expect(bad({ antallRegninger: 2_147_483_647 })).toBeUndefined();
  expect(bad({ antallRegninger: 2_147_483_648 })).toBe('antallRegninger');
  expect(bad({ oppgjorsnr: 'S\u0000' })).toBe('oppgjorsnr');
  expect(bad({ status: { v: '\u0000' } })).toBe('status');
  for (const mottatt of ['0001-01-01T00:00:00Z', '1800-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
    expect(bad({ mottatt })).toBe('mottatt');
  const result = { oppgjorsnr: 'S-9', orgnr: '971033541', behandlingDato: '1800-01-01T00:00:00Z', regninger: [1] };
  expect(settlementResultSchema.safeParse(result).error?.issues[0]?.path).toEqual(['behandlingDato']);
});
