import { createHash } from 'node:crypto';
import type { BillResult, Payment } from '../../../domain/import/eresept/messages';
import type { Cell } from '../../postgres/copy-writer';
import type { Batch } from '../import-batch';
import { copyNew, type Target } from './copy-new';

/** What results, payments and status answers need to be written. */
interface Pending {
  readonly line: number;
  readonly pharmacyId: number;
  readonly knownMs: number;
}
export interface PendingResult extends Pending {
  readonly month: string;
  readonly settlementNo: string;
  readonly handled: string;
  readonly result: BillResult;
}
export interface PendingPayment extends Pending {
  readonly payment: Payment;
}
export interface PendingStatus extends Pending {
  readonly settlementNo: string;
  readonly status: string;
  readonly receivedAt: string;
  readonly remarks: readonly string[];
  readonly billCount: number | undefined;
  readonly claimedOre: number | undefined;
  readonly approvedOre: number | undefined;
}

const RESULT: Target = {
  table: 'rx.bill_result',
  columns: [
    ...['received_month', 'pharmacy_id', 'settlement_no', 'bill_no', 'handled', 'claimed_ore', 'approved_ore'],
    ...['status', 'status_code', 'remarks', 'known_from', 'batch_id'],
  ],
  key: ['received_month', 'pharmacy_id', 'settlement_no', 'bill_no', 'known_from'],
};
const PAYMENT: Target = {
  table: 'rx.payment',
  columns: [
    ...['payment_no', 'settlement_no', 'pharmacy_id', 'paid', 'payment_ore', 'paid_ore', 'known_from', 'batch_id'],
  ],
  key: ['payment_no', 'settlement_no'],
};
const STATUS: Target = {
  table: 'rx.settlement_status',
  columns: [
    ...['pharmacy_id', 'settlement_no', 'status_code', 'received_at', 'remarks', 'bill_count', 'claimed_ore'],
    ...['approved_ore', 'known_from', 'batch_id'],
  ],
  key: ['pharmacy_id', 'settlement_no', 'received_at', 'known_from'],
};

const instant = (ms: number) => new Date(ms).toISOString();
/** Remarks as an array of PostgreSQL; a text is not kept, only a fingerprint by which equal texts can be counted. */
const arrayOf = (remarks: readonly string[]) =>
  `{${remarks
    .map((remark) =>
      /^\d{1,6}$/.test(remark) ? remark : `text-${createHash('sha256').update(remark).digest('hex').slice(0, 12)}`,
    )
    .join(',')}}`;

async function write(
  batch: Batch,
  target: Target,
  items: readonly { readonly line: number; readonly name: string; readonly item: string }[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const added = await copyNew(batch.tx, target, rows);
  items.forEach(({ line, name, item }, i) => {
    if (added[i]) batch.loaded++;
    else batch.quarantine(line, item, target.key.at(-2)!, name, 'duplicate: the same was loaded before');
  });
}

/** Writes what became of bills (M22). */
export const writeResults = (batch: Batch, items: readonly PendingResult[]): Promise<void> =>
  write(
    batch,
    RESULT,
    items.map(({ line, result }) => ({ line, item: 'M22 bill', name: result.billNo })),
    items.map(({ result, ...item }) => [
      ...[item.month, item.pharmacyId, item.settlementNo, result.billNo, item.handled, result.claimedOre],
      ...[result.approvedOre, result.status, result.statusCode, arrayOf(result.remarks)],
      ...[instant(item.knownMs), batch.batchId],
    ]),
  );

/** Writes payments (M23), a row for each settlement in them. */
export async function writePayments(batch: Batch, items: readonly PendingPayment[]): Promise<void> {
  const parts = items.flatMap(({ payment, ...item }) =>
    payment.settlements.map((part) => ({ ...item, payment, part })),
  );
  await write(
    batch,
    PAYMENT,
    parts.map(({ line, payment }) => ({ line, item: 'M23 settlement', name: payment.paymentNo })),
    parts.map(({ payment, part, ...item }) => [
      ...[payment.paymentNo, part.settlementNo, item.pharmacyId, payment.paid, payment.paidOre, part.paidOre],
      ...[instant(item.knownMs), batch.batchId],
    ]),
  );
}

/** Writes status answers. */
export const writeStatuses = (batch: Batch, items: readonly PendingStatus[]): Promise<void> =>
  write(
    batch,
    STATUS,
    items.map(({ line, settlementNo }) => ({ line, item: 'status', name: settlementNo })),
    items.map((item) => [
      ...[item.pharmacyId, item.settlementNo, item.status, item.receivedAt, arrayOf(item.remarks), item.billCount],
      ...[item.claimedOre, item.approvedOre, instant(item.knownMs), batch.batchId],
    ]),
  );
