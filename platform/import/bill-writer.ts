import { createHash } from 'node:crypto';
import type { Bill } from '../../domain/import/kuhr/claim';
import { lineAmount } from '../../domain/import/kuhr/amounts';
import { flagsOfSent } from '../../domain/import/kuhr/flags';
import type { Practitioner } from '../../domain/import/kuhr/person';
import { civilTime, parseInstant } from '../../domain/time/civil-time';
import { type Cell, CopyWriter } from '../postgres/copy-writer';
import type { Tx } from '../postgres/connection';
import type { KnownProvider } from './id-allocators';
import type { Batch } from './import-batch';

/** A bill of a claim message. */
export interface PendingBill {
  readonly bill: Bill;
  /** Line of the file. */
  readonly line: number;
  readonly submissionId: string;
  readonly provider: KnownProvider;
  readonly receivedMs: number;
  /** First day of the month of receipt. */
  readonly month: string;
  /** Digest of the bill as sent. */
  readonly content: string;
}

const columns = (list: string): string[] => list.trim().split(/,\s+/);
const instantText = (ms: number) => new Date(ms).toISOString();
const array = (items: readonly string[]): Cell =>
  items.length === 0 ? null : `{${items.map((item) => `"${item}"`).join(',')}}`;

/** Digest of a bill as sent, with the spelling of the guid left out. */
export const contentOf = (raw: unknown): string =>
  createHash('md5')
    .update(JSON.stringify({ ...(raw as object), guid: undefined }))
    .digest('hex');

/** Identities of a bill that the vault must know: the patient first, then practitioners without an HPR number. */
export function identitiesOf({ pasient, utforendeBehandler, henvisning, relatertBehandler }: Bill): string[] {
  const practitioners = [utforendeBehandler?.identifikasjon, henvisning?.henvistFra, relatertBehandler];
  return [pasient, ...practitioners.flatMap((who) => (who && 'identity' in who ? who.identity : []))];
}

