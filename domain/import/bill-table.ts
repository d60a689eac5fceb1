import { z } from 'zod';

const column = z.string().min(1);

/** Mapping of the columns of a table of bills (CSV or Parquet, one row per tariff line). */
export const billTableSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('bills'),
  columns: z.strictObject({
    guid: column.describe('id of the bill (UUID); rows with the same id are its lines'),
    billNo: column.describe('number of the bill, rising per provider (regningsnummer)'),
    practice: column.describe('praksisId'),
    received: column.describe('instant of receipt with offset, from which the bill is known (mottattidspunkt)'),
    started: column.describe('start of the contact; without an offset it is Norwegian civil time (tidspunkt)'),
    patient: column.describe('national id; replaced by a pseudonym at once and stored nowhere'),
    performedBy: column.optional().describe('HPR number of the performer, if it is not the practice holder'),
    diagnosis: column.optional(),
    copay: column.optional().describe('co-payment in kroner (egenandel)'),
    tariff: column.describe('takstkode'),
    repetitions: column.optional().describe('antall; 1 when left out'),
    amount: column.describe('kroner with at most two decimals, of this line'),
  }),
  ignore: z.array(z.string()).default([]).describe('columns that are left out on purpose'),
});
export type BillTable = z.infer<typeof billTableSchema>;
