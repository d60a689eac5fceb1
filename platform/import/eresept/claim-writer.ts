import { createHash } from 'node:crypto';
import type { ClaimBill, Head, Settlement } from '../../../domain/import/eresept/messages';
import type { Tx } from '../../postgres/connection';
import { type Cell, CopyWriter } from '../../postgres/copy-writer';
import type { Batch } from '../import-batch';

/** A bill of a settlement that was found to be acceptable, with everything it needs to be written. */
export interface PendingBill {
  readonly line: number;
  readonly head: Head;
  readonly settlement: Settlement;
  readonly bill: ClaimBill;
  readonly pharmacyId: number;
  readonly prescriberId: number | undefined;
  readonly patientKey: number | undefined;
  readonly knownMs: number;
  readonly month: string;
}

/** Newest version of a bill. */
interface Version {
  readonly claimId: number;
  readonly month: string;
  readonly knownMs: number;
  readonly version: number;
  readonly content: string;
}

const IDS = ['received_month', 'claim_id', 'is_reversal'] as const;
const CLAIM = [
  ...['message_id', 'settlement_no', 'pharmacy_id', 'bill_no', 'version', 'credits_bill_no', 'prescription_id'],
  ...['prescriber_id', 'prescriber_hpr', 'patient_key', 'registered', 'dispensed', 'written', 'finished'],
  ...['instituted', 'claimed_ore', 'work_price_ore', 'copay_ore', 'copay_code', 'copay_before_ore', 'copay_period'],
  ...['reservation', 'reservation_code', 'emergency', 'prescription_type', 'multidose', 'sent_to_patient'],
  ...['missing_signature', 'legal_basis', 'diagnosis', 'diagnosis_system', 'decision_unit', 'decided'],
  ...['municipality', 'conscript', 'convention_country', 'eea', 'interventions'],
] as const;
const GOODS = ['line_no', 'product_no', 'atc', 'quantity_milli', 'price_ore', 'purchase_ore'] as const;
const INTERVENTION = [
  ...['intervention_no', 'code', 'change', 'change_code', 'asked_customer', 'asked_prescriber_hpr'],
] as const;
const TABLES = { 'rx.claim': CLAIM, 'rx.claim_goods': GOODS, 'rx.intervention': INTERVENTION } as const;
const LAST = ['entry', 'known_from', 'batch_id'] as const;

const writerOf = (table: keyof typeof TABLES) => new CopyWriter(table, [...IDS, ...TABLES[table], ...LAST]);
const keyOf = ({ pharmacyId, bill }: PendingBill) => `${pharmacyId} ${bill.billNo}`;

/** What makes two versions of a bill the same: everything but who the patient is, for whom the pseudonym stands. */
const contentOf = ({ bill, patientKey }: PendingBill) =>
  createHash('sha256')
    .update(JSON.stringify({ ...bill, person: patientKey }))
    .digest('hex')
    .slice(0, 32);

/**
 * Writes bills as signed entries. A number that was sent before is a correction: the entry of the version before is
 * taken back, in the month in which the new one became known.
 */
export class ClaimWriter {
  readonly #claims = writerOf('rx.claim');
  readonly #goods = writerOf('rx.claim_goods');
  readonly #interventions = writerOf('rx.intervention');

