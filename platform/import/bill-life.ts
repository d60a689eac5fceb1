import { invalid } from '../../domain/errors';
import { CREDITED_LATE_MONTHS } from '../../domain/import/kuhr/flags';
import { effectiveAt, type Entry, entriesOf, missingEntries } from '../../domain/import/kuhr/life';
import { CopyWriter } from '../postgres/copy-writer';
import type { Tx } from '../postgres/connection';
import { monthOfInstant } from './bill-writer';
import { stepsOf, type StoredStep } from './bill-steps';
import { type BillNumbers, type PartitionCreator } from './id-allocators';
import type { Batch } from './import-batch';

const BILLS_AT_ONCE = 5_000;

const ADJUSTMENT = [
  'bill_id',
  'bill_guid',
  'known_from',
  'entry',
  'kind',
  'of_bill',
  'copay_paid',
  'batch_id',
] as const;

/** Columns of a bill that an entry has from the version it is an entry of. */
const COPIED = `bill_guid, submission_id, provider_id, performed_by, performer_key, performer_role, bill_no,
  patient_key, started_at, civil_day, minute_of_day, amount_ore, lines_ore, exemption, diagnosis, diagnosis_system,
  further_diagnoses, debtor, has_remark, referred_on, referrer_hpr, referrer_key, related_hpr, related_key,
  requisitioner_hpr, requisitioner_unit, moderation, benefit_point, rare_condition`;

/** `e` credits bill `b` too late, by their days in Norway. */
const CREDITED_LATE = `e.kind = 'credited' and (e.known_from at time zone 'Europe/Oslo')::date
  > (b.civil_day + interval '${CREDITED_LATE_MONTHS} months')::date`;

/** Entries of earlier versions, by `incoming_entry`; each has its own copy of the lines and codes. */
const COPIES = [
  `insert into core.bill (received_month, bill_id, entry, kind, of_bill, known_from, copay_paid, flags, batch_id,
     ${COPIED})
   select e.month, e.bill_id, e.entry, e.kind, e.of_bill, e.known_from,
     coalesce(e.copay_paid, b.copay_paid), case when ${CREDITED_LATE} then array['credited-late'] end, e.batch_id,
     ${COPIED.replace(/(\w+)/g, 'b.$1')}
   from incoming_entry e join core.bill b on b.received_month = e.of_month and b.bill_id = e.of_bill`,
  `insert into core.bill_line (received_month, bill_id, line_no, provider_id, tariff, repetitions, amount_ore, teeth,
     known_from, batch_id)
   select e.month, e.bill_id, l.line_no, l.provider_id, l.tariff, l.repetitions, l.amount_ore, l.teeth, e.known_from,
     e.batch_id
   from incoming_entry e join core.bill_line l on l.received_month = e.of_month and l.bill_id = e.of_bill`,
  `insert into core.bill_code (received_month, bill_id, code_no, provider_id, code_system, code, occurrences,
     amount_ore, known_from, batch_id)
   select e.month, e.bill_id, c.code_no, c.provider_id, c.code_system, c.code, c.occurrences, c.amount_ore,
     e.known_from, e.batch_id
   from incoming_entry e join core.bill_code c on c.received_month = e.of_month and c.bill_id = e.of_bill`,
];

/**
 * Writes the entries and remarks that follow from the steps of the bills which a batch touched. It runs when no other
 * batch can commit, so that it sees every step, whichever file brought it and in whichever order.
 */
export async function writeEntries(batch: Batch, numbers: BillNumbers, months: PartitionCreator): Promise<void> {
  const { rows: made } = await batch.tx.raw<{ rows: { is: boolean }[] }>(
    "select to_regclass('pg_temp.touched') is not null as is",
  );
  if (!made[0]!.is) return;
  await batch.tx.raw('analyze touched; set local enable_hashjoin = off; set local enable_mergejoin = off');
  const { rows } = await batch.tx.raw<{ rows: { bill_guid: string }[] }>(
    `select k.bill_guid from (select distinct bill_guid from touched) t join core.bill_step k using (bill_guid)
     group by 1 having bool_or(step = 'sent') and (count(*) filter (where step = 'sent') > 1
       or bool_or(step in ('credited', 'copay-corrected', 'rejected')) or bool_or(rules is not null))
     order by 1`,
  );
  await batch.tx.raw('set local enable_hashjoin = on; set local enable_mergejoin = on');
  const guids = rows.map((row) => row.bill_guid);
  for (let i = 0; i < guids.length; i += BILLS_AT_ONCE)
    await writeEntriesOf(batch, numbers, months, guids.slice(i, i + BILLS_AT_ONCE));
}

