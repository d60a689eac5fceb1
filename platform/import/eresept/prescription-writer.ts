import type { Dispensing, Prescription } from '../../../domain/import/eresept/messages';
import type { Tx } from '../../postgres/connection';
import { CopyWriter } from '../../postgres/copy-writer';
import type { Batch } from '../import-batch';
import { copyNew, type Target } from './copy-new';

/** What a prescription or dispensing needs to be written. */
interface Pending {
  readonly line: number;
  readonly patientKey: number | undefined;
  readonly knownMs: number;
  readonly month: string;
}
export interface PendingPrescription extends Pending {
  readonly prescription: Prescription;
  readonly prescriberId: number | undefined;
  /** It came with a settlement: with every dispensing the same prescription comes again. */
  readonly isAttached: boolean;
}
export interface PendingDispensing extends Pending {
  readonly messageId: string;
  readonly dispensing: Dispensing;
  readonly pharmacyId: number;
}

const PRESCRIPTION = [
  ...['received_month', 'prescription_id', 'prescriber_id', 'prescriber_hpr', 'patient_key', 'written', 'expires'],
  ...['goods_group', 'atc', 'product_no', 'quantity_milli', 'amount_milli', 'amount_unit', 'repeats'],
  ...['reserved_by_prescriber', 'legal_basis', 'diagnosis', 'diagnosis_system', 'individual_refund'],
  ...['from_hospital', 'to_own_practice', 'known_from', 'batch_id'],
];
const DISPENSING: Target = {
  table: 'rx.dispensing',
  columns: [
    ...['received_month', 'message_id', 'prescription_id', 'pharmacy_id', 'patient_key', 'dispensed', 'cancelled'],
    ...['finished', 'reserved_by_customer', 'atc', 'product_no', 'quantity_milli', 'on_paper', 'interventions'],
    ...['prescriber_asked', 'known_from', 'batch_id'],
  ],
  key: ['received_month', 'message_id'],
};

/** Writes prescriptions, each once. @param items in the order in which they became known */
export async function writePrescriptions(batch: Batch, items: readonly PendingPrescription[]): Promise<void> {
  if (items.length === 0) return;
  const { tx, batchId } = batch;
  const known = await knownPrescriptions(tx, items);
  const rows = new CopyWriter('rx.prescription', PRESCRIPTION);
  const identities = new CopyWriter('rx.prescription_identity', ['prescription_id', 'batch_id']);
  for (const item of items) {
    const { prescription: p } = item;
    const isNew = !known.has(p.prescriptionId);
    if (!isNew && !item.isAttached) {
      const reason = 'duplicate: a prescription with this number was loaded before';
      batch.quarantine(item.line, 'M1', 'MsgId', p.prescriptionId, reason);
      continue;
    }
    batch.loaded++;
    if (!isNew) continue;
    known.add(p.prescriptionId);
    identities.add([p.prescriptionId, batchId]);
    rows.add([
      ...[item.month, p.prescriptionId, item.prescriberId, p.prescriberHpr, item.patientKey, p.written, p.expires],
      ...[p.goodsGroup, p.atc, p.productNo, p.quantity, p.amount, p.amountUnit, p.repeats, p.reservedByPrescriber],
      ...[p.basis, p.diagnosis, p.diagnosisSystem, p.individualRefund, p.fromHospital, p.toOwnPractice],
      ...[new Date(item.knownMs).toISOString(), batchId],
    ]);
  }
  await rows.flush(tx);
  await identities.flush(tx);
}

async function knownPrescriptions(tx: Tx, items: readonly PendingPrescription[]): Promise<Set<string>> {
  const { rows } = await tx.raw<{ rows: { id: string }[] }>(
    `select prescription_id as id from rx.prescription_identity
     join unnest(?::text[]) t(prescription_id) using (prescription_id)`,
    [[...new Set(items.map(({ prescription }) => prescription.prescriptionId))]],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Writes reports of dispensings, each once. */
export async function writeDispensings(batch: Batch, items: readonly PendingDispensing[]): Promise<void> {
  const rows = items.map(({ dispensing: d, ...item }) => [
    ...[item.month, item.messageId, d.prescriptionId, item.pharmacyId, item.patientKey, d.dispensed, d.cancelled],
    ...[d.finished, d.reservedByCustomer, d.atc, d.productNo, d.quantity, d.onPaper, d.interventions.length],
    ...[d.interventions.some(({ askedPrescriber }) => askedPrescriber !== undefined)],
    ...[new Date(item.knownMs).toISOString(), batch.batchId],
  ]);
  const added = await copyNew(batch.tx, DISPENSING, rows);
  items.forEach(({ line, messageId }, i) => {
    if (added[i]) batch.loaded++;
    else batch.quarantine(line, 'M10', 'MsgId', messageId, 'duplicate: a message with this id was loaded before');
  });
}
