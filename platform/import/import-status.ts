import { createHmac } from 'node:crypto';
import { BILL_STATUS, receiptSchema, type Status, statusSchema } from '../../domain/import/kuhr/status';
import { forUnknownFields, RECEIPT_FIELDS, STATUS_FIELDS } from '../../domain/import/kuhr/known-fields';
import { parseInstant } from '../../domain/time/civil-time';
import { type Cell, CopyWriter } from '../postgres/copy-writer';
import { storeSteps, stepsOf, type StoredStep } from './bill-steps';
import { type Batch, firstProblem, validateOrQuarantine } from './import-batch';
import type { Vault } from './vault';

/** Where a document stands in a file, and the instant from which it is known. */
export interface Receipt {
  readonly line: number;
  /** Path of the document in its line, with a full stop at the end. */
  readonly at: string;
  readonly knownMs: number;
}

interface Pending {
  readonly line: number;
  readonly row: Record<string, unknown>;
  readonly steps: readonly StoredStep[];
}

/** Fields of a status answer that are left out by name when they cannot be read, while the rest stays. */
const MAY_BE_LEFT_OUT = ['mottattidspunkt'];

/** Collects receipts and status answers on claim messages, with the steps of the bills that they name. */
export class StatusWriter {
  #pending: Pending[] = [];
  constructor(readonly vault: Vault) {}

  add(batch: Batch, { line, at, knownMs }: Receipt, kind: 'receipt' | 'status', value: unknown): void {
    const known = new Date(knownMs).toISOString();
    const named = (field: string) => `${at}${field}`;
    const list = at.replace(/\.\d+\./, '[].');
    const shape = kind === 'receipt' ? RECEIPT_FIELDS : STATUS_FIELDS;
    if (kind === 'receipt') {
      const receipt = validateOrQuarantine(batch, line, 'receipt', receiptSchema, value, named);
      if (!receipt) return;
      const errors = (receipt.feilmeldinger ?? []).map(({ kode }) => kode);
      const row = { submission_id: receipt.behandlerkravmeldingId, known_from: known, message_status: receipt.status };
      this.#pending.push({ line, steps: [], row: { ...row, reprocessed: false, rules: [], errors } });
    } else {
      const status = validateOrQuarantine(
        batch,
        line,
        'status',
        statusSchema,
        this.#readable(batch, line, at, value),
        named,
      );
      if (!status) return;
      this.#pending.push({ line, steps: stepsFrom(status, knownMs), row: this.#rowOf(status, known) });
    }
    batch.noteKnownFrom(knownMs);
    forUnknownFields(value, shape, (path) => batch.note('unknown-field', `${list}${path}`));
  }