async function writeEntriesOf(
  batch: Batch,
  numbers: BillNumbers,
  months: PartitionCreator,
  guids: readonly string[],
): Promise<void> {
  const steps = await stepsOf(batch.tx, guids);
  const adjustments = await adjustmentsOf(batch.tx, guids);
  const missing = [...steps].flatMap(([guid, list]) => {
    // Two files that load at once do not see each other's bills before this.
    if (new Set(list.flatMap(({ provider }) => provider ?? [])).size > 1)
      throw invalid(
        `two practices send the bill ${guid}`,
        'Load the same file again; the bill is then refused by name.',
      );
    const sent = list.flatMap((s): Entry[] =>
      s.step === 'sent' ? [{ at: s.at, sign: 1, kind: 'sent', version: s.version! }] : [],
    );
    const written = [...sent, ...(adjustments.get(guid) ?? [])];
    const sentAt = new Map(sent.map(({ version, at }) => [version, at]));
    return missingEntries(entriesOf(list), written).map((entry) => ({
      guid,
      entry,
      ofMonth: monthOfInstant(sentAt.get(entry.version)!),
    }));
  });
  noteUnmatched(batch, steps);
  const hits = [...steps.values()].flatMap(remarksOf);
  const known = [...missing.map(({ entry }) => entry.at), ...hits.map(({ at }) => at)];
  for (const at of known) batch.noteKnownFrom(at);
  const touched = new Set(known.map(monthOfInstant));
  for (const month of touched) batch.months.add(month);
  await months.ensure(touched);
  const ids = await numbers.take(batch.tx, missing.length);
  await batch.tx.raw(
    `create temp table if not exists incoming_entry (month date, of_month date, like core.bill_adjustment)
       on commit drop; truncate incoming_entry`,
  );
  const copy = new CopyWriter('incoming_entry', ['month', 'of_month', ...ADJUSTMENT]);
  missing.forEach(({ guid, entry, ofMonth }, i) => {
    const { at, sign, kind, version, copayPaid } = entry;
    const cells = [ids[i]!, guid, new Date(at).toISOString(), sign, kind, version, copayPaid, batch.batchId];
    copy.add([monthOfInstant(at), ofMonth, ...cells]);
  });
  await copy.flush(batch.tx);
  const columns = ADJUSTMENT.join(', ');
  await batch.tx.raw(`insert into core.bill_adjustment (${columns}) select ${columns} from incoming_entry`);
  for (const sql of COPIES) await batch.tx.raw(sql);
  const { rows: late } = await batch.tx.raw<{ rows: { n: number }[] }>(
    `select count(*)::int as n from incoming_entry e join core.bill b on b.received_month = e.month
       and b.bill_id = e.bill_id where b.flags is not null`,
  );
  if (late[0]!.n > 0) batch.note('credited-late', 'behandlerkrav.regninger[].kreditering', late[0]!.n);
  await writeRemarks(batch, hits);
}

/** Counts the rejections of bills that were loaded, but of no message that the answer names; they change nothing. */
function noteUnmatched(batch: Batch, steps: ReadonlyMap<string, readonly StoredStep[]>): void {
  const unmatched = [...steps.values()].flatMap((list) => {
    const messages = new Set(list.flatMap((s) => (s.step === 'sent' ? s.submission : [])));
    return list.filter((s) => s.step === 'rejected' && !messages.has(s.submission));
  });
  if (unmatched.length > 0)
    batch.note('rejected-in-unknown-message', 'innsending.regninger[].status', unmatched.length);
}

async function adjustmentsOf(tx: Tx, guids: readonly string[]): Promise<Map<string, Entry[]>> {
  const { rows } = await tx.raw<{ rows: (Entry & { bill_guid: string; copay_paid: boolean | null })[] }>(
    `select bill_guid, (extract(epoch from known_from) * 1000)::float8 as at, entry as sign, kind,
       of_bill as version, copay_paid
     from core.bill_adjustment where bill_guid = any(?::uuid[])`,
    [[...guids]],
  );
  const found = new Map<string, Entry[]>();
  for (const { bill_guid, copay_paid, ...entry } of rows)
    found.set(bill_guid, [
      ...(found.get(bill_guid) ?? []),
      { ...entry, ...(copay_paid === null ? {} : { copayPaid: copay_paid }) },
    ]);
  return found;
}

interface Remark {
  readonly at: number;
  readonly rule: number;
  readonly effect: 'reject' | 'note';
  readonly version: number;
  readonly sentAt: number;
}

/** Remarks on each version; a rule counts once for a version, from the first answer that says so. */
function remarksOf(steps: readonly StoredStep[]): Remark[] {
  const found = new Map<string, Remark>();
  for (const answer of [...steps].sort((a, b) => a.at - b.at)) {
    const { step, submission, rules } = answer;
    const at = effectiveAt(answer, steps);
    const version = steps.find((s) => s.step === 'sent' && s.submission === submission);
    if (!version) continue;
    for (const rule of rules ?? []) {
      const key = `${version.version} ${rule}`;
      const effect = step === 'rejected' ? ('reject' as const) : ('note' as const);
      if (!found.has(key)) found.set(key, { at, rule, effect, version: version.version!, sentAt: version.at });
    }
  }
  return [...found.values()];
}

async function writeRemarks(batch: Batch, remarks: readonly Remark[]): Promise<void> {
  if (remarks.length === 0) return;
  await batch.tx.raw(
    `create temp table if not exists incoming_remark (month date, of_month date, bill_id bigint, rule_no int,
       effect text, known_from timestamptz) on commit drop; truncate incoming_remark`,
  );
  const copy = new CopyWriter('incoming_remark', ['month', 'of_month', 'bill_id', 'rule_no', 'effect', 'known_from']);
  for (const { at, rule, effect, version, sentAt } of remarks)
    copy.add([monthOfInstant(at), monthOfInstant(sentAt), version, rule, effect, new Date(at).toISOString()]);
  await copy.flush(batch.tx);
  await batch.tx.raw(
    `insert into core.rule_outcome (received_month, bill_id, rule_no, provider_id, effect, civil_day, known_from,
       batch_id)
     select r.month, r.bill_id, r.rule_no, b.provider_id, r.effect, b.civil_day, r.known_from, ?
     from incoming_remark r join core.bill b on b.received_month = r.of_month and b.bill_id = r.bill_id
     where not exists (select from core.rule_outcome o where o.bill_id = r.bill_id and o.rule_no = r.rule_no)`,
    [batch.batchId],
  );
}
