import type { Knex } from 'knex';

/** What each training run was searched for, and the reasons people gave for what looked too good. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.leakage_report (
      run_id uuid constraint leak_certificate_pk primary key constraint leak_certificate_run references ml.training_run,
      verdict text not null constraint leak_certificate_verdict check (verdict in ('clean', 'needs-reason', 'refused')),
      tests int not null,
      certificate_sha256 text not null,
      document jsonb not null,
      made_at timestamptz not null
    );
    comment on table ml.leakage_report is 'Result of the target-leakage check of a training run (lekkasjesjekk)';

    create table ml.leakage_reason (
      run_id uuid not null constraint leak_reason_certificate references ml.leakage_report,
      principal_id uuid not null,
      reason_id uuid not null,
      action_id uuid not null constraint leak_reason_action references aud.action,
      given_at timestamptz not null,
      constraint leak_reason_pk primary key (run_id, principal_id)
    );
    comment on table ml.leakage_reason is 'Why a statistical suspicion is accepted; two different people are needed';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ml.leakage_reason; drop table ml.leakage_report;');
}
