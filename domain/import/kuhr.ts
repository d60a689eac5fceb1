import { z } from 'zod';
import { parseInstant } from '../time/civil-time';
import { practiceCodesProblem } from '../reference/codes';
import { isHprNumber, isNationalId, isOrganisationNumber } from '../identifiers';

/**
 * A settlement message (behandlerkravmelding) as practices send it, in the envelope that the payer adds on receipt.
 * Field names are those of the public KUHR API. Fields that the schema does not name are kept (`looseObject`) and
 * stored with the row, so that nothing of a message is lost.
 */
export const amount = z
  .string()
  .regex(
    /^\d{1,13}(\.\d{1,2})?$/,
    'expected an amount that is not negative, with at most two decimals, such as "175.00"',
  );
const instant = z
  .string()
  .refine(
    (text) => parseInstant(text) !== undefined,
    'expected an existing ISO date and time, such as 2024-03-01T10:15:00',
  );

export const diagnosisSchema = z.looseObject({ kodeverk: z.string(), kode: z.string().min(1).max(12) });

export const tariffLineSchema = z.looseObject({
  takstkode: z.string().min(1).max(12),
  antall: z.int().min(1).max(500),
  belop: amount,
});

export const billSchema = z.looseObject({
  guid: z.uuid(),
  regningsnummer: z.int().min(1),
  tidspunkt: instant,
  pasient: z.looseObject({
    id: z.string().refine(isNationalId, 'expected an identity number of 11 digits with right control digits'),
    idType: z.string().default('FNR'),
  }),
  takster: z.array(tariffLineSchema).min(1),
  diagnoser: z.array(diagnosisSchema).default([]),
  /** HPR number of the performer, if it is not the holder of the practice (a substitute, a colleague). */
  utfortAv: z.int().min(1).max(999_999_999).nullish(),
  arsakFriEgenandel: z.string().nullish(),
  egenandel: amount.default('0'),
  kreditering: z.boolean().default(false),
  krediterer: z.uuid().nullish(),
});
export type Bill = z.infer<typeof billSchema>;

export const ruleHitSchema = z.looseObject({
  guid: z.uuid(),
  merknad: z.int().min(1),
  effekt: z.enum(['avvist', 'avkortet', 'merknad']),
  belop: amount.default('0'),
});

/**
 * The envelope with its bills not parsed yet: they are parsed one by one, so that a bad bill does not affect the
 * others.
 */
export const envelopeSchema = z.looseObject({
  mottattidspunkt: z.iso.datetime({ offset: true }),
  meldingsId: z.uuid(),
  vedtakId: z.string().optional(),
  rebehandling: z.boolean().default(false),
  merknader: z.array(ruleHitSchema).default([]),
  melding: z.looseObject({
    praksisId: z.string().regex(/^\d{6,12}$/, 'expected a practice id of 6 to 12 digits'),
    navnEPJ: z.string().optional(),
    enkeltregninger: z.array(z.unknown()),
  }),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** A fact about a provider (helseaktør) and its practice, and the instant from which the payer knew it. */
export const providerSchema = z
  .looseObject({
    hprNr: z.string().refine(isHprNumber, 'expected an HPR number of 1 to 9 digits').optional(),
    orgnr: z
      .string()
      .refine(isOrganisationNumber, 'expected an organisation number of 9 digits with a right control digit')
      .optional(),
    praksisId: z.string().regex(/^\d{6,12}$/),
    /** Left out only in a field without practice types, such as pharmacies (APO). */
    praksistype: z.string().nullish(),
    fagomrade: z.string(),
    kommunenr: z.string().regex(/^\d{4}$/),
    listelengde: z.int().min(0).nullish(),
    /** Digest of the bank account, made by the sender: equal accounts have equal digests. */
    kontoHash: z.string().max(64).nullish(),
    registrertVia: z.enum(['praksisinfo', 'altinn', 'manuell']).nullish(),
    gyldigFra: z.iso.date(),
    gyldigTil: z.iso.date().optional(),
    kjentFra: z.iso.datetime({ offset: true }),
  })
  .refine(
    (provider) => provider.hprNr !== undefined || provider.orgnr !== undefined,
    'expected an HPR number or an organisation number',
  )
  .superRefine(({ praksistype, fagomrade }, check) => {
    const problem = practiceCodesProblem(praksistype ?? undefined, fagomrade);
    if (problem) check.addIssue({ code: 'custom', path: [problem.at], message: problem.reason });
  });
export type Provider = z.infer<typeof providerSchema>;

/** Facts of the population register about a person, as far as control needs them. */
export const patientSchema = z.looseObject({
  id: z.string().refine(isNationalId, 'expected an identity number of 11 digits with right control digits'),
  idType: z.string().default('FNR'),
  fodselsar: z.int().min(1890).max(2100),
  kommunenr: z.string().regex(/^\d{4}$/),
  fastlegePraksisId: z.string().nullish(),
  dod: z.iso.date().nullish(),
  utvandret: z.iso.date().nullish(),
  kjentFra: z.iso.datetime({ offset: true }),
});

/** A substitute (vikar) of a practice, with dates. */
export const substituteSchema = z.looseObject({
  praksisId: z.string().regex(/^\d{6,12}$/),
  vikarHprNr: z.int().min(1).max(999_999_999),
  fra: z.iso.date(),
  til: z.iso.date().nullish(),
  kjentFra: z.iso.datetime({ offset: true }),
});

/** An agreement on direct settlement with the payer (avtale om direkte oppgjør), with scope and dates. */
export const agreementSchema = z.looseObject({
  praksisId: z.string().regex(/^\d{6,12}$/),
  omfang: z.string().min(2).max(40),
  fra: z.iso.date(),
  til: z.iso.date().nullish(),
  kjentFra: z.iso.datetime({ offset: true }),
});
