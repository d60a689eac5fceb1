import { civilTime } from '../../../domain/time/civil-time';
import { monthStart } from '../../../domain/time/days';
import type { EReseptMessage, Prescription } from '../../../domain/import/eresept/messages';
import type { Cell } from '../../postgres/copy-writer';
import { PartitionCreator } from '../id-allocators';
import type { Batch } from '../import-batch';
import type { Vault } from '../vault';
import { ClaimWriter, type PendingBill } from './claim-writer';
import { copyNew, type Target } from './copy-new';
import type { ReadMessage } from './message-reader';
import type { Notes } from './notes';
import type { Parties } from './parties';
import {
  type PendingDispensing,
  type PendingPrescription,
  writeDispensings,
  writePrescriptions,
} from './prescription-writer';
import { type PendingPayment, type PendingResult, writePayments, writeResults } from './result-writer';

type Body<K> = Extract<EReseptMessage['body'], { kind: K }>;
interface Of<K> {
  readonly message: EReseptMessage;
  readonly body: Body<K>;
}
interface Placed {
  readonly pharmacyId: number;
  readonly knownMs: number;
  readonly month: string;
}

const SETTLEMENT: Target = {
  table: 'rx.settlement',
  columns: [
    ...['message_id', 'settlement_no', 'pharmacy_id', 'licence_no', 'her_id', 'sent', 'claimed_ore', 'bill_count'],
    ...['bills_read', 'bills_ore', 'known_from', 'batch_id'],
  ],
  key: ['message_id'],
};
/** Bills that are collected before they are written. */
const ROWS_PER_FLUSH = 5_000;
const UNKNOWN_PHARMACY = 'no pharmacy with this organisation number is known; load its provider first';
const monthOf = (ms: number) => monthStart(civilTime(ms).day);

/** Loads messages of eResept: prescriptions, dispensings, settlements, results and payments. */
export class MessageLoader {
  #messages: EReseptMessage[] = [];
  #rows = 0;
  readonly #claims = new ClaimWriter();
  readonly #months: PartitionCreator;

  constructor(
    readonly vault: Vault,
    readonly parties: Parties,
    readonly notes: Notes,
  ) {
    this.#months = new PartitionCreator(vault.db);
  }

