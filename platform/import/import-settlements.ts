import { civilTime, parseInstant } from '../../domain/time/civil-time';
import { parseOre } from '../../domain/money';
import {
  type Bill,
  billSchema,
  diagnosisSchema,
  type Envelope,
  envelopeSchema,
  ruleHitSchema,
  tariffLineSchema,
} from '../../domain/import/kuhr';
import { monthStart } from '../../domain/rules/training-splits';
import { type Batch, firstProblem, type LineLoader } from './import-batch';
import { BillNumbers, PartitionCreator, ProviderIndex } from './id-allocators';
import { CopyWriter } from '../postgres/copy-writer';
import type { Vault } from './vault';

const EFFECTS = { avvist: 'reject', avkortet: 'curtail', merknad: 'note' } as const;

interface Pending {
  readonly bill: Bill;
  readonly line: number;
  readonly submissionId: string;
  readonly providerId: number;
  readonly receivedMs: number;
  readonly month: string;
  readonly hits: Envelope['merknader'];
}

interface Numbered {
  readonly item: Pending;
  readonly billId: number;
}

/** Fields of `value` that `keys` does not name; undefined when there are none. Nothing of a message is lost. */
export function unknownFields(
  value: Record<string, unknown>,
  keys: readonly string[],
): Record<string, unknown> | undefined {
  const rest = Object.entries(value).filter(([key]) => !keys.includes(key));
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}

const KEYS = {
  bill: Object.keys(billSchema.shape),
  line: Object.keys(tariffLineSchema.shape),
  diagnosis: Object.keys(diagnosisSchema.shape),
  hit: Object.keys(ruleHitSchema.shape),
  envelope: Object.keys(envelopeSchema.shape),
  message: Object.keys(envelopeSchema.shape.melding.shape),
};

