import type { Knex } from 'knex';

/** What was found changed in MLflow by somebody else: shown, on record, and mirrored again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.mirror_deviation (
      deviation_id uuid constraint mirror_deviation_pk primary key,
      kind text not null constraint mirror_deviation_kind check (kind in ('run', 'version', 'champion')),
      subject_id text not null,
      what text not null,
      expected text not null,
      found text not null,
      found_at timestamptz not null
    );
    comment on table ml.mirror_deviation is 'MLflow says otherwise than the product: somebody changed it by hand (avvik i speilet)';
    create trigger mirror_deviation_append_only before update or delete or truncate on ml.mirror_deviation for each statement execute function aud.refuse_change();
    create trigger mirror_deviation_covered after insert or update or delete on ml.mirror_deviation for each row execute function aud.touch('deviation_id', '');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ml.mirror_deviation');
}
