import { z } from 'zod';
import { isHprNumber, isOrganisationNumber } from '../../identifiers';
import { practiceCodesProblem } from '../../reference/codes';
import { nationalId } from './person';

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
  id: nationalId,
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