  async add(batch: Batch, read: ReadMessage): Promise<void> {
    if ('unread' in read) {
      const count = Math.max(1, read.records);
      batch.read += count;
      for (let i = 0; i < count; i++) batch.quarantine(read.line, read.item, read.field, undefined, read.reason);
      return;
    }
    for (const { item, field, value, reason } of read.refused) {
      batch.read++;
      batch.quarantine(read.line, item, field, value, reason);
    }
    this.#messages.push(read);
    this.#rows += rowsOf(read);
    if (this.#rows >= ROWS_PER_FLUSH) await this.flush(batch);
  }

  async flush(batch: Batch): Promise<void> {
    const messages = this.#messages;
    this.#messages = [];
    this.#rows = 0;
    const of = <K extends EReseptMessage['body']['kind']>(kind: K): Of<K>[] =>
      messages.flatMap((message) => (message.body.kind === kind ? [{ message, body: message.body as Body<K> }] : []));
    const prescriptions: PendingPrescription[] = [];
    const bills: PendingBill[] = [];
    await this.#settlements(batch, of('M18'), bills, prescriptions);
    for (const { message, body } of of('M1')) {
      batch.read++;
      const pending = await this.#prescription(batch, message, body.prescription, message.head.generatedMs, false);
      prescriptions.push(pending);
    }
    const dispensings = await this.#dispensings(batch, of('M10'));
    const results = await this.#results(batch, of('M22'));
    const payments = await this.#payments(batch, of('M23'));
    const monthly = [...bills, ...prescriptions, ...dispensings, ...results];
    for (const { knownMs, month } of monthly) {
      batch.noteKnownFrom(knownMs);
      batch.months.add(month);
    }
    await this.#months.ensure(new Set(monthly.map(({ month }) => month)));
    await writePrescriptions(batch, inOrder(await this.#withPatients(prescriptions, (one) => one.prescription.person)));
    await this.#claims.write(batch, inOrder(await this.#withPatients(bills, ({ bill }) => bill.person)));
    await writeDispensings(batch, await this.#withPatients(dispensings, ({ dispensing }) => dispensing.person));
    await writeResults(batch, results);
    await writePayments(batch, payments);
  }

  async #settlements(
    batch: Batch,
    items: readonly Of<'M18'>[],
    bills: PendingBill[],
    prescriptions: PendingPrescription[],
  ): Promise<void> {
    const placed: { of: Of<'M18'>; place: Placed }[] = [];
    for (const of of items) {
      const { message, body } = of;
      const rows = rowsOf(message);
      batch.read += rows;
      const { sender } = message.head;
      const pharmacyId = await this.parties.pharmacy(batch.tx, sender, body.settlement.sent);
      if (pharmacyId === undefined) refuse(batch, message, rows, 'Sender/Organisation/Ident', sender, UNKNOWN_PHARMACY);
      else placed.push({ of, place: { pharmacyId, knownMs: message.head.generatedMs, month: '' } });
    }
    const received = await receipts(batch, placed);
    const rows = placed.map(({ of: { message, body }, place }) =>
      settlementCells(batch, message, body, { ...place, knownMs: received(body, place) }),
    );
    const added = await copyNew(batch.tx, SETTLEMENT, rows);
    for (const [i, { of, place }] of placed.entries()) {
      const { message, body } = of;
      const knownMs = received(body, place);
      if (!added[i]) {
        const reason = 'duplicate: a message with this id was loaded before';
        refuse(batch, message, rowsOf(message), 'MsgId', message.head.messageId, reason);
        continue;
      }
      this.#noteTotals(body);
      for (const prescription of body.attached)
        prescriptions.push(await this.#prescription(batch, message, prescription, knownMs, true));
      const where = { pharmacyId: place.pharmacyId, knownMs, month: monthOf(knownMs) };
      for (const bill of body.bills)
        bills.push({
          ...{ line: message.line, head: message.head, settlement: body.settlement, bill, ...where },
          prescriberId: await this.#prescriber(batch, bill.prescriberHpr, bill.dispensed),
          patientKey: undefined,
        });
    }
  }

  /** A total that differs is a fact of the settlement, no reason to refuse it. */
  #noteTotals({ settlement, bills }: Body<'M18'>): void {
    if (sumOf(bills) !== settlement.claimedOre) this.notes.add('message-total-differs', settlement.settlementNo);
    if (bills.length !== settlement.billCount) this.notes.add('bill-count-differs', settlement.settlementNo);
    for (const { reservation, interventions } of bills) {
      if (reservation === 'unknown') this.notes.add('code-unknown', 'BytteRes');
      if (interventions.some(({ change }) => change === 'unknown')) this.notes.add('code-unknown', 'EndringsType');
    }
  }

  async #prescription(
    batch: Batch,
    { line }: EReseptMessage,
    prescription: Prescription,
    knownMs: number,
    isAttached: boolean,
  ): Promise<PendingPrescription> {
    const prescriberId = await this.#prescriber(batch, prescription.prescriberHpr, prescription.written);
    const month = monthOf(knownMs);
    return { line, knownMs, month, prescription, prescriberId, patientKey: undefined, isAttached };
  }

  /** The HPR number is kept in any case: many prescribers, such as those of hospitals, have no practice. */
  async #prescriber(batch: Batch, hpr: number | undefined, day: string): Promise<number | undefined> {
    const id = await this.parties.prescriber(batch.tx, hpr, day);
    if (id === undefined && hpr !== undefined) this.notes.add('prescriber-unknown', 'HPR');
    return id;
  }

  async #dispensings(batch: Batch, items: readonly Of<'M10'>[]): Promise<PendingDispensing[]> {
    const pending: PendingDispensing[] = [];
    for (const { message, body } of items) {
      batch.read++;
      const { dispensing } = body;
      const { sender, messageId, generatedMs: knownMs } = message.head;
      const pharmacyId = await this.parties.pharmacy(batch.tx, sender, dispensing.dispensed);
      if (pharmacyId === undefined) refuse(batch, message, 1, 'Sender/Organisation/Ident', sender, UNKNOWN_PHARMACY);
      else {
        const where = { line: message.line, pharmacyId, knownMs, month: monthOf(knownMs) };
        pending.push({ ...where, messageId, dispensing, patientKey: undefined });
      }
    }
    return pending;
  }

