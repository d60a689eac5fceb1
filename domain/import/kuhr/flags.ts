import { addMonths } from '../../time/days';

/**
 * What stands out in the times of an entry of a bill: facts, which refuse nothing. The payer answers them with remarks,
 * and a pattern of them may be worth a control.
 */
export const FLAGS = ['contact-after-receipt', 'sent-late', 'credited-late'] as const;
export type Flag = (typeof FLAGS)[number];

/** A claim must come within this time of the treatment (regninger må sendes innen seks måneder). */
export const SENT_LATE_MONTHS = 6;
/** A bill may be credited within this time of the treatment. */
export const CREDITED_LATE_MONTHS = 36;

/** Flags of a bill as sent, by its instants in milliseconds since 1970 and their days in Norway. */
export function flagsOfSent(
  contact: { readonly ms: number; readonly day: string },
  receipt: { readonly ms: number; readonly day: string },
): Flag[] {
  if (contact.ms > receipt.ms) return ['contact-after-receipt'];
  return receipt.day > addMonths(contact.day, SENT_LATE_MONTHS) ? ['sent-late'] : [];
}
