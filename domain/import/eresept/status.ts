import { z } from 'zod';
import { isOrganisationNumber } from '../../identifiers';
import { civilTime } from '../../time/civil-time';
import { resultStatus } from './codes';
import type { BillResult } from './messages';
import { instantMs, readOre } from './values';

/** JSON answers of the settlement control: status of settlements, and the result of one. Names as documented. */

/** What PostgreSQL holds in an integer. */
const LARGEST_COUNT = 2_147_483_647;
const EXPECTED_INSTANT = 'expected an existing date and time with its offset, between 1900 and 2199';
const instant = z.iso.datetime({ offset: true, error: EXPECTED_INSTANT }).refine((text) => {
  try {
    return instantMs(text, '') !== undefined;
  } catch {
    return false;
  }
}, EXPECTED_INSTANT);
const orgnr = z.string().refine(isOrganisationNumber, 'expected an organisation number of 9 digits');
const identifier = z.string().regex(/^[^\s\p{Cc}]{1,64}$/u, 'expected at most 64 characters without spaces');
const codeOf = z.object({ v: z.string().regex(/^[^\s\p{Cc}<>"']{1,20}$/u, 'expected a code') });
/** Kroner as a JSON number, whose shortest text is what was sent. */
const kroner = z.number().transform((amount, context) => {
  try {
    return readOre(String(amount), 'amount');
  } catch {
    context.addIssue({ code: 'custom', message: 'expected kroner with at most two decimals' });
    return z.NEVER;
  }
});
const remarks = z
  .array(z.union([z.string().max(400), codeOf]))
  .nullish()
  .transform((list) => (list ?? []).map((one) => (typeof one === 'string' ? one : one.v)));

export const settlementStatusSchema = z.looseObject({
  oppgjorsnr: identifier,
  orgnr,
  status: codeOf,
  mottatt: instant,
  merknader: remarks,
  antallRegninger: z.int().min(0).max(LARGEST_COUNT).nullish(),
  sumKrav: kroner.nullish(),
  sumGodkjent: kroner.nullish(),
});
export type SettlementStatus = z.infer<typeof settlementStatusSchema>;

const resultBill = z.looseObject({
  regningsnr: identifier,
  krav: kroner,
  godkjent: kroner,
  status: codeOf,
  merknader: remarks,
});
export const settlementResultSchema = z.looseObject({
  oppgjorsnr: identifier,
  orgnr,
  behandlingDato: instant.transform((text) => text.replace(/(\.\d{3})\d+/, '$1')),
  regninger: z.array(z.unknown()).min(1),
});

/** The schemas by which one bill of a result is read. */
export const resultBillSchema = resultBill.transform((bill): BillResult => ({
  billNo: bill.regningsnr,
  claimedOre: bill.krav,
  approvedOre: bill.godkjent,
  status: resultStatus(bill.status.v),
  statusCode: bill.status.v,
  remarks: bill.merknader,
}));

/** Day in Norway on which a result was made. */
export const handledOn = (at: string): string => civilTime(Date.parse(at)).day;

/** A document in an archive, with the instant from which the payer had it. */
export const archivedSchema = z.object({ mottatt: instant, dokument: z.unknown() });

/** Whether a JSON value looks like an answer of the settlement control. */
export function isEReseptAnswer(value: unknown): boolean {
  const archived = archivedSchema.safeParse(value);
  const document = archived.success && archived.data.dokument !== undefined ? archived.data.dokument : value;
  const first: unknown = Array.isArray(document) ? document[0] : document;
  return typeof first === 'object' && first !== null && 'oppgjorsnr' in first;
}