/** Loads one file of KUHR-shaped settlement messages: bills, tariff lines and what the rule engine said of them. */
export class SettlementLoader implements LineLoader {
  readonly kind = 'settlement';
  #pending: Pending[] = [];
  readonly #providers = new ProviderIndex();
  readonly #months: PartitionCreator;
  readonly #numbers = new BillNumbers();
  readonly #submissions = new CopyWriter('core.submission', [
    'submission_id',
    'provider_id',
    'received_at',
    'epj_name',
    'decision_id',
    'reprocessed',
    'bill_count',
    'batch_id',
    'extra',
  ]);
  readonly #bills = new CopyWriter('core.bill', [
    'received_month',
    'bill_id',
    'bill_guid',
    'submission_id',
    'provider_id',
    'bill_no',
    'patient_key',
    'performed_by',
    'started_at',
    'civil_day',
    'minute_of_day',
    'known_from',
    'amount_ore',
    'copay_ore',
    'exemption',
    'is_credit',
    'credits',
    'credits_bill',
    'diagnosis',
    'batch_id',
    'extra',
  ]);
  readonly #lines = new CopyWriter('core.bill_line', [
    'received_month',
    'bill_id',
    'line_no',
    'provider_id',
    'tariff',
    'repetitions',
    'amount_ore',
    'known_from',
    'batch_id',
    'extra',
  ]);
  readonly #hits = new CopyWriter('core.rule_outcome', [
    'received_month',
    'bill_id',
    'rule_no',
    'provider_id',
    'effect',
    'amount_ore',
    'known_from',
    'batch_id',
  ]);

  constructor(readonly vault: Vault) {
    this.#months = new PartitionCreator(vault.db);
  }

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const parsed = envelopeSchema.safeParse(value);
    if (!parsed.success) {
      batch.read++;
      const problem = firstProblem(parsed.error, value);
      batch.refuse(line, 'message', problem.field, problem.value, problem.reason);
      return;
    }
    const envelope = parsed.data;
    const providerId = await this.#providers.idOf(batch.tx, envelope.melding.praksisId);
    if (providerId === undefined) {
      const bills = Math.max(1, envelope.melding.enkeltregninger.length);
      batch.read += bills;
      for (let i = 0; i < bills; i++)
        batch.refuse(
          line,
          `bill ${i + 1}`,
          'melding.praksisId',
          envelope.melding.praksisId,
          'no such practice is known; load its provider first',
        );
      return;
    }
    this.#message(batch, line, envelope, providerId);
  }

  #message(batch: Batch, line: number, envelope: Envelope, providerId: number): void {
    const receivedMs = Date.parse(envelope.mottattidspunkt);
    const month = monthStart(civilTime(receivedMs).day);
    batch.known(receivedMs);
    batch.months.add(month);
    const { melding } = envelope;
    const extra = { ...unknownFields(envelope, KEYS.envelope), ...unknownFields(melding, KEYS.message) };
    this.#submissions.add([
      envelope.meldingsId,
      providerId,
      new Date(receivedMs).toISOString(),
      melding.navnEPJ,
      envelope.vedtakId,
      envelope.rebehandling,
      melding.enkeltregninger.length,
      batch.batchId,
      Object.keys(extra).length ? JSON.stringify(extra) : null,
    ]);
    const hits = groupByGuid(envelope.merknader);
    melding.enkeltregninger.forEach((raw, index) => {
      batch.read++;
      const bill = billSchema.safeParse(raw);
      if (!bill.success) {
        const problem = firstProblem(bill.error, raw);
        batch.refuse(line, `bill ${index + 1}`, problem.field, problem.value, problem.reason);
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
      batch.refuse(line, 'merknad', 'merknader.guid', orphan, 'speaks of a bill that is not in the message');
    }
  }

  async flush(batch: Batch): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await this.#submissions.flush(batch.tx);
    const numbers = await this.#numbers.take(batch.tx, pending.length);
    const fresh = await this.#withoutDuplicates(batch, pending, numbers);
    const credited = await this.#credited(batch, fresh);
    const keys = await this.vault.surrogates(fresh.map(({ item }) => item.bill.pasient.id));
    await this.#months.ensure(new Set(fresh.map(({ item }) => item.month)));
    fresh.forEach(({ item, billId }, index) => this.#write(batch, item, billId, keys[index]!, credited));
    batch.loaded += fresh.length;
    for (const table of [this.#bills, this.#lines, this.#hits]) await table.flush(batch.tx);
  }

  /** A bill's guid enters core.bill_identity once, whatever file or month it comes in; a second one is refused by name. */
  async #withoutDuplicates(batch: Batch, pending: readonly Pending[], numbers: readonly number[]): Promise<Numbered[]> {
    if (pending.length === 0) return [];
    const first = new Map<string, number>();
    pending.forEach(({ bill }, i) => first.has(bill.guid) || first.set(bill.guid, numbers[i]!));
    const { rows } = await batch.tx.raw<{ rows: { bill_guid: string }[] }>(
      'insert into core.bill_identity (bill_guid, bill_id, batch_id) select *, ? from unnest(?::uuid[], ?::bigint[]) on conflict do nothing returning bill_guid',
      [batch.batchId, [...first.keys()], [...first.values()]],
    );
    const free = new Set(rows.map((row) => row.bill_guid));
    return pending.flatMap((item) => {
      if (free.delete(item.bill.guid)) return [{ item, billId: first.get(item.bill.guid)! }];
      batch.refuse(
        item.line,
        `bill ${item.bill.regningsnummer}`,
        'guid',
        item.bill.guid,
        'duplicate bill: this guid was loaded before',
      );
      return [];
    });
  }

  /** Numbers of the bills that crediting bills name; a bill that is not known (yet) has none. */
  async #credited(batch: Batch, fresh: readonly Numbered[]): Promise<ReadonlyMap<string, number>> {
    const guids = fresh.flatMap(({ item }) => item.bill.krediterer ?? []);
    if (guids.length === 0) return new Map();
    const { rows } = await batch.tx.raw<{ rows: { bill_guid: string; bill_id: number }[] }>(
      'select bill_guid, bill_id from core.bill_identity where bill_guid = any(?::uuid[])',
      [guids],
    );
    return new Map(rows.map((row) => [row.bill_guid, row.bill_id]));
  }

  #write(batch: Batch, item: Pending, billId: number, patientKey: number, credited: ReadonlyMap<string, number>): void {
    const { bill, month, providerId } = item;
    const startedMs = parseInstant(bill.tidspunkt)!;
    const civil = civilTime(startedMs);
    const knownFrom = new Date(item.receivedMs).toISOString();
    const amounts = bill.takster.map((tariff) => parseOre(tariff.belop));
    const extra = billExtra(bill);
    this.#bills.add([
      month,
      billId,
      bill.guid,
      item.submissionId,
      providerId,
      bill.regningsnummer,
      patientKey,
      bill.utfortAv,
      new Date(startedMs).toISOString(),
      civil.day,
      civil.minuteOfDay,
      knownFrom,
      amounts.reduce<number>((sum, ore) => sum + ore, 0),
      parseOre(bill.egenandel),
      bill.arsakFriEgenandel,
      bill.kreditering,
      bill.krediterer,
      bill.krediterer ? credited.get(bill.krediterer) : null,
      bill.diagnoser[0]?.kode,
      batch.batchId,
      extra,
    ]);
    bill.takster.forEach((tariff, index) => {
      const unknown = unknownFields(tariff, KEYS.line);
      this.#lines.add([
        month,
        billId,
        index + 1,
        providerId,
        tariff.takstkode,
        tariff.antall,
        amounts[index]!,
        knownFrom,
        batch.batchId,
        unknown ? JSON.stringify(unknown) : null,
      ]);
    });
    const seen = new Set<number>();
    for (const hit of item.hits) {
      if (seen.has(hit.merknad)) continue; // the engine names one rule once a bill
      seen.add(hit.merknad);
      this.#hits.add([
        month,
        billId,
        hit.merknad,
        providerId,
        EFFECTS[hit.effekt],
        parseOre(hit.belop),
        knownFrom,
        batch.batchId,
      ]);
    }
  }
}

/** What of a bill has no column: unknown fields, other identifiers' kinds, diagnoses after the first. Never the id itself. */
function billExtra(bill: Bill): string | null {
  const patient = unknownFields(bill.pasient, ['id', 'idType']);
  const diagnoses =
    bill.diagnoser.length > 1
      ? bill.diagnoser
      : bill.diagnoser[0] && unknownFields(bill.diagnoser[0], KEYS.diagnosis)
        ? bill.diagnoser
        : undefined;
  const extra = {
    ...unknownFields(bill, KEYS.bill),
    ...(bill.pasient.idType === 'FNR' && !patient ? {} : { pasient: { idType: bill.pasient.idType, ...patient } }),
    ...(diagnoses ? { diagnoser: diagnoses } : {}),
  };
  return Object.keys(extra).length > 0 ? JSON.stringify(extra) : null;
}

function groupByGuid(hits: Envelope['merknader']): Map<string, Envelope['merknader']> {
  const groups = new Map<string, Envelope['merknader']>();
  for (const hit of hits) groups.set(hit.guid, [...(groups.get(hit.guid) ?? []), hit]);
  return groups;
}
