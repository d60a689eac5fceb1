import { z } from 'zod';
import { isNationalId } from '../identifiers';

/**
 * Messages of eResept, one per line: M1 prescription, M10 dispensing, M18 settlement claim. Names follow the public
 * documentation; unknown fields are kept.
 */
const instant = z.iso.datetime({ offset: true });
const amount = z
  .string()
  .regex(/^\d{1,13}(\.\d{1,2})?$/, 'expected an amount that is not negative, with at most two decimals');
const person = z.looseObject({
  id: z.string().refine(isNationalId, 'expected an identity number of 11 digits with right control digits'),
  idType: z.string().default('FNR'),
});

export const eReseptSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('M1'),
    mottattidspunkt: instant,
    reseptId: z.uuid(),
    praksisId: z.string().regex(/^\d{6,12}$/),
    pasient: person,
    forskrevet: z.iso.date(),
    atc: z.string().min(3).max(8),
    pakninger: z.int().min(1).max(1000),
    refusjonskode: z.string().max(12).nullish(),
    reservasjonBytte: z.boolean().default(false),
  }),
  z.looseObject({
    type: z.literal('M10'),
    mottattidspunkt: instant,
    utleveringId: z.uuid(),
    reseptId: z.uuid(),
    apotekId: z.string().regex(/^\d{6,12}$/),
    utlevert: z.iso.date(),
    pakninger: z.int().min(1).max(1000),
    overstyring: z.string().max(60).nullish(),
  }),
  z.looseObject({
    type: z.literal('M18'),
    mottattidspunkt: instant,
    kravId: z.uuid(),
    utleveringId: z.uuid(),
    apotekId: z.string().regex(/^\d{6,12}$/),
    belopKrevd: amount,
    belopGodkjent: amount,
    status: z.enum(['mottatt', 'godkjent', 'utbetalt', 'avvist', 'manuell']),
  }),
]);
export type EReseptMessage = z.infer<typeof eReseptSchema>;
