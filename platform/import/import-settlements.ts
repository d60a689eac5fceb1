import { createHash } from 'node:crypto';
import {
  type Bill,
  billSchema,
  type Claim,
  claimSchema,
  creditSchema,
  isCredit,
  uuid,
} from '../../domain/import/kuhr/claim';
import { documentsIn, type Envelope, openEnvelope } from '../../domain/import/kuhr/documents';
import { CLAIM_FIELDS, forUnknownFields } from '../../domain/import/kuhr/known-fields';
import { entriesOf } from '../../domain/import/kuhr/life';
import { parseInstant } from '../../domain/time/civil-time';
import { storeSteps, stepsOf, type StoredStep } from './bill-steps';
import { writeEntries } from './bill-life';
import { BillWriter, contentOf, identitiesOf, monthOfInstant, type PendingBill } from './bill-writer';
import { BillNumbers, type KnownProvider, PartitionCreator, ProviderIndex } from './id-allocators';
import { type Batch, firstProblem, type LineLoader } from './import-batch';
import { loadPractice } from './import-practices';
import { type Receipt, StatusWriter } from './import-status';
import { SubmissionWriter } from './submission-writer';
import type { Vault } from './vault';

const RECEIPT_ADVICE =
  'no receipt of this message is known; load its status answer first, or state the receipt with --received-at';

/** A step without content of its own: a credit, or a correction of the co-payment. */
interface PendingChange {
  readonly step: StoredStep;
  readonly line: number;
  /** The practice that sends it. */
  readonly provider: number;
}

/**
 * Loads KUHR's documents: claim messages with their bills, receipts, status answers and practices. What follows from
 * their steps for a bill is written at the end, when every file of the bill that was loaded before can be seen.
 */
export class SettlementLoader implements LineLoader {
  readonly kind = 'settlement';
  #pending: PendingBill[] = [];
  #changes: PendingChange[] = [];
  readonly #providers = new ProviderIndex();
  readonly #months: PartitionCreator;
  readonly #numbers = new BillNumbers();
  readonly #writer = new BillWriter();
  readonly #submissions = new SubmissionWriter();
  readonly #statuses: StatusWriter;

  /** @param receivedMs receipt of documents that do not state theirs (`--received-at`) */
  constructor(
    readonly vault: Vault,
    readonly receivedMs?: number,
  ) {
    this.#months = new PartitionCreator(vault.db);
    this.#statuses = new StatusWriter(vault);
  }

  async line(batch: Batch, line: number, value: unknown): Promise<void> {
    const envelope = openEnvelope(value);
    const stated = envelope.received === undefined ? this.receivedMs : instantOf(envelope.received);
    if (envelope.received !== undefined && stated === undefined) {
      batch.read++;
      const expected = 'expected an instant with its offset, such as 2024-03-01T10:15:00Z';
      batch.quarantine(line, 'message', 'mottatt', envelope.received, expected);
      return;
    }
    for (const document of documentsIn(envelope.document)) {
      if (document.kind === 'claim') await this.#claim(batch, line, envelope, document.value, stated);
      else if (document.kind === 'unknown') {
        batch.read++;
        const expected = 'expected a claim message, receipt, status answer or list of practices';
        batch.quarantine(line, 'message', '(whole)', undefined, expected);
      } else {
        if (stated === undefined) batch.note('known-from-loading', document.kind);
        const receipt: Receipt = { line, at: document.at, knownMs: stated ?? Date.now() };
        if (document.kind === 'practice') await loadPractice(batch, receipt, document.value);
        else this.#statuses.add(batch, receipt, document.kind, document.value);
      }
    }
  }

