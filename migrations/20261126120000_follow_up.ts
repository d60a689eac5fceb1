import type { Knex } from 'knex';

/** Versions judged again on outcomes that became known after they had learnt. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.follow_up (
      follow_up_id text constraint follow_up_pk primary key,
      version_id text not null constraint follow_up_version references ml.model_version,
      matrix_id text not null constraint follow_up_matrix references ml.matrix,
      as_of timestamptz not null,
      document_sha256 text not null,
      rows int not null,
      findings int not null,
      act_id uuid not null constraint follow_up_act references aud.act,
      made_at timestamptz not null
    );
    comment on table ml.follow_up is 'A frozen version judged on outcomes that it did not know when it was trained (etterprøving)';
    comment on column ml.follow_up.as_of is 'What was known at this instant was judged on';
    comment on column ml.follow_up.document_sha256 is 'Evaluation document in the store, by content';
    comment on column ml.follow_up.rows is 'Outcomes that became known since';
    create index follow_up_of_version on ml.follow_up (version_id, made_at desc);
    create trigger follow_up_append_only before update or delete or truncate on ml.follow_up for each statement execute function aud.refuse_change();
    create trigger follow_up_covered after insert or update or delete on ml.follow_up for each row execute function aud.touch('follow_up_id', '');
    create function ml.edges_of_follow_up() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
    begin
      insert into ml.edge values ('model-version', new.version_id, 'follow-up', new.follow_up_id), ('matrix', new.matrix_id, 'follow-up', new.follow_up_id) on conflict do nothing;
      return null;
    end $$;
    create trigger follow_up_edges after insert on ml.follow_up for each row execute function ml.edges_of_follow_up();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ml.follow_up; drop function ml.edges_of_follow_up;');
}
