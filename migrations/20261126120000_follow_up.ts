import type { Knex } from 'knex';

/** Versions judged again on outcomes that became known after they had learnt. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.post_deployment_evaluation (
      evaluation_id text constraint follow_up_pk primary key,
      version_id text not null constraint follow_up_version references ml.model_version,
      matrix_id text not null constraint follow_up_matrix references ml.matrix,
      as_of timestamptz not null,
      document_sha256 text not null,
      rows int not null,
      findings int not null,
      action_id uuid not null constraint follow_up_action references aud.action,
      made_at timestamptz not null
    );
    comment on table ml.post_deployment_evaluation is 'A frozen version judged on outcomes that it did not know when it was trained (etterprøving)';
    comment on column ml.post_deployment_evaluation.as_of is 'What was known at this instant was judged on';
    comment on column ml.post_deployment_evaluation.document_sha256 is 'Evaluation document in the store, by content';
    comment on column ml.post_deployment_evaluation.rows is 'Outcomes that became known since';
    create index follow_up_of_version on ml.post_deployment_evaluation (version_id, made_at desc);
    create trigger follow_up_append_only before update or delete or truncate on ml.post_deployment_evaluation for each statement execute function aud.refuse_change();
    create trigger follow_up_covered after insert or update or delete on ml.post_deployment_evaluation for each row execute function aud.touch('evaluation_id', '');
    create function ml.edges_of_post_deployment_evaluation() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
    begin
      insert into ml.edge values ('model-version', new.version_id, 'follow-up', new.evaluation_id), ('matrix', new.matrix_id, 'follow-up', new.evaluation_id) on conflict do nothing;
      return null;
    end $$;
    create trigger follow_up_edges after insert on ml.post_deployment_evaluation for each row execute function ml.edges_of_post_deployment_evaluation();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ml.post_deployment_evaluation; drop function ml.edges_of_post_deployment_evaluation;');
}