  /** @param items in the order in which they became known */
  async write(batch: Batch, items: readonly PendingBill[]): Promise<void> {
    if (items.length === 0) return;
    const { tx, batchId } = batch;
    const newest = await newestVersions(tx, items);
    const ids = await claimNumbers(tx, items.length);
    const changed = new Map<string, { item: PendingBill; version: Version }>();
    const replaced: { old: Version; month: string; knownMs: number }[] = [];
    for (const [i, item] of items.entries()) {
      const key = keyOf(item);
      const content = contentOf(item);
      const old = newest.get(key);
      const reason = old && whyNot(old, content, item.knownMs);
      if (reason) {
        batch.quarantine(item.line, 'M18 bill', 'RegningsNr', item.bill.billNo, reason);
        continue;
      }
      if (old) replaced.push({ old, month: item.month, knownMs: item.knownMs });
      const { month, knownMs } = item;
      const version = { claimId: ids[i]!, month, knownMs, version: (old?.version ?? 0) + 1, content };
      newest.set(key, version);
      changed.set(key, { item, version });
      this.#add(batchId, item, version);
      batch.loaded++;
    }
    for (const writer of [this.#claims, this.#goods, this.#interventions]) await writer.flush(tx);
    for (const one of replaced) await takeBack(tx, batchId, one);
    await keepVersions(tx, changed.values());
  }

  #add(batchId: number, item: PendingBill, { claimId, version }: Version): void {
    const { bill, month } = item;
    const entry = bill.credits === undefined ? 1 : -1;
    const ids = [month, claimId, false] as const;
    const last = [entry, new Date(item.knownMs).toISOString(), batchId] as const;
    this.#claims.add([...ids, ...claimCells(item, version), ...last]);
    bill.goods.forEach((line, i) => {
      const { productNo, atc, quantity, priceOre, purchaseOre } = line;
      this.#goods.add([...ids, i + 1, productNo, atc, quantity, priceOre, purchaseOre, ...last]);
    });
    bill.interventions.forEach((one, i) => {
      const asked = [one.askedCustomer, one.askedPrescriber] as const;
      this.#interventions.add([...ids, i + 1, one.code, one.change, one.changeCode, ...asked, ...last]);
    });
  }
}

function whyNot(old: Version, content: string, knownMs: number): string | undefined {
  if (old.content === content) return 'duplicate: this bill was loaded before, with the same content';
  if (knownMs < old.knownMs)
    return 'an older version of a bill that is loaded already; load messages in the order in which they were sent';
  return undefined;
}

function claimCells({ head, settlement, bill, ...item }: PendingBill, version: number): Cell[] {
  const { legal } = bill;
  return [
    ...[head.messageId, settlement.settlementNo, item.pharmacyId, bill.billNo, version, bill.credits],
    ...[bill.prescriptionId, item.prescriberId, bill.prescriberHpr, item.patientKey, bill.registered, bill.dispensed],
    ...[bill.written, bill.finished, bill.instituted, bill.claimedOre, bill.workPriceOre, bill.copayOre],
    ...[bill.copayCode, bill.copayBeforeOre, bill.copayPeriod, bill.reservation, bill.reservationCode],
    ...[bill.emergency, bill.prescriptionType, bill.multidose, bill.sentToPatient, bill.missingSignature],
    ...[legal.basis, legal.diagnosis, legal.diagnosisSystem, legal.decisionUnit, legal.decided],
    ...[bill.municipality, bill.conscript, bill.conventionCountry, bill.eea, bill.interventions.length],
  ];
}

async function newestVersions(tx: Tx, items: readonly PendingBill[]): Promise<Map<string, Version>> {
  const { rows } = await tx.raw<{
    rows: { pharmacy: number; no: string; id: number; month: string; known: Date; version: number; content: string }[];
  }>(
    `select pharmacy_id as pharmacy, bill_no as no, claim_id as id, received_month::text as month, known_from as known,
       version, content
     from rx.claim_identity join unnest(?::int[], ?::text[]) t(pharmacy_id, bill_no) using (pharmacy_id, bill_no)`,
    [items.map(({ pharmacyId }) => pharmacyId), items.map(({ bill }) => bill.billNo)],
  );
  return new Map(
    rows.map(({ pharmacy, no, id, known, ...row }) => [
      `${pharmacy} ${no}`,
      { claimId: id, knownMs: new Date(known).getTime(), ...row },
    ]),
  );
}

async function claimNumbers(tx: Tx, count: number): Promise<number[]> {
  const { rows } = await tx.raw<{ rows: { id: number }[] }>(
    "select nextval('rx.claim_number') as id from generate_series(1, ?)",
    [count],
  );
  return rows.map(({ id }) => id);
}

/** Adds the opposite of a version's entries, known from the instant at which a newer version became known. */
async function takeBack(
  tx: Tx,
  batchId: number,
  { old, month, knownMs }: { old: Version; month: string; knownMs: number },
): Promise<void> {
  for (const [table, columns] of Object.entries(TABLES)) {
    const kept = columns.join(', ');
    await tx.raw(
      `insert into ${table} (${[...IDS, ...columns, ...LAST].join(', ')})
       select ?::date, claim_id, true, ${kept}, -entry, ?::timestamptz, ?::int from ${table}
       where received_month = ?::date and claim_id = ? and not is_reversal`,
      [month, new Date(knownMs).toISOString(), batchId, old.month, old.claimId],
    );
  }
}

async function keepVersions(
  tx: Tx,
  changed: Iterable<{ readonly item: PendingBill; readonly version: Version }>,
): Promise<void> {
  await tx.raw(
    `create temp table if not exists incoming_version (like rx.claim_identity) on commit drop;
     truncate incoming_version`,
  );
  const columns = ['pharmacy_id', 'bill_no', 'claim_id', 'received_month', 'known_from', 'version', 'content'];
  const copy = new CopyWriter('incoming_version', columns);
  for (const { item, version: v } of changed)
    copy.add([
      ...[item.pharmacyId, item.bill.billNo, v.claimId, v.month],
      ...[new Date(v.knownMs).toISOString(), v.version, v.content],
    ]);
  await copy.flush(tx);
  const set = columns.slice(2).map((column) => `${column} = excluded.${column}`);
  await tx.raw(
    `insert into rx.claim_identity (${columns.join(', ')}) select ${columns.join(', ')} from incoming_version
     order by pharmacy_id, bill_no
     on conflict on constraint claim_identity_pk do update set ${set.join(', ')}`,
  );
}
