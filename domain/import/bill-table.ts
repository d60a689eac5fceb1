import { z } from 'zod';
import { formatBlock } from './table-format';

const column = z.string().min(1);

/** Mapping of the columns of a table of bills (one row per tariff line). */
export const billTableSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('bills'),
  format: formatBlock,
  columns: z.strictObject({
    guid: column.describe('id of the bill (UUID); rows with the same id are its lines'),
    billNo: column.describe('number of the bill, rising per provider (regningsnummer)'),
    practice: column.describe('praksisId'),
    received: column.describe(
      'instant of receipt, from which the bill is known (mottattidspunkt); not before the contact',
    ),
    started: column.describe('start of the contact (tidspunkt)'),
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
