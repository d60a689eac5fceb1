import type { Flag } from '../../domain/import/kuhr/flags';

/** What loading notes of a file and keeps no row of: fields without a column, and what does not add up. */
export type LoadNote =
  | 'unknown-field'
  | 'attachment-not-xml'
  | 'attachment-not-m1'
  | 'bill-total-differs'
  | 'bill-count-differs'
  | 'message-total-differs'
  | 'payment-differs'
  | 'rejected-in-unknown-message'
  | 'prescriber-unknown'
  | 'code-unknown'
  | 'known-from-loading'
  | Flag;
