import { civilTime } from '../../../domain/time/civil-time';
import { monthStart } from '../../../domain/time/days';
import {
  archivedSchema,
  handledOn,
  isEReseptAnswer,
  resultBillSchema,
  settlementResultSchema,
  settlementStatusSchema,
} from '../../../domain/import/eresept/status';
import { type Batch, firstProblem, validateOrQuarantine } from '../import-batch';
import type { Notes } from './notes';
import type { Parties } from './parties';
import { type PendingResult, type PendingStatus, writeResults, writeStatuses } from './result-writer';

const STATUS_FIELDS = Object.keys(settlementStatusSchema.shape);
const RESULT_FIELDS = Object.keys(settlementResultSchema.shape);

/** Loads JSON answers of the settlement control: the status of settlements, and the results of their bills. */
export class AnswerLoader {
  #statuses: PendingStatus[] = [];
  #results: PendingResult[] = [];
  readonly #loadedMs = Date.now();

  constructor(
    readonly parties: Parties,
    readonly notes: Notes,
  ) {}

  /** One document: a list, a single answer, or either in an archive line with the instant of its receipt. */
  async document(batch: Batch, line: number, value: unknown): Promise<void> {
    const archived = archivedSchema.safeParse(value);
    const isArchived = archived.success && archived.data.dokument !== undefined;
    const document = isArchived ? archived.data.dokument : value;
    const knownMs = isArchived ? Date.parse(archived.data.mottatt) : undefined;
    const answers: readonly unknown[] = Array.isArray(document) ? document : [document];
    if (answers.length === 0 || !isEReseptAnswer(answers)) {
      batch.read++;
      batch.quarantine(line, 'answer', '(whole)', undefined, 'expected answers with oppgjorsnr and orgnr');
      return;
    }
    for (const answer of answers) {
      if (typeof answer === 'object' && answer !== null && 'regninger' in answer)
        await this.#result(batch, line, answer, knownMs);
      else await this.#status(batch, line, answer, knownMs);
    }
  }

  async flush(batch: Batch): Promise<void> {
    const [statuses, results] = [this.#statuses, this.#results];
    this.#statuses = [];
    this.#results = [];
    await writeStatuses(batch, statuses);
    await writeResults(batch, results);
  }

  async #status(batch: Batch, line: number, answer: unknown, given: number | undefined): Promise<void> {
    const status = validateOrQuarantine(batch, line, 'status', settlementStatusSchema, answer);
    if (!status) return;
    this.#noteUnknown('status', status, STATUS_FIELDS);
    // An answer does not say when it was given: without an archive's instant it is known from now on, never earlier.
    if (given === undefined) this.notes.add('known-from-loading', 'status');
    const receivedMs = Date.parse(status.mottatt);
    const pharmacyId = await this.#pharmacy(batch, line, status.orgnr, civilTime(receivedMs).day, 1);
    if (pharmacyId === undefined) return;
    const knownMs = Math.max(given ?? this.#loadedMs, receivedMs);
    batch.noteKnownFrom(knownMs);
    this.#statuses.push({
      ...{ line, pharmacyId, knownMs, settlementNo: status.oppgjorsnr, status: status.status.v },
      receivedAt: new Date(receivedMs).toISOString(),
      remarks: status.merknader,
      billCount: status.antallRegninger ?? undefined,
      claimedOre: status.sumKrav ?? undefined,
      approvedOre: status.sumGodkjent ?? undefined,
    });
  }

  async #result(batch: Batch, line: number, answer: unknown, given: number | undefined): Promise<void> {
    const result = settlementResultSchema.safeParse(answer);
    if (!result.success) {
      const { field, reason } = firstProblem(result.error, answer);
      batch.read++;
      batch.quarantine(line, 'result', field, undefined, reason);
      return;
    }
    const { oppgjorsnr, orgnr, behandlingDato, regninger } = result.data;
    this.#noteUnknown('result', result.data, RESULT_FIELDS);
    const bills = regninger.flatMap(
      (bill, i) => validateOrQuarantine(batch, line, `result bill ${i + 1}`, resultBillSchema, bill) ?? [],
    );
    const handled = handledOn(behandlingDato);
    const pharmacyId = await this.#pharmacy(batch, line, orgnr, handled, bills.length);
    if (pharmacyId === undefined) return;
    const knownMs = Math.max(given ?? 0, Date.parse(behandlingDato));
    const month = monthStart(civilTime(knownMs).day);
    batch.noteKnownFrom(knownMs);
    batch.months.add(month);
    for (const bill of bills)
      this.#results.push({ line, pharmacyId, knownMs, month, settlementNo: oppgjorsnr, handled, result: bill });
  }

  /** @param rows that are refused when the pharmacy is not known */
  async #pharmacy(batch: Batch, line: number, orgnr: string, day: string, rows: number): Promise<number | undefined> {
    const id = await this.parties.pharmacy(batch.tx, orgnr, day);
    const reason = 'no pharmacy with this organisation number is known; load its provider first';
    if (id === undefined) for (let i = 0; i < rows; i++) batch.quarantine(line, 'answer', 'orgnr', orgnr, reason);
    return id;
  }

  #noteUnknown(what: string, value: object, known: readonly string[]): void {
    for (const name of Object.keys(value))
      if (!known.includes(name)) this.notes.add('unknown-field', `${what}/${name}`);
  }
}
