import type { Knex } from 'knex';

/**
 * Bills, partitioned by the month in which an entry became known. They are numbered (joins of whole numbers, an index
 * that grows at its end); the loader guarantees references between partitioned tables, which are too large for foreign
 * keys.
 */
export async function up(knex: Knex): Promise<void> {
  for (const sql of [SUBMISSIONS, LIFE, BILLS, LINES]) await knex.raw(sql);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table core.rule_outcome, core.bill_code, core.bill_line, core.bill, core.bill_adjustment, core.bill_step,
      core.submission_status, core.submission;
    drop sequence core.bill_number;
  `);
}

const SUBMISSIONS = `
  create table core.submission (
    submission_id uuid constraint submission_pk primary key,
    provider_id int not null constraint submission_provider references core.provider,
    received_at timestamptz not null,
    epj_name text,
    resh_id text,
    bill_count int not null,
    stated_count int,
    stated_ore bigint,
    batch_id int not null constraint submission_batch references core.load_batch
  );
  comment on table core.submission is 'Claim message (behandlerkravmelding)';
  comment on column core.submission.stated_ore is 'Control total of the message, in øre; kept also where it differs';

  create table core.submission_status (
    submission_id uuid not null,
    known_from timestamptz not null,
    message_status text not null,
    control_status text,
    payment_status text,
    practice_no text,
    received_at timestamptz,
    intake_no text,
    decision_no text,
    reprocessed boolean not null,
    claimed_ore bigint,
    paid_ore bigint,
    bill_count int,
    payment_ore bigint,
    paid_at timestamptz,
    account_hash text,
    rules int[] not null,
    errors text[] not null,
    batch_id int not null constraint submission_status_batch references core.load_batch,
    constraint submission_status_pk primary key (submission_id, known_from)
  );
  comment on table core.submission_status is
    'Receipts and status answers on a claim message: control, decision, payment (kvittering, status)';
  comment on column core.submission_status.claimed_ore is 'Claimed and paid are known for the whole message only';
  comment on column core.submission_status.account_hash is 'Keyed digest of the account that was paid to (kontonr)';
`;

const LIFE = `
  create sequence core.bill_number as bigint increment by 1000;
  comment on sequence core.bill_number is 'Hands out bill ids a thousand at a time';

  create table core.bill_step (
    bill_guid uuid not null,
    known_from timestamptz not null,
    submission_id uuid not null,
    step text not null constraint bill_step_step check (step in
      ('sent', 'credited', 'copay-corrected', 'in-process', 'approved', 'rejected')),
    bill_id bigint,
    content uuid,
    copay_paid boolean,
    rules int[],
    batch_id int not null,
    constraint bill_step_pk primary key (bill_guid, submission_id, step, known_from)
  );
  comment on table core.bill_step is 'What happened to a bill, and when that became known (regningens gang)';
  comment on column core.bill_step.content is 'Digest of the bill as sent, which tells a correction from a repetition';
  comment on column core.bill_step.rules is 'Remarks of the rule engine that came with the step (merknader)';

  create table core.bill_adjustment (
    bill_id bigint constraint bill_adjustment_pk primary key,
    bill_guid uuid not null,
    known_from timestamptz not null,
    entry smallint not null,
    kind text not null constraint bill_adjustment_kind check (kind in
      ('replaced', 'credited', 'copay-corrected', 'rejected', 'restored', 'undone')),
    of_bill bigint not null,
    copay_paid boolean,
    batch_id int not null
  );
  comment on table core.bill_adjustment is
    'Entries of a bill that follow from its later steps: which version stands no longer, or again';
  create index bill_adjustment_guid on core.bill_adjustment (bill_guid);
`;

const BILLS = `
  create table core.bill (
    received_month date not null,
    bill_id bigint not null,
    bill_guid uuid not null,
    submission_id uuid not null,
    provider_id int not null,
    entry smallint not null default 1 constraint bill_entry check (entry in (1, -1)),
    kind text not null default 'sent',
    of_bill bigint,
    performed_by int,
    performer_key bigint,
    performer_role text,
    bill_no int not null,
    patient_key bigint not null,
    started_at timestamptz not null,
    civil_day date not null,
    minute_of_day smallint not null,
    known_from timestamptz not null,
    amount_ore bigint not null constraint bill_amount check (amount_ore >= 0),
    lines_ore bigint not null,
    copay_paid boolean,
    exemption text,
    diagnosis text,
    diagnosis_system smallint,
    further_diagnoses text[],
    debtor text,
    has_remark boolean not null default false,
    referred_on date,
    referrer_hpr int,
    referrer_key bigint,
    related_hpr int,
    related_key bigint,
    requisitioner_hpr int,
    requisitioner_unit text,
    moderation text,
    benefit_point text,
    rare_condition text,
    flags text[] constraint bill_flags check (flags <@ array['contact-after-receipt', 'sent-late', 'credited-late']),
    batch_id int not null,
    constraint bill_pk primary key (received_month, bill_id)
  ) partition by range (received_month);
  comment on table core.bill is
    'Entries of single bills (enkeltregning): +1 for a version that stands, -1 when it no longer does';
  comment on column core.bill.received_month is 'Month in which the entry became known';
  comment on column core.bill.kind is 'sent, or the kind of the adjustment';
  comment on column core.bill.of_bill is 'The version that an adjustment is an entry of; null for the version itself';
  comment on column core.bill.performed_by is
    'HPR number of the person who did the work, where that is not the holder of the practice (utfører)';
  comment on column core.bill.performer_key is 'Surrogate of a performer who is named by a national number';
  comment on column core.bill.amount_ore is 'Total by the bill''s own statement, else by its lines (beløp)';
  comment on column core.bill.lines_ore is 'Sum of lines and codes; a difference from the total is kept, not corrected';
  comment on column core.bill.flags is
    'Facts of its times: contact after receipt, sent after six months, credited after three years; null for none';
  comment on column core.bill.diagnosis_system is 'Number of the code list: 7170 ICPC-2, 7110 ICD-10';
`;

const LINES = `
  create table core.bill_line (
    received_month date not null,
    bill_id bigint not null,
    line_no smallint not null,
    provider_id int not null,
    tariff text not null,
    repetitions smallint not null,
    amount_ore bigint not null,
    teeth text[],
    known_from timestamptz not null,
    batch_id int not null,
    constraint bill_line_pk primary key (received_month, bill_id, line_no)
  ) partition by range (received_month);
  comment on table core.bill_line is 'Tariff line of a bill (takstlinje)';
  comment on column core.bill_line.amount_ore is 'First occurrence times number times repetition percent';
  comment on column core.bill_line.teeth is 'Tooth and surface (tannkode)';

  create table core.bill_code (
    received_month date not null,
    bill_id bigint not null,
    code_no smallint not null,
    provider_id int not null,
    code_system text not null constraint bill_code_system check (code_system in ('NLK', 'K', 'M', 'R', 'Q', 'G')),
    code text not null,
    occurrences smallint not null,
    amount_ore bigint,
    known_from timestamptz not null,
    batch_id int not null,
    constraint bill_code_pk primary key (received_month, bill_id, code_no)
  ) partition by range (received_month);
  comment on table core.bill_code is 'Laboratory and procedure codes of a bill with their amounts (NLK, prosedyrekode)';

  create table core.rule_outcome (
    received_month date not null,
    bill_id bigint not null,
    rule_no int not null,
    provider_id int not null,
    effect text not null constraint rule_outcome_effect check (effect in ('reject', 'note')),
    civil_day date not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint rule_outcome_pk primary key (received_month, bill_id, rule_no)
  ) partition by range (received_month);
  comment on table core.rule_outcome is 'Remarks of the rule engine on a version of a bill, and their effect (merknad)';
`;