  async #results(batch: Batch, items: readonly Of<'M22'>[]): Promise<PendingResult[]> {
    const pending: PendingResult[] = [];
    for (const { message, body } of items) {
      const { results, handled, settlementNo } = body;
      const { receiver, generatedMs: knownMs } = message.head;
      batch.read += results.length;
      const pharmacyId = await this.parties.pharmacy(batch.tx, receiver, handled);
      const where = 'Receiver/Organisation/Ident';
      if (pharmacyId === undefined) refuse(batch, message, results.length, where, receiver, UNKNOWN_PHARMACY);
      else
        for (const result of results)
          pending.push({
            ...{ line: message.line, pharmacyId, knownMs, month: monthOf(knownMs) },
            ...{ settlementNo, handled, result },
          });
    }
    return pending;
  }

  async #payments(batch: Batch, items: readonly Of<'M23'>[]): Promise<PendingPayment[]> {
    const pending: PendingPayment[] = [];
    for (const { message, body } of items) {
      const { payment } = body;
      const { receiver, generatedMs: knownMs } = message.head;
      const rows = payment.settlements.length;
      batch.read += rows;
      const pharmacyId = await this.parties.pharmacy(batch.tx, receiver, payment.paid);
      const where = 'Receiver/Organisation/Ident';
      if (pharmacyId === undefined) {
        refuse(batch, message, rows, where, receiver, UNKNOWN_PHARMACY);
        continue;
      }
      if (payment.settlements.reduce((sum, { paidOre }) => sum + paidOre, 0) !== payment.paidOre)
        this.notes.add('payment-differs', payment.paymentNo);
      batch.noteKnownFrom(knownMs);
      pending.push({ line: message.line, pharmacyId, knownMs, payment });
    }
    return pending;
  }

  /** Persons become pseudonyms before anything is written. */
  async #withPatients<T extends { readonly patientKey: number | undefined }>(
    items: readonly T[],
    personOf: (item: T) => string | undefined,
  ): Promise<T[]> {
    const people = await this.vault.pseudonyms(items.flatMap((item) => personOf(item) ?? []));
    let next = 0;
    return items.map((item) => ({ ...item, patientKey: personOf(item) === undefined ? undefined : people[next++] }));
  }
}

const sumOf = (bills: Body<'M18'>['bills']) =>
  bills.reduce((sum, { claimedOre, credits }) => sum + (credits === undefined ? claimedOre : -claimedOre), 0);

function rowsOf({ body }: EReseptMessage): number {
  if (body.kind === 'M18') return body.bills.length + body.attached.length;
  return body.kind === 'M22' ? body.results.length : 1;
}

const inOrder = <T extends { readonly knownMs: number }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => a.knownMs - b.knownMs);

function refuse(
  batch: Batch,
  { line, body }: EReseptMessage,
  rows: number,
  field: string,
  value: string | undefined,
  reason: string,
): void {
  for (let i = 0; i < rows; i++) batch.quarantine(line, body.kind, field, value, reason);
}

function settlementCells(
  { batchId }: Batch,
  { head }: EReseptMessage,
  { settlement, bills }: Body<'M18'>,
  { pharmacyId, knownMs }: Placed,
): Cell[] {
  return [
    ...[head.messageId, settlement.settlementNo, pharmacyId, head.licence, head.her, settlement.sent],
    ...[settlement.claimedOre, settlement.billCount, bills.length, sumOf(bills)],
    ...[new Date(knownMs).toISOString(), batchId],
  ];
}

/**
 * When the payer received settlements, by their status answers: the first receipt after a message was made, since a
 * settlement can be sent again. Without one, when it was made.
 */
async function receipts(batch: Batch, placed: readonly { of: Of<'M18'>; place: Placed }[]) {
  const { rows } = await batch.tx.raw<{ rows: { pharmacy: number; no: string; received: Date }[] }>(
    `select distinct pharmacy_id as pharmacy, settlement_no as no, received_at as received from rx.settlement_status
     where settlement_no = any(?::text[]) order by 3`,
    [placed.map(({ of }) => of.body.settlement.settlementNo)],
  );
  const received = Map.groupBy(rows, ({ pharmacy, no }) => `${pharmacy} ${no}`);
  return ({ settlement }: Body<'M18'>, { pharmacyId, knownMs }: Placed): number =>
    received
      .get(`${pharmacyId} ${settlement.settlementNo}`)
      ?.map((one) => new Date(one.received).getTime())
      .find((ms) => ms >= knownMs) ?? knownMs;
}
