import { billSchema, type Envelope, envelopeSchema } from '../../domain/import/kuhr';
import { monthStart } from '../../domain/time/days';
import { civilTime } from '../../domain/time/civil-time';
import { BillWriter, type PendingBill } from './bill-writer';
import { BillNumbers, PartitionCreator, ProviderIndex } from './id-allocators';
import { type Batch, firstProblem, type LineLoader } from './import-batch';
import type { Vault } from './vault';

/** A bill that was not loaded before, with its id. */
interface NewBill {
  readonly item: PendingBill;
  readonly billId: number;
}

/** Loads a file of KUHR settlement messages: bills, tariff lines and the outcomes of the rule engine. */
export class SettlementLoader implements LineLoader {
  readonly kind = 'settlement';
  #pending: PendingBill[] = [];
  readonly #providers = new ProviderIndex();
  readonly #months: PartitionCreator;
  readonly #numbers = new BillNumbers();
  readonly #writer = new BillWriter();

  constructor(readonly vault: Vault) {
    this.#months = new PartitionCreator(vault.db);
  }

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const parsed = envelopeSchema.safeParse(value);
    if (!parsed.success) {
      batch.read++;
      const problem = firstProblem(parsed.error, value);
      batch.quarantine(line, 'message', problem.field, problem.value, problem.reason);
      return;
    }
    const { praksisId, enkeltregninger } = parsed.data.melding;
    const providerId = await this.#providers.idOf(batch.tx, praksisId);
    if (providerId !== undefined) return this.#addMessage(batch, line, parsed.data, providerId);
    const reason = 'no such practice is known; load its provider first';
    const bills = Math.max(1, enkeltregninger.length);
    batch.read += bills;
    for (let i = 1; i <= bills; i++) batch.quarantine(line, `bill ${i}`, 'melding.praksisId', praksisId, reason);
  }

  #addMessage(batch: Batch, line: number, envelope: Envelope, providerId: number): void {
    const receivedMs = Date.parse(envelope.mottattidspunkt);
    const month = monthStart(civilTime(receivedMs).day);
    batch.noteKnownFrom(receivedMs);
    batch.months.add(month);
    this.#writer.addSubmission(batch.batchId, envelope, providerId);
    const hits = groupByGuid(envelope.merknader);
    envelope.melding.enkeltregninger.forEach((raw, index) => {
      batch.read++;
      const bill = billSchema.safeParse(raw);
      if (!bill.success) {
        const problem = firstProblem(bill.error, raw);
        batch.quarantine(line, `bill ${index + 1}`, problem.field, problem.value, problem.reason);
        hits.delete(String((raw as { guid?: unknown }).guid));
        return;
      }
      this.#pending.push({
        bill: bill.data,
        line,
        submissionId: envelope.meldingsId,
        providerId,
        receivedMs,
        month,
        hits: hits.get(bill.data.guid) ?? [],
      });
      hits.delete(bill.data.guid);
    });
    for (const orphan of hits.keys()) {
      batch.read++;
      batch.quarantine(line, 'merknad', 'merknader.guid', orphan, 'refers to a bill that is not in the message');
    }
  }

  async flush(batch: Batch): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await this.#writer.flushSubmissions(batch.tx);
    const numbers = await this.#numbers.take(batch.tx, pending.length);
    const newBills = await this.#withoutDuplicates(batch, pending, numbers);
    const creditedIds = await this.#creditedIds(batch, newBills);
    const patientKeys = await this.vault.pseudonyms(newBills.map(({ item }) => item.bill.pasient.id));
    await this.#months.ensure(new Set(newBills.map(({ item }) => item.month)));
    newBills.forEach(({ item, billId }, index) => {
      const { krediterer } = item.bill;
      const creditedBillId = krediterer ? creditedIds.get(krediterer) : null;
      this.#writer.addBill(batch.batchId, item, { billId, patientKey: patientKeys[index]!, creditedBillId });
    });
    batch.loaded += newBills.length;
    await this.#writer.flushBills(batch.tx);
  }

  /**
   * Enters the guids in core.bill_identity, where a guid occurs once in all files and months, and quarantines
   * duplicates.
   */
  async #withoutDuplicates(
    batch: Batch,
    pending: readonly PendingBill[],
    numbers: readonly number[],
  ): Promise<NewBill[]> {
    if (pending.length === 0) return [];
    const first = new Map<string, number>();
    pending.forEach(({ bill }, i) => first.has(bill.guid) || first.set(bill.guid, numbers[i]!));
    const { rows } = await batch.tx.raw<{ rows: { bill_guid: string }[] }>(
      `insert into core.bill_identity (bill_guid, bill_id, batch_id)
       select *, ? from unnest(?::uuid[], ?::bigint[]) on conflict do nothing returning bill_guid`,
      [batch.batchId, [...first.keys()], [...first.values()]],
    );
    const inserted = new Set(rows.map((row) => row.bill_guid));
    return pending.flatMap((item) => {
      const { guid, regningsnummer } = item.bill;
      if (inserted.delete(guid)) return [{ item, billId: first.get(guid)! }];
      const reason = 'duplicate bill: this guid was loaded before';
      batch.quarantine(item.line, `bill ${regningsnummer}`, 'guid', guid, reason);
      return [];
    });
  }

  /** Ids of the bills that credit notes refer to, by guid; a bill that is not known (yet) has none. */
  async #creditedIds(batch: Batch, newBills: readonly NewBill[]): Promise<ReadonlyMap<string, number>> {
    const guids = newBills.flatMap(({ item }) => item.bill.krediterer ?? []);
    if (guids.length === 0) return new Map();
    const { rows } = await batch.tx.raw<{ rows: { bill_guid: string; bill_id: number }[] }>(
      'select bill_guid, bill_id from core.bill_identity where bill_guid = any(?::uuid[])',
      [guids],
    );
    return new Map(rows.map((row) => [row.bill_guid, row.bill_id]));
  }
}

function groupByGuid(hits: Envelope['merknader']): Map<string, Envelope['merknader']> {
  const groups = new Map<string, Envelope['merknader']>();
  for (const hit of hits) groups.set(hit.guid, [...(groups.get(hit.guid) ?? []), hit]);
  return groups;
}
