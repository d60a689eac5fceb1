import { z } from 'zod';
import { PRACTICE_TYPES } from '../../reference/codes';
import { practiceNo } from './claim';

/** A practice as the payer answers it; its name is not read. The payer's own number is taken as it is. */
export const practiceSchema = z.object({
  praksisId: practiceNo,
  orgnr: z
    .string()
    .regex(/^\d{9}$/, 'expected an organisation number of 9 digits')
    .nullish(),
  type: z.string().refine((type) => Object.hasOwn(PRACTICE_TYPES, type), 'expected a practice type of the code list'),
  status: z.enum(['ok', 'ikke_ok']),
  gyldigePerioder: z
    .array(z.object({ fraOgMedDato: z.iso.date(), tilOgMedDato: z.iso.date().nullish() }))
    .min(1, 'expected at least one period'),
});
export type Practice = z.infer<typeof practiceSchema>;
