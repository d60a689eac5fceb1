import { z } from 'zod';
import { isHprNumber } from '../../identifiers';
import { parseInstant } from '../../time/civil-time';
import { nok, positiveNok } from './amounts';
import { patientSchema, performer, practitioner, shortCode } from './person';

/** Field names and meanings: KUHR's public documentation of behandlerkravmelding; `null` means absent. */
export const instant = z
  .string()
  .refine(
    (text) => parseInstant(text) !== undefined,
    'expected an existing ISO date and time, such as 2024-03-01T10:15:00+01:00',
  );

/** A uuid in one spelling: lower case, without braces. */
export const uuid = z
  .string()
  .transform((text) => text.replace(/^\{(.*)\}$/, '$1').toLowerCase())
  .pipe(z.guid('expected a UUID'));

export const practiceNo = z.string().regex(/^\d{6,12}$/, 'expected a practice id of 6 to 12 digits');

/** A code with eleven digits in a row could be the number of a person. */
const isNoPersonNumber = (text: string) => !/\d{11}/.test(text);

/** Code systems by their number in the national register of code lists. */
export const CODE_SYSTEMS = { icpc2: 7170, icd10: 7110 } as const;
const diagnosis = z
  .object({
    kodeverk: z.string().regex(/^2\.16\.578\.1\.12\.4\.1\.1\.\d{4}$/, 'expected the OID of a Norwegian code list'),
    kode: z
      .string()
      .regex(/^[A-Za-z0-9.+*-]{1,12}$/, 'expected a diagnosis code')
      .refine(isNoPersonNumber, 'expected a diagnosis code'),
  })
  .transform(({ kodeverk, kode }) => ({ system: Number(kodeverk.slice(-4)), code: kode }));
export type Diagnosis = z.infer<typeof diagnosis>;

const occurrences = z.int().min(1).max(500).nullish();
const tariffCode = z
  .string()
  .regex(/^[\p{L}\p{N}]{1,12}$/u, 'expected a tariff code of 1 to 12 letters and digits')
  .refine(isNoPersonNumber, 'expected a tariff code');
const tooth = z
  .object({ tannkode: z.string().regex(/^[1-8][1-8][A-Za-z]{0,6}$/, 'expected a tooth and its surface, such as 25I') })
  .transform(({ tannkode }) => tannkode);

const tariffLine = z.object({
  kode: tariffCode,
  belop: positiveNok,
  antall: occurrences,
  tenner: z.array(tooth).max(64).nullish(),
});
const nlkCode = z.object({
  kode: z
    .string()
    .regex(/^[A-Z0-9-]{2,20}$/, 'expected an NLK code')
    .refine(isNoPersonNumber, 'expected an NLK code'),
  belop: positiveNok.nullish(),
  antall: occurrences,
});
const procedureCode = z.object({
  kodeverk: z.enum(['K', 'M', 'R', 'Q', 'G']),
  kode: z
    .string()
    .regex(/^[\p{L}\p{N}/.+-]{1,200}$/u, 'expected a procedure code')
    .refine(isNoPersonNumber, 'expected a procedure code'),
  belop: positiveNok.nullish(),
});

const referral = z.object({
  dato: z.iso.date().nullish(),
  henvistFra: practitioner.nullish(),
});
const requisitioner = z.object({
  organisasjon: z
    .string()
    .regex(/^\d{1,9}$/, 'expected the digits of a unit')
    .nullish(),
  hprNr: z.string().refine(isHprNumber, 'expected an HPR number of 1 to 9 digits').nullish(),
});

const ofEveryBill = {
  guid: uuid,
  tidspunkt: instant.nullish(),
  /** Credits may state the amounts of the bill as negative ones. */
  belop: nok.nullish(),
};

/** A bill that claims money, or that only reports a co-payment (no tariffs). */
export const billSchema = z.object({
  ...ofEveryBill,
  belop: positiveNok.nullish(),
  tidspunkt: instant,
  regningsnummer: z
    .string()
    .regex(/^\d{1,9}$/, 'expected the digits of a bill number')
    .transform(Number),
  betaltEgenandel: z.boolean().nullish(),
  korrigeringBetaltEgenandel: z.boolean().nullish(),
  kreditering: z.literal(false).nullish(),
  debitor: shortCode(4).nullish(),
  merknad: z.string().nullish(),
  arsakFriEgenandel: shortCode(4).nullish(),
  diagnoser: z.array(diagnosis).max(50).nullish(),
  pasient: patientSchema,
  utforendeBehandler: performer.nullish(),
  relatertBehandler: practitioner.nullish(),
  henvisning: referral.nullish(),
  rekvirent: requisitioner.nullish(),
  moderasjonskode: shortCode(4).nullish(),
  stonadspunkt: shortCode(6).nullish(),
  sjeldenMedisinskTilstand: shortCode(8).nullish(),
  takster: z.array(tariffLine).max(500).nullish(),
  nlkkoder: z.array(nlkCode).max(2000).nullish(),
  prosedyrekoder: z.array(procedureCode).max(2000).nullish(),
});
export type Bill = z.infer<typeof billSchema>;

/** A credit of a whole bill: its guid again, with `kreditering`, with negative amounts or with nothing else. */
export const creditSchema = z.object({ ...ofEveryBill, kreditering: z.boolean().nullish() });

/** Whether a bill as sent credits an earlier one, before anything else of it is known to be right. */
export function isCredit(value: unknown): boolean {
  const bill = value as Record<string, unknown> | null;
  if (typeof bill !== 'object' || bill === null) return false;
  const { belop, kreditering } = bill;
  const filled = Object.entries(bill).filter(([, field]) => field !== null && field !== undefined);
  return kreditering === true || (typeof belop === 'number' && belop < 0) || (filled.length === 1 && 'guid' in bill);
}

/** A claim message; its bills are parsed one by one, so that a bad bill does not affect the others. */
export const claimSchema = z.object({
  praksisId: practiceNo,
  behandlerkrav: z.object({
    reshId: z
      .string()
      .regex(/^\d{0,9}$/, 'expected the digits of a RESH id')
      .nullish(),
    navnEPJ: z.string().max(60).nullish(),
    antallRegninger: z.int().min(0).nullish(),
    belop: nok.nullish(),
    regninger: z.array(z.unknown(), 'expected the bills of the claim').min(1, 'expected at least one bill'),
  }),
});
export type Claim = z.infer<typeof claimSchema>;
