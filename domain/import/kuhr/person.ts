import { z } from 'zod';
import { isHprNumber, isNationalId } from '../../identifiers';

/** Kinds of number that a patient can have (identifikasjonstype). */
const PERSON_TYPES = ['FNR', 'DNR', 'HNR', 'PNR', 'UID', 'DUF'] as const;
type PersonType = (typeof PERSON_TYPES)[number];
const NATIONAL: readonly PersonType[] = ['FNR', 'DNR', 'HNR'];

const BAD_NATIONAL = 'expected an identity number of 11 digits with right control digits';

/** A national identity number in our own register lines. */
export const nationalId = z.string().refine(isNationalId, BAD_NATIONAL);

function identityProblem(type: PersonType, id: string): string | undefined {
  if (NATIONAL.includes(type)) return isNationalId(id) ? undefined : BAD_NATIONAL;
  if (type === 'DUF') return /^\d{12}$/.test(id) ? undefined : 'expected a DUF number of 12 digits';
  return /^[\p{L}\p{N}][\p{L}\p{N} ./-]{1,39}$/u.test(id)
    ? undefined
    : `expected a ${type} of 2 to 40 letters, digits, spaces and marks`;
}

const identity = z.object({ id: z.string(), type: z.enum(PERSON_TYPES) }).check(({ value, issues }) => {
  const message = identityProblem(value.type, value.id);
  if (message !== undefined) issues.push({ code: 'custom', message, path: ['id'], input: value.id });
});

/** What stands for a person in the vault; it is hashed with the vault's key at once and stored nowhere. */
export const identityText = (type: string, id: string): string =>
  // One namespace for national numbers: messages often call a D-number FNR.
  (NATIONAL as readonly string[]).includes(type) ? id : `${type} ${id.replace(/\s+/g, '').toUpperCase()}`;

const namePart = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toUpperCase();

/** A patient by number, or by birth date and name where there is none; parsed to what the vault hashes. */
export const patientSchema = z
  .object({
    identifikasjon: identity.nullish(),
    fodselsdato: z.iso.date().nullish(),
    etternavn: z.string().max(200).nullish(),
    fornavn: z.string().max(200).nullish(),
  })
  .transform(({ identifikasjon, fodselsdato, etternavn, fornavn }, context) => {
    if (identifikasjon) return identityText(identifikasjon.type, identifikasjon.id);
    if (fodselsdato && etternavn && fornavn) return `NAME ${fodselsdato}|${namePart(etternavn)}|${namePart(fornavn)}`;
    context.issues.push({
      code: 'custom',
      message: 'expected an identity number, or a birth date with both names',
      input: undefined,
    });
    return z.NEVER;
  });

/** A practitioner: an HPR number, or what the vault hashes. */
export type Practitioner = { readonly hpr: number } | { readonly identity: string };

const practitionerNumber = z
  .object({ id: z.string(), type: z.enum(['HPR', 'FNR', 'DNR']) })
  .transform(({ id, type }, context): Practitioner => {
    if (type === 'HPR' && isHprNumber(id)) return { hpr: Number(id) };
    if (type !== 'HPR' && isNationalId(id)) return { identity: identityText(type, id) };
    const message = type === 'HPR' ? 'expected an HPR number of 1 to 9 digits' : BAD_NATIONAL;
    context.issues.push({ code: 'custom', message, path: ['id'], input: undefined });
    return z.NEVER;
  });

/** A code of a code list whose values are not repeated here: letters and digits only, so that no free text passes. */
export const shortCode = (length: number) =>
  z
    .string()
    .regex(new RegExp(`^[\\p{L}\\p{N}]{0,${length}}$`, 'u'), `expected a code of at most ${length} letters and digits`)
    .transform((text) => (text === '' ? null : text));

/** An optional practitioner; the documentation writes the number itself, or under `identifikasjon`. */
export const practitioner = practitionerNumber;
export const performer = z.union([
  z.object({ identifikasjon: practitionerNumber, type: shortCode(4).nullish() }),
  practitionerNumber.transform((identifikasjon) => ({ identifikasjon, type: null })),
]);
