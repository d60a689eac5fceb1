import type { XmlNode } from './xml-node';

/**
 * Codes of eResept whose lists are not public. The code is kept as it was sent; what it means is taken from the display
 * name that the standard obliges the sender to give with it, and is `unknown` where that says nothing of it.
 */

/** Who reserved against substitution (bytte). */
export type Reservation = 'none' | 'customer' | 'prescriber' | 'both' | 'unknown';

/**
 * Who reserved, by the display name of `BytteRes`. A missing element is no reservation. A name that denies something
 * other than a reservation (`Kunde ønsker ikke bytte`), or a reservation of one of two, is unknown.
 */
export function reservationBy(node: XmlNode | undefined): Reservation {
  if (!node) return 'none';
  const name = (node.dn ?? '').toLowerCase();
  const customer = /kunde|pasient|bruker/.test(name);
  const prescriber = /rekvirent|lege|forskriver/.test(name);
  if (/ingen|\bnei\b|\bikke\b|\buten\b|\bh?verken\b/.test(name)) {
    if (customer && prescriber) return 'unknown';
    if (/(ingen|ikke|uten) reserv/.test(name)) return 'none';
    return customer || prescriber || name.includes('byt') ? 'unknown' : 'none';
  }
  if (customer && prescriber) return 'both';
  if (customer) return 'customer';
  if (prescriber) return 'prescriber';
  return 'unknown';
}

/** What an intervention of the pharmacy changed: goods, dose or legal basis of the refund. */
export type Change = 'goods' | 'dose' | 'legal-basis' | 'unknown';

/** Kind of change by the display name of `EndringsType`. */
export function changeOf(node: XmlNode | undefined): Change {
  const name = (node?.dn ?? '').toLowerCase();
  if (/hjemmel|refusjon/.test(name)) return 'legal-basis';
  if (/dose/.test(name)) return 'dose';
  return /vare|legemiddel|pakning|preparat/.test(name) ? 'goods' : 'unknown';
}

/** What became of a bill (M22, code list 7410). */
export type ResultStatus = 'rejected' | 'approved' | 'unknown';

/** 1 is rejected (avvist), 2 approved (godkjent); another code is kept, and its meaning is unknown. */
export const resultStatus = (code: string): ResultStatus =>
  code === '1' ? 'rejected' : code === '2' ? 'approved' : 'unknown';