  async #claim(batch: Batch, line: number, envelope: Envelope, value: unknown, stated: number | undefined) {
    const parsed = claimSchema.safeParse(value);
    if (!parsed.success) {
      batch.read++;
      const problem = firstProblem(parsed.error, value);
      batch.quarantine(line, 'message', problem.field, problem.value, problem.reason);
      return;
    }
    const claim = parsed.data;
    const refuse = (field: string, shown: string | undefined, reason: string) => {
      claim.behandlerkrav.regninger.forEach((_, i) => {
        batch.read++;
        batch.quarantine(line, `bill ${i + 1}`, field, shown, reason);
      });
    };
    const provider = await this.#providers.find(batch.tx, claim.praksisId);
    if (!provider) return refuse('praksisId', claim.praksisId, 'no such practice is known; load its provider first');
    const message = await this.#messageOf(batch, envelope, claim, stated);
    if (!message) return refuse('mottatt', undefined, RECEIPT_ADVICE);
    forUnknownFields(value, CLAIM_FIELDS, (path) => batch.note('unknown-field', path));
    this.#submissions.add(batch, claim, provider.id, message);
    this.#addBills(batch, line, claim, provider, message);
  }

  /** Id and receipt of a message: as the archive says, else as a status answer says that names the same bills. */
  async #messageOf(
    batch: Batch,
    { messageId, received }: Envelope,
    claim: Claim,
    stated: number | undefined,
  ): Promise<Message | undefined> {
    if (messageId !== undefined && stated !== undefined) {
      const id = uuid.safeParse(messageId);
      if (id.success) return { id: id.data, receivedMs: stated };
    }
    await this.#statuses.flush(batch);
    const guids = claim.behandlerkrav.regninger.flatMap((raw) => {
      const guid = uuid.safeParse((raw as { guid?: unknown } | null)?.guid);
      return guid.success ? [guid.data] : [];
    });
    const answered = await this.#statuses.messageOf(batch, claim.praksisId, guids);
    // The answer knows the receipt of its message better than what was stated for all that a command loads.
    if (answered) return { id: answered.id, receivedMs: received === undefined ? answered.receivedMs : stated! };
    if (stated === undefined) return undefined;
    // A message without a number is told from others by its content.
    const digest = createHash('md5')
      .update(`${stated} ${JSON.stringify(claim)}`)
      .digest('hex');
    return { id: digest.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), receivedMs: stated };
  }

  #addBills(batch: Batch, line: number, claim: Claim, provider: KnownProvider, message: Message): void {
    const { receivedMs, id: submissionId } = message;
    const month = monthOfInstant(receivedMs);
    batch.noteKnownFrom(receivedMs);
    batch.months.add(month);
    claim.behandlerkrav.regninger.forEach((raw, index) => {
      batch.read++;
      const refuse = (error: Parameters<typeof firstProblem>[0]) => {
        const problem = firstProblem(error, raw);
        batch.quarantine(line, `bill ${index + 1}`, problem.field, problem.value, problem.reason);
      };
      if (isCredit(raw)) {
        const credit = creditSchema.safeParse(raw);
        if (!credit.success) return refuse(credit.error);
        const step = { guid: credit.data.guid, at: receivedMs, submission: submissionId, step: 'credited' as const };
        return void this.#changes.push({ line, step, provider: provider.id });
      }
      const bill = billSchema.safeParse(raw);
      if (!bill.success) return refuse(bill.error);
      const { guid, korrigeringBetaltEgenandel, betaltEgenandel } = bill.data;
      if (korrigeringBetaltEgenandel && betaltEgenandel == null)
        return batch.quarantine(line, `bill ${index + 1}`, 'betaltEgenandel', undefined, NO_COPAY);
      if (korrigeringBetaltEgenandel) {
        const step = { guid, at: receivedMs, submission: submissionId, step: 'copay-corrected' as const };
        return void this.#changes.push({ line, step: { ...step, copayPaid: betaltEgenandel! }, provider: provider.id });
      }
      const content = contentOf(raw);
      this.#pending.push({ bill: bill.data, line, submissionId, provider, receivedMs, month, content });
    });
  }

  async flush(batch: Batch): Promise<void> {
    await this.#statuses.flush(batch);
    const [pending, changes] = [this.#pending, this.#changes];
    [this.#pending, this.#changes] = [[], []];
    await this.#submissions.flush(batch.tx);
    if (pending.length + changes.length === 0) return;
    const fresh = await this.#store(batch, pending, changes);
    const keys = await this.vault.pseudonyms(fresh.flatMap(({ item }) => identitiesOf(item.bill)));
    await this.#months.ensure(new Set(fresh.map(({ item }) => item.month)));
    let at = 0;
    for (const { item, billId } of fresh) {
      const count = identitiesOf(item.bill).length;
      this.#writer.add(batch, item, billId, keys.slice(at, at + count));
      at += count;
    }
    await this.#writer.flush(batch.tx);
  }

  /** Stores the steps of bills that were not sent before as they are, and refuses the others by name. */
  async #store(
    batch: Batch,
    pending: readonly PendingBill[],
    changes: readonly PendingChange[],
  ): Promise<{ item: PendingBill; billId: number }[]> {
    const known = await stepsOf(batch.tx, [
      ...new Set([...pending.map(({ bill }) => bill.guid), ...changes.map(({ step }) => step.guid)]),
    ]);
    const numbers = await this.#numbers.take(batch.tx, pending.length);
    const steps: StoredStep[] = [];
    const fresh = new Map<StoredStep, { item: PendingBill; billId: number }>();
    const lineOf = new Map<StoredStep, number>();
    const put = (step: StoredStep, line: number) => {
      steps.push(step);
      lineOf.set(step, line);
      known.set(step.guid, [...(known.get(step.guid) ?? []), step]);
    };
    const credits = new Set(changes.flatMap(({ step }) => (step.step === 'credited' ? messageAndBill(step) : [])));
    const sends = new Set(pending.map(({ bill, submissionId }) => `${submissionId} ${bill.guid}`));
    pending.forEach((item, i) => {
      const step = sentStep(item, numbers[i]!);
      if (isOfAnother(known.get(step.guid) ?? [], item.provider.id))
        return batch.quarantine(item.line, `bill ${item.bill.regningsnummer}`, 'guid', step.guid, OF_ANOTHER);
      if (credits.has(messageAndBill(step)))
        return batch.quarantine(item.line, `bill ${item.bill.regningsnummer}`, 'guid', step.guid, SENT_AND_CREDITED);
      if (known.get(step.guid)?.some((s) => sameFact(s, step) && s.content !== step.content))
        return batch.quarantine(item.line, `bill ${item.bill.regningsnummer}`, 'guid', step.guid, TWICE);
      if (repeats(known.get(step.guid) ?? [], step))
        return batch.quarantine(item.line, `bill ${item.bill.regningsnummer}`, 'guid', step.guid, DUPLICATE);
      put(step, item.line);
      fresh.set(step, { item, billId: numbers[i]! });
    });
    for (const { step, line, provider } of changes) {
      const earlier = known.get(step.guid) ?? [];
      if (isOfAnother(earlier, provider)) batch.quarantine(line, step.step, 'guid', step.guid, OF_ANOTHER);
      else if (step.step === 'credited' && sends.has(messageAndBill(step)))
        batch.quarantine(line, step.step, 'guid', step.guid, SENT_AND_CREDITED);
      else if (!earlier.some((s) => s.step === 'sent'))
        batch.quarantine(line, step.step, 'guid', step.guid, 'no bill with this guid is known; load it first');
      else if (earlier.some((s) => sameFact(s, step))) batch.quarantine(line, step.step, 'guid', step.guid, DUPLICATE);
      else put(step, line);
    }
    for (const step of await storeSteps(batch, steps)) {
      batch.quarantine(lineOf.get(step)!, 'bill', 'guid', step.guid, DUPLICATE);
      fresh.delete(step);
      lineOf.delete(step);
    }
    batch.loaded += lineOf.size;
    return [...fresh.values()];
  }

  finish(batch: Batch): Promise<void> {
    return writeEntries(batch, this.#numbers, this.#months);
  }
}

export interface Message {
  readonly id: string;
  readonly receivedMs: number;
}

const DUPLICATE = 'duplicate bill: this guid was loaded before with the same content';
const NO_COPAY =
  'a correction of the co-payment (korrigeringBetaltEgenandel) must say whether it was paid; expected true or false';
const TWICE =
  'one message holds two bills with this guid and different content; the first was read: expected a guid of its own, ' +
  'or the correction in a later message';
const SENT_AND_CREDITED =
  'one message both sends and credits the bill with this guid, and does not say which comes first; expected one of ' +
  'them, or the two in messages of their own';
const OF_ANOTHER =
  'another practice sent the bill with this guid; expected a new guid, or a correction or credit by that practice';

const messageAndBill = ({ submission, guid }: StoredStep): string => `${submission} ${guid}`;

const instantOf = (text: string): number | undefined =>
  /(Z|[+-]\d{2}:\d{2})$/.test(text) ? parseInstant(text) : undefined;

/** Whether a bill was sent by another practice than this one. */
const isOfAnother = (earlier: readonly StoredStep[], provider: number): boolean =>
  earlier.some((step) => step.provider !== undefined && step.provider !== provider);

const sentStep = ({ bill, provider, receivedMs, submissionId, content }: PendingBill, version: number): StoredStep => ({
  guid: (bill satisfies Bill).guid,
  at: receivedMs,
  submission: submissionId,
  step: 'sent',
  version,
  content,
  provider: provider.id,
});

const sameFact = (a: StoredStep, b: StoredStep): boolean =>
  a.step === b.step && a.submission === b.submission && a.at === b.at;

/** Whether a bill was sent with this content before and stands, or is sent twice in one message. */
function repeats(steps: readonly StoredStep[], step: StoredStep): boolean {
  const before = steps.filter(({ at }) => at <= step.at);
  if (before.some((earlier) => sameFact(earlier, step))) return true;
  const same = new Set(before.filter((s) => s.content === step.content).map(({ version }) => version));
  if (same.size === 0) return false;
  const standing = entriesOf(before).reduce(
    (sums, { version, sign }) => sums.set(version, (sums.get(version) ?? 0) + sign),
    new Map<number, number>(),
  );
  return [...standing].some(([version, sum]) => sum > 0 && same.has(version));
}