/** Collects bills, tariff lines and codes, and writes them by COPY. */
export class BillWriter {
  readonly #bills = new CopyWriter(
    'core.bill',
    columns(`received_month, bill_id, bill_guid, submission_id, provider_id, bill_no, patient_key, performed_by,
      performer_key, performer_role, started_at, civil_day, minute_of_day, known_from, amount_ore, lines_ore,
      copay_paid, exemption, diagnosis, diagnosis_system, further_diagnoses, debtor, has_remark, referred_on,
      referrer_hpr, referrer_key, related_hpr, related_key, requisitioner_hpr, requisitioner_unit, moderation,
      benefit_point, rare_condition, flags, batch_id`),
  );
  readonly #lines = new CopyWriter(
    'core.bill_line',
    columns(
      'received_month, bill_id, line_no, provider_id, tariff, repetitions, amount_ore, teeth, known_from, batch_id',
    ),
  );
  readonly #codes = new CopyWriter(
    'core.bill_code',
    columns(`received_month, bill_id, code_no, provider_id, code_system, code, occurrences, amount_ore, known_from,
      batch_id`),
  );

  /** @param keys surrogates in the order of `identitiesOf` */
  add(batch: Batch, item: PendingBill, billId: number, keys: readonly number[]): void {
    const { bill, month, provider } = item;
    const head = [month, billId] as const;
    const tail = [instantText(item.receivedMs), batch.batchId] as const;
    const tariffs = bill.takster ?? [];
    const amounts = tariffs.map(({ belop, antall }) => lineAmount(belop, antall ?? 1));
    tariffs.forEach(({ kode, antall, tenner }, i) =>
      this.#lines.add([...head, i + 1, provider.id, kode, antall ?? 1, amounts[i]!, array(tenner ?? []), ...tail]),
    );
    const codes = [
      ...(bill.nlkkoder ?? []).map(({ kode, belop, antall }) => ['NLK', kode, antall ?? 1, belop ?? null] as const),
      ...(bill.prosedyrekoder ?? []).map(({ kodeverk, kode, belop }) => [kodeverk, kode, 1, belop ?? null] as const),
    ].map(([system, code, n, first]) => [system, code, n, first === null ? null : lineAmount(first, n)] as const);
    codes.forEach((code, i) => this.#codes.add([...head, i + 1, provider.id, ...code, ...tail]));
    const lines = [...amounts, ...codes.map(([, , , ore]) => ore ?? 0)].reduce<number>((sum, ore) => sum + ore, 0);
    if (bill.belop != null && bill.belop !== lines) batch.note('bill-total-differs', 'behandlerkrav.regninger[].belop');
    this.#bills.add([
      ...head,
      bill.guid,
      item.submissionId,
      provider.id,
      bill.regningsnummer,
      ...this.#people(item, keys),
      bill.belop ?? lines,
      lines,
      ...detailsOf(bill, keys),
      array(this.#flags(batch, item)),
      batch.batchId,
    ]);
  }

  #flags(batch: Batch, { bill, receivedMs }: PendingBill): readonly string[] {
    const at = (ms: number) => ({ ms, day: civilTime(ms).day });
    const flags = flagsOfSent(at(parseInstant(bill.tidspunkt)!), at(receivedMs));
    for (const flag of flags) batch.note(flag, 'behandlerkrav.regninger[].tidspunkt');
    return flags;
  }

  #people({ bill, provider, receivedMs }: PendingBill, keys: readonly number[]): Cell[] {
    const startedMs = parseInstant(bill.tidspunkt)!;
    const { day, minuteOfDay } = civilTime(startedMs);
    const [hpr, key] = numbersOf(bill.utforendeBehandler?.identifikasjon, keys, 1);
    const role = bill.utforendeBehandler?.type ?? null;
    const performer = hpr === provider.hpr ? null : hpr;
    return [keys[0]!, performer, key, role, instantText(startedMs), day, minuteOfDay, instantText(receivedMs)];
  }

  async flush(tx: Tx): Promise<void> {
    for (const table of [this.#bills, this.#lines, this.#codes]) await table.flush(tx);
  }
}

/** HPR number and surrogate of a practitioner, of whom the bill states one. */
function numbersOf(who: Practitioner | null | undefined, keys: readonly number[], at: number): [Cell, Cell] {
  if (!who) return [null, null];
  return 'hpr' in who ? [who.hpr, null] : [null, keys[at]!];
}

/** Cells from `copay_paid` to `rare_condition`. */
function detailsOf(bill: Bill, keys: readonly number[]): Cell[] {
  const { henvisning, relatertBehandler, rekvirent, utforendeBehandler } = bill;
  const performer = utforendeBehandler?.identifikasjon;
  const afterPerformer = performer && 'identity' in performer ? 2 : 1;
  const referrer = henvisning?.henvistFra;
  const afterReferrer = afterPerformer + (referrer && 'identity' in referrer ? 1 : 0);
  const [main, ...further] = bill.diagnoser ?? [];
  return [
    bill.betaltEgenandel ?? null,
    bill.arsakFriEgenandel ?? null,
    main?.code ?? null,
    main?.system ?? null,
    array(further.map(({ system, code }) => `${system} ${code}`)),
    bill.debitor ?? null,
    (bill.merknad ?? '').trim() !== '',
    henvisning?.dato ?? null,
    ...numbersOf(referrer, keys, afterPerformer),
    ...numbersOf(relatertBehandler, keys, afterReferrer),
    rekvirent?.hprNr ?? null,
    rekvirent?.organisasjon ?? null,
    bill.moderasjonskode ?? null,
    bill.stonadspunkt ?? null,
    bill.sjeldenMedisinskTilstand ?? null,
  ];
}

/** First day of the month in which an instant lies in Norway. */
export const monthOfInstant = (ms: number): string => `${civilTime(ms).day.slice(0, 7)}-01`;
