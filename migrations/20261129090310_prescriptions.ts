import type { Knex } from 'knex';

/** Prescriptions and claims, by month of receipt like bills; and what makes the partitions of all such tables. */
export async function up(knex: Knex): Promise<void> {
  for (const sql of [PRESCRIPTIONS, CLAIMS, RESULTS]) await knex.raw(sql);
  await knex.raw(MONTH_PARTITIONS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function core.ensure_month; drop schema rx cascade;');
}

const PRESCRIPTIONS = `
  create schema rx;
  comment on schema rx is 'Prescriptions, and what pharmacies claim for dispensing them (eResept)';

  create table rx.prescription_identity (
    prescription_id text constraint prescription_identity_pk primary key,
    batch_id int not null
  );
  comment on table rx.prescription_identity is
    'Keeps a prescription, which comes with every dispensing of it, from being loaded twice';

  create table rx.prescription (
    received_month date not null,
    prescription_id text not null,
    prescriber_id int,
    prescriber_hpr int,
    patient_key bigint,
    written date not null,
    expires date not null,
    goods_group text not null,
    atc text,
    product_no text,
    quantity_milli bigint,
    amount_milli bigint,
    amount_unit text,
    repeats smallint not null constraint prescription_repeats check (repeats >= 0),
    reserved_by_prescriber boolean not null,
    legal_basis text,
    diagnosis text,
    diagnosis_system text,
    individual_refund boolean not null,
    from_hospital boolean not null,
    to_own_practice boolean not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint prescription_pk primary key (received_month, prescription_id)
  ) partition by range (received_month);
  comment on table rx.prescription is 'Prescription, message M1 (resept)';
  comment on column rx.prescription.quantity_milli is
    'Packages of one dispensing in thousandths (Antall); all dispensings together may give quantity x (1 + repeats)';
  comment on column rx.prescription.reserved_by_prescriber is
    'The prescriber reserved against generic substitution (BytteresRekvirent); that of a customer stands in rx.claim';

  create table rx.dispensing (
    received_month date not null,
    message_id text not null,
    prescription_id text not null,
    pharmacy_id int not null,
    patient_key bigint,
    dispensed date not null,
    cancelled boolean not null,
    finished boolean,
    reserved_by_customer boolean,
    atc text,
    product_no text,
    quantity_milli bigint,
    on_paper boolean not null,
    interventions smallint not null,
    prescriber_asked boolean not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint dispensing_pk primary key (received_month, message_id)
  ) partition by range (received_month);
  comment on table rx.dispensing is 'Report of a dispensing to the prescription exchange, message M10 (utlevering)';
`;

/**
 * Claims are signed entries, as in bookkeeping: 1 when a bill is claimed, -1 when it credits another, and the opposite
 * of an entry, in the month in which that became known, when a corrected bill replaces it. Sums of entry x value up to
 * any instant are the state then, and no month depends on a later one.
 */
const CLAIMS = `
  create sequence rx.claim_number as bigint;
  comment on sequence rx.claim_number is 'Hands out ids of versions of bills';

  create table rx.settlement (
    message_id text constraint settlement_pk primary key,
    settlement_no text not null,
    pharmacy_id int not null constraint settlement_pharmacy references core.provider,
    licence_no text,
    her_id text,
    sent date not null,
    claimed_ore bigint not null,
    bill_count int not null,
    bills_read int not null,
    bills_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null constraint settlement_batch references core.load_batch
  );
  comment on table rx.settlement is 'Settlement of a pharmacy, message M18 (oppgjørskrav), with its control totals';
  comment on column rx.settlement.bills_ore is 'Sum over its bills as they were read, refused ones not among them';
  create index settlement_number on rx.settlement (pharmacy_id, settlement_no);

  create table rx.claim_identity (
    pharmacy_id int not null,
    bill_no text not null,
    claim_id bigint not null,
    received_month date not null,
    known_from timestamptz not null,
    version smallint not null,
    content text not null,
    constraint claim_identity_pk primary key (pharmacy_id, bill_no)
  );
  comment on table rx.claim_identity is
    'Newest version of each bill: a pharmacy corrects a bill by sending its number again';

  create table rx.claim (
    received_month date not null,
    claim_id bigint not null,
    is_reversal boolean not null,
    entry smallint not null constraint claim_entry check (entry in (-1, 1)),
    message_id text not null,
    settlement_no text not null,
    pharmacy_id int not null,
    bill_no text not null,
    version smallint not null,
    credits_bill_no text,
    prescription_id text,
    prescriber_id int,
    prescriber_hpr int,
    patient_key bigint,
    registered date not null,
    dispensed date not null,
    written date,
    finished boolean,
    instituted boolean not null,
    claimed_ore bigint not null constraint claim_claimed check (claimed_ore >= 0),
    work_price_ore bigint,
    copay_ore bigint not null,
    copay_code text,
    copay_before_ore bigint,
    copay_period date,
    reservation text not null,
    reservation_code text,
    emergency boolean not null,
    prescription_type text,
    multidose boolean not null,
    sent_to_patient boolean not null,
    missing_signature text,
    legal_basis text,
    diagnosis text,
    diagnosis_system text,
    decision_unit text,
    decided date,
    municipality text,
    conscript boolean not null,
    convention_country text,
    eea boolean not null,
    interventions smallint not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint claim_pk primary key (received_month, claim_id, is_reversal)
  ) partition by range (received_month);
  comment on table rx.claim is
    'Entries of the bills of settlements: one dispensing, its refund and co-payment (enkeltregning)';
  comment on column rx.claim.entry is
    '1, or -1 when the entry takes back: values are multiplied by it before they are added up';
  comment on column rx.claim.reservation is
    'Who reserved against substitution (BytteRes): customer, prescriber, both, none, unknown';

  create table rx.claim_goods (
    received_month date not null,
    claim_id bigint not null,
    is_reversal boolean not null,
    line_no smallint not null,
    entry smallint not null,
    product_no text not null,
    atc text,
    quantity_milli bigint not null,
    price_ore bigint not null,
    purchase_ore bigint,
    known_from timestamptz not null,
    batch_id int not null,
    constraint claim_goods_pk primary key (received_month, claim_id, is_reversal, line_no)
  ) partition by range (received_month);
  comment on table rx.claim_goods is
    'Goods of a bill (vare): packages in thousandths, price and purchase price of a package';

  create table rx.intervention (
    received_month date not null,
    claim_id bigint not null,
    is_reversal boolean not null,
    intervention_no smallint not null,
    entry smallint not null,
    code text not null,
    change text not null,
    change_code text,
    asked_customer boolean not null,
    asked_prescriber_hpr int,
    known_from timestamptz not null,
    batch_id int not null,
    constraint intervention_pk primary key (received_month, claim_id, is_reversal, intervention_no)
  ) partition by range (received_month);
  comment on table rx.intervention is
    'What the pharmacy changed of a prescription (intervensjon): goods, dose or legal basis, and whether it asked';
`;

const RESULTS = `
  create table rx.bill_result (
    received_month date not null,
    pharmacy_id int not null,
    settlement_no text not null,
    bill_no text not null,
    handled date not null,
    claimed_ore bigint not null,
    approved_ore bigint not null,
    status text not null,
    status_code text not null,
    remarks text[] not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint bill_result_pk primary key (received_month, pharmacy_id, settlement_no, bill_no, known_from)
  ) partition by range (received_month);
  comment on table rx.bill_result is 'What became of a bill, message M22 (oppgjørsresultat)';
  comment on column rx.bill_result.remarks is
    'Remarks of the rule engine (merknad): its number, or a fingerprint of a text without one';

  create table rx.payment (
    payment_no text not null,
    settlement_no text not null,
    pharmacy_id int not null constraint payment_pharmacy references core.provider,
    paid date not null,
    payment_ore bigint not null,
    paid_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null constraint payment_batch references core.load_batch,
    constraint payment_pk primary key (payment_no, settlement_no)
  );
  comment on table rx.payment is 'Payment of settlements, message M23 (utbetaling)';
  comment on column rx.payment.paid_ore is 'Share of this settlement in the whole payment (payment_ore)';

  create table rx.settlement_status (
    pharmacy_id int not null constraint settlement_status_pharmacy references core.provider,
    settlement_no text not null,
    status_code text not null,
    received_at timestamptz not null,
    remarks text[] not null,
    bill_count int,
    claimed_ore bigint,
    approved_ore bigint,
    known_from timestamptz not null,
    batch_id int not null constraint settlement_status_batch references core.load_batch,
    constraint settlement_status_pk primary key (pharmacy_id, settlement_no, received_at, known_from)
  );
  comment on table rx.settlement_status is 'Answers on the status of settlements (statussvar)';
  comment on column rx.settlement_status.received_at is
    'When the payer received the settlement: its bills are known from then';
`;

/** Partitions belong to the owner of the schema, whichever role asks for them. */
const MONTH_PARTITIONS = `
  create function core.ensure_month(month date) returns void
    language plpgsql security definer set search_path = pg_catalog as $$
  declare suffix text := to_char(month, 'YYYY_MM'); parent regclass; child text;
  begin
    perform pg_advisory_xact_lock(hashtext('core.ensure_month'));
    foreach parent in array array['core.bill', 'core.bill_line', 'core.bill_code', 'core.rule_outcome',
      'rx.prescription', 'rx.dispensing', 'rx.claim', 'rx.claim_goods', 'rx.intervention',
      'rx.bill_result']::regclass[] loop
      child := parent::text || '_' || suffix;
      if to_regclass(child) is null then
        -- Attaching does not lock out those who write to other months; creating as a partition would.
        execute format('create table %s (like %s including all)', child, parent);
        execute format('alter table %s attach partition %s for values from (%L) to (%L)',
          parent, child, month, (month + interval '1 month')::date);
      end if;
    end loop;
  end $$;
  comment on function core.ensure_month is
    'Makes the partitions of a month of receipt, in a short transaction of its own';
`;
