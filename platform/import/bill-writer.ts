import {
  type Bill,
  billSchema,
  diagnosisSchema,
  type Envelope,
  envelopeSchema,
  tariffLineSchema,
} from '../../domain/import/kuhr';
import { parseOre } from '../../domain/money';
import { civilTime, parseInstant } from '../../domain/time/civil-time';
import { CopyWriter } from '../postgres/copy-writer';
import type { Tx } from '../postgres/connection';
import { unknownFields } from './unknown-fields';

/** A bill of a settlement message, with what the message says about it. */
export interface PendingBill {
  readonly bill: Bill;
  /** Line of the file. */
  readonly line: number;
  readonly submissionId: string;
  readonly providerId: number;
  readonly receivedMs: number;
  /** First day of the month of receipt. */
  readonly month: string;
  readonly hits: Envelope['merknader'];
}

/** Ids that the database gave a bill, its patient and the bill that it credits. */
export interface BillIds {
  readonly billId: number;
  readonly patientKey: number;
  readonly creditedBillId: number | null | undefined;
}

const EFFECTS = { avvist: 'reject', avkortet: 'curtail', merknad: 'note' } as const;

const KEYS = {
  bill: Object.keys(billSchema.shape),
  line: Object.keys(tariffLineSchema.shape),
  diagnosis: Object.keys(diagnosisSchema.shape),
  envelope: Object.keys(envelopeSchema.shape),
  message: Object.keys(envelopeSchema.shape.melding.shape),
};

const columns = (list: string): string[] => list.split(/,\s+/);

/** Collects submissions, bills, tariff lines and rule outcomes, and writes them by COPY. */
export class BillWriter {
  readonly #submissions = new CopyWriter(
    'core.submission',
    columns(`submission_id, provider_id, received_at, epj_name, decision_id, reprocessed, bill_count, batch_id, extra`),
  );
  readonly #bills = new CopyWriter(
    'core.bill',
    columns(`received_month, bill_id, bill_guid, submission_id, provider_id, bill_no, patient_key, performed_by,
      started_at, civil_day, minute_of_day, known_from, amount_ore, copay_ore, exemption, is_credit, credits,
      credits_bill, diagnosis, batch_id, extra`),
  );
  readonly #lines = new CopyWriter(
    'core.bill_line',
    columns(
      `received_month, bill_id, line_no, provider_id, tariff, repetitions, amount_ore, known_from, batch_id, extra`,
    ),
  );
  readonly #hits = new CopyWriter(
    'core.rule_outcome',
    columns('received_month, bill_id, rule_no, provider_id, effect, amount_ore, known_from, batch_id'),
  );

  addSubmission(batchId: number, envelope: Envelope, providerId: number): void {
    const { melding } = envelope;
    const extra = { ...unknownFields(envelope, KEYS.envelope), ...unknownFields(melding, KEYS.message) };
    this.#submissions.add([
      envelope.meldingsId,
      providerId,
      new Date(Date.parse(envelope.mottattidspunkt)).toISOString(),
      melding.navnEPJ,
      envelope.vedtakId,
      envelope.rebehandling,
      melding.enkeltregninger.length,
      batchId,
      Object.keys(extra).length ? JSON.stringify(extra) : null,
    ]);
  }

  addBill(batchId: number, item: PendingBill, { billId, patientKey, creditedBillId }: BillIds): void {
    const { bill, month, providerId } = item;
    const startedMs = parseInstant(bill.tidspunkt)!;
    const civil = civilTime(startedMs);
    const knownFrom = new Date(item.receivedMs).toISOString();
    const amounts = bill.takster.map((tariff) => parseOre(tariff.belop));
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
      creditedBillId,
      bill.diagnoser[0]?.kode,
      batchId,
      billExtra(bill),
    ]);
    bill.takster.forEach((tariff, index) => {
      const extra = unknownFields(tariff, KEYS.line);
      this.#lines.add([
        month,
        billId,
        index + 1,
        providerId,
        tariff.takstkode,
        tariff.antall,
        amounts[index]!,
        knownFrom,
        batchId,
        extra ? JSON.stringify(extra) : null,
      ]);
    });
    this.#addHits(batchId, item, billId, knownFrom);
  }

  #addHits(batchId: number, { hits, month, providerId }: PendingBill, billId: number, knownFrom: string): void {
    const rules = new Set<number>();
    for (const { merknad, effekt, belop } of hits) {
      if (rules.has(merknad)) continue; // a rule counts once per bill
      rules.add(merknad);
      this.#hits.add([month, billId, merknad, providerId, EFFECTS[effekt], parseOre(belop), knownFrom, batchId]);
    }
  }

  flushSubmissions(tx: Tx): Promise<void> {
    return this.#submissions.flush(tx);
  }

  async flushBills(tx: Tx): Promise<void> {
    for (const table of [this.#bills, this.#lines, this.#hits]) await table.flush(tx);
  }
}

/**
 * What of a bill has no column, as JSON: unknown fields, kinds of identifier other than FNR, and all diagnoses if there
 * are several. Never the identifier itself.
 */
function billExtra(bill: Bill): string | null {
  const patient = unknownFields(bill.pasient, ['id', 'idType']);
  const [first] = bill.diagnoser;
  const keepDiagnoses = bill.diagnoser.length > 1 || (first && unknownFields(first, KEYS.diagnosis));
  const extra = {
    ...unknownFields(bill, KEYS.bill),
    ...(bill.pasient.idType === 'FNR' && !patient ? {} : { pasient: { idType: bill.pasient.idType, ...patient } }),
    ...(keepDiagnoses ? { diagnoser: bill.diagnoser } : {}),
  };
  return Object.keys(extra).length > 0 ? JSON.stringify(extra) : null;
}
