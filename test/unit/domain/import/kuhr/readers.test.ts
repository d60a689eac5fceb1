import fc from 'fast-check';
import { nok } from '../../../../../domain/import/kuhr/amounts';
import { billSchema, claimSchema, creditSchema, isCredit } from '../../../../../domain/import/kuhr/claim';
import { documentsIn, openEnvelope } from '../../../../../domain/import/kuhr/documents';
import { CLAIM_FIELDS, forUnknownFields, STATUS_FIELDS } from '../../../../../domain/import/kuhr/known-fields';
import { practiceSchema } from '../../../../../domain/import/kuhr/practices';
import { receiptSchema, statusSchema } from '../../../../../domain/import/kuhr/status';

const SCHEMAS = [billSchema, claimSchema, creditSchema, practiceSchema, receiptSchema, statusSchema] as const;
const ROUNDS = 300;

const BILL = {
  guid: '0b8dc559-6c2d-419b-aeef-faaf537c6117',
  regningsnummer: '12496',
  tidspunkt: '2014-05-17T11:20:00+02:00',
  pasient: { identifikasjon: { id: '47908702367', type: 'FNR' } },
  diagnoser: [{ kodeverk: '2.16.578.1.12.4.1.1.7170', kode: 'L09' }],
  henvisning: { dato: '2014-03-11', henvistFra: { id: '70008786', type: 'HPR' } },
  takster: [{ belop: 435, kode: '3ad', antall: 2, tenner: [{ tannkode: '25I' }] }],
  nlkkoder: [{ belop: 10.03, kode: 'NOR05172', antall: 1 }],
  prosedyrekoder: [{ kodeverk: 'G', kode: 'T56000/P11430', belop: 42347.08 }],
  belop: 435,
};
const STATUS = {
  behandlerkravmeldingId: '3f5cb512-d274-4c93-90af-437391c4294a',
  meldingsstatus: 'ferdig_behandlet',
  praksisId: '1004326178',
  mottattidspunkt: '2025-07-16T11:20:00+02:00',
  sumKravbelop: 396,
  innsending: { regninger: [{ status: 'avvist', guid: BILL.guid, merknader: [{ nummer: '710' }] }] },
  vedtak: { utbetaling: { belop: 198, utbetaltdato: '2025-07-20T08:30:00+02:00', kontonr: '12345678901' } },
};

/** Paths of all values in a document, objects and lists included. */
const pathsIn = (value: unknown, at: (string | number)[] = []): (string | number)[][] =>
  typeof value !== 'object' || value === null
    ? [at]
    : [
        at,
        ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...at, Array.isArray(value) ? +key : key])),
      ];

function withValue(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value;
  const copy = structuredClone(document);
  const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], copy);
  (parent as Record<string | number, unknown>)[path.at(-1)!] = value;
  return copy;
}

test('any JSON at all is read or refused, without an exception', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const schema of SCHEMAS) schema.safeParse(value);
      const { document } = openEnvelope(value);
      documentsIn(document);
      isCredit(value);
      const paths: string[] = [];
      forUnknownFields(value, CLAIM_FIELDS, (path) => paths.push(path));
      forUnknownFields(value, STATUS_FIELDS, (path) => paths.push(path));
      // A field may be called like a person; no path shows four digits or other than letters.
      for (const path of paths) expect(path).toMatch(/^([\p{L}_0-9.[\]]|\(name\))*$/u);
    }),
    { numRuns: ROUNDS },
  );
});

test.each([
  ['bill', BILL, billSchema],
  ['status answer', STATUS, statusSchema],
])('one value of a %s replaced: the rest is read the same, or the place is named', (_, document, schema) => {
  const whole = schema.parse(document) as Record<string, unknown>;
  const replaced = fc.oneof(
    fc.constantFrom<unknown>(null, '', ' ', '0', -1, 1e21, 0.1 + 0.2, true, [], {}, '2023-02-30', 'NaN'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...pathsIn(document)), replaced, (path, value) => {
      const changed = withValue(document, path, value);
      fc.pre(JSON.stringify(changed) !== JSON.stringify(document));
      const parsed = schema.safeParse(changed);
      if (parsed.success) {
        // Another value is read as another value, and nothing beside it changes.
        const read = parsed.data as Record<string, unknown>;
        for (const [name, field] of Object.entries(whole))
          if (name === path[0]) expect(read[name]).not.toEqual(field);
          else expect(read[name]).toEqual(field);
      } else if (path.length > 0) expect(parsed.error.issues.some((issue) => issue.path[0] === path[0])).toBe(true);
    }),
    { numRuns: ROUNDS },
  );
});

test('an amount is the øre of its text, or refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }), (ore) => {
      const [kroner, rest] = [Math.floor(Math.abs(ore) / 100), String(Math.abs(ore) % 100).padStart(2, '0')];
      expect(nok.parse(JSON.parse(`${ore < 0 ? '-' : ''}${kroner}.${rest}`))).toBe(ore);
    }),
    { numRuns: 1000 },
  );
  for (const wrong of [0.005, 1e21, 1.001, Number.MAX_SAFE_INTEGER, 1e-7])
    expect(nok.safeParse(wrong).success).toBe(false);
});