  /** The answer without fields that may be left out and are wrong; each is refused by name. */
  #readable(batch: Batch, line: number, at: string, value: unknown): unknown {
    const parsed = statusSchema.safeParse(value);
    if (parsed.success) return value;
    const { field, value: found, reason } = firstProblem(parsed.error, value);
    if (!MAY_BE_LEFT_OUT.includes(field)) return value;
    batch.read++;
    batch.quarantine(line, 'status', `${at}${field}`, found, reason);
    return { ...(value as object), [field]: null };
  }

  #rowOf(status: Status, known: string): Record<string, unknown> {
    const { innsending, vedtak } = status;
    const account = vedtak?.utbetaling?.kontonr;
    const paidAt = vedtak?.utbetaling?.utbetaltdato;
    const instant = (text: string | null | undefined) => (text ? new Date(parseInstant(text)!).toISOString() : null);
    return {
      submission_id: status.behandlerkravmeldingId,
      known_from: known,
      message_status: status.meldingsstatus,
      control_status: status.kontrollstatus ?? null,
      payment_status: status.utbetalingsstatus ?? null,
      practice_no: status.praksisId,
      received_at: instant(status.mottattidspunkt),
      intake_no: status.innsendingId || null,
      decision_no: status.vedtakId || null,
      reprocessed: status.rebehandling ?? false,
      claimed_ore: status.sumKravbelop ?? innsending?.sumKravbelop ?? null,
      paid_ore: status.sumUtbetaltbelop ?? innsending?.sumUtbetaltbelop ?? null,
      bill_count: status.antallRegninger ?? innsending?.antallRegninger ?? null,
      payment_ore: vedtak?.utbetaling?.belop ?? null,
      paid_at: instant(paidAt),
      account_hash: account ? createHmac('sha256', this.vault.key).update(`konto ${account}`).digest('hex') : null,
      rules: [...new Set([...(innsending?.merknader ?? []), ...(vedtak?.merknader ?? [])])],
      errors: [],
    };
  }

  /** Message and receipt that a status answer gives for exactly these bills of a practice. */
  async messageOf(
    batch: Batch,
    practiceNo: string,
    guids: readonly string[],
  ): Promise<{ id: string; receivedMs: number } | undefined> {
    const { rows } = await batch.tx.raw<{ rows: { id: string; received: number }[] }>(
      `select s.submission_id as id, (extract(epoch from max(s.received_at)) * 1000)::float8 as received
       from core.bill_step k join core.submission_status s using (submission_id)
       where k.bill_guid = any(?::uuid[]) and k.step in ('in-process', 'approved', 'rejected') and s.practice_no = ?
       group by 1 having count(distinct k.bill_guid) = ? and max(s.bill_count) = ? and max(s.received_at) is not null`,
      [[...guids], practiceNo, guids.length, guids.length],
    );
    // Two messages with the same bills cannot be told apart.
    return rows.length === 1 ? { id: rows[0]!.id, receivedMs: rows[0]!.received } : undefined;
  }

  async flush(batch: Batch): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const stored: Pending[] = [];
    const fresh = await this.#writeFresh(batch, pending);
    for (const item of pending) {
      const written = fresh.has(item) ? item : await this.#write(batch, item);
      if (written) stored.push(written);
      else {
        const reason = 'duplicate: a status of this message, known from this instant, was loaded before';
        batch.quarantine(item.line, 'status', 'behandlerkravmeldingId', undefined, reason);
      }
    }
    batch.loaded += stored.length;
    await this.#storeSteps(
      batch,
      stored.flatMap(({ steps }) => steps),
    );
  }

  /** Writes the answers at whose instant nothing was known of their message. @returns these */
  async #writeFresh(batch: Batch, pending: readonly Pending[]): Promise<ReadonlySet<Pending>> {
    const columns = [...new Set(pending.flatMap(({ row }) => Object.keys(row)))];
    await batch.tx.raw(
      `create temp table if not exists incoming_status (nr int, like core.submission_status) on commit drop;
       truncate incoming_status`,
    );
    const copy = new CopyWriter('incoming_status', ['nr', ...columns, 'batch_id']);
    const cell = (value: unknown) => (Array.isArray(value) ? `{${value.join(',')}}` : (value as Cell));
    pending.forEach(({ row }, nr) => copy.add([nr, ...columns.map((name) => cell(row[name])), batch.batchId]));
    await copy.flush(batch.tx);
    const names = [...columns, 'batch_id'].join(', ');
    const { rows } = await batch.tx.raw<{ rows: { nr: number }[] }>(
      `with first as (select distinct on (submission_id, known_from) * from incoming_status
         order by submission_id, known_from, nr),
       written as (insert into core.submission_status (${names}) select ${names} from first
         on conflict do nothing returning submission_id, known_from)
       select nr from first join written using (submission_id, known_from)`,
    );
    return new Set(rows.map(({ nr }) => pending[nr]!));
  }

  /**
   * Writes an answer. Several of one message that are known from the same instant keep the order of their loading, a
   * millisecond apart.
   * @returns the answer as written, undefined when the same was written before
   */
  async #write(batch: Batch, item: Pending): Promise<Pending | undefined> {
    const row: Record<string, unknown> = { ...item.row, batch_id: batch.batchId };
    const names = Object.keys(row);
    const { rowCount } = await batch.tx.raw<{ rowCount: number }>(
      `insert into core.submission_status (${names.join(', ')}) values (${names.map(() => '?').join(', ')})
       on conflict do nothing`,
      Object.values(row) as never[],
    );
    if (rowCount === 1) return item;
    const compared = Object.keys(item.row);
    const asWritten = compared.map((name) => `${name} is not distinct from ?`).join(' and ');
    const { rowCount: same } = await batch.tx.raw<{ rowCount: number }>(
      `select from core.submission_status where ${asWritten}`,
      compared.map((name) => item.row[name]) as never[],
    );
    if (same > 0) return undefined;
    const later = Date.parse(String(item.row['known_from'])) + 1;
    batch.noteKnownFrom(later);
    return this.#write(batch, {
      line: item.line,
      row: { ...item.row, known_from: new Date(later).toISOString() },
      steps: item.steps.map((step) => ({ ...step, at: step.at + 1 })),
    });
  }

  /** An answer repeats what earlier ones said; only what is new is a step. */
  async #storeSteps(batch: Batch, steps: readonly StoredStep[]): Promise<void> {
    const known = await stepsOf(batch.tx, [...new Set(steps.map(({ guid }) => guid))]);
    const fresh = steps.filter((step) => {
      const earlier = known.get(step.guid) ?? [];
      known.set(step.guid, [...earlier, step]);
      const ofMessage = earlier.filter(({ submission, step: s }) => submission === step.submission && isStatus(s));
      const last = ofMessage.filter(({ at }) => at <= step.at).sort((a, b) => b.at - a.at)[0];
      return last?.step !== step.step || String(last.rules ?? '') !== String(step.rules ?? '');
    });
    await storeSteps(batch, fresh);
  }
}

const isStatus = (step: StoredStep['step']) => (Object.values(BILL_STATUS) as string[]).includes(step);

const stepsFrom = (status: Status, at: number): StoredStep[] =>
  (status.innsending?.regninger ?? []).map(({ guid, status: state, merknader }) => ({
    guid,
    at,
    step: BILL_STATUS[state],
    submission: status.behandlerkravmeldingId,
    rules: [...new Set(merknader ?? [])],
  }));
