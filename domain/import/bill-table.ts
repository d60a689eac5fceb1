import { z } from 'zod';

const column = z.string().min(1);

/** How a table of bills (CSV or Parquet, one row a tariff line) is read: which of its columns is what. */
export const billTableSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('bills'),
  columns: z.strictObject({
    guid: column.describe('identifies the bill (UUID); rows with the same one are its lines'),
    billNo: column.describe('number of the bill, rising per provider (regningsnummer)'),
    practice: column.describe('praksisId'),
    received: column.describe('instant the payer got it, with offset (mottattidspunkt): from then on it is known'),
    started: column.describe('start of the contact; without an offset it is Norwegian civil time (tidspunkt)'),
    patient: column.describe('national id: becomes a surrogate at once and is stored nowhere else'),
    performedBy: column.optional().describe('HPR number of who did the work, where it is not the holder'),
    diagnosis: column.optional(),
    copay: column.optional().describe('co-payment in kroner (egenandel)'),
    tariff: column.describe('takstkode'),
    repetitions: column.optional().describe('antall; 1 when left out'),
    amount: column.describe('kroner with at most two decimals, of this line'),
  }),
  ignore: z.array(z.string()).default([]).describe('columns that are left out knowingly'),
});
export type BillTable = z.infer<typeof billTableSchema>;
