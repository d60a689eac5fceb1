import type { Knex } from 'knex';

/** Each statement yields edges of a row `n` of its table, as those of 20261125110000. */
const EDGES: readonly (readonly [table: string, edges: string])[] = [
  ['ml.label_revision', "select 'label-set', n.label_set_id, 'label-set', n.revised_by"],
  [
    'ml.fold_result',
    "select 'matrix', n.result->>'populationMatrixId', 'training-run', n.run_id::text where n.result->>'populationMatrixId' is not null",
  ],
];

/** Outcomes that became others after a version was trained on them, and the graph's edges of both that and populations. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.label_revision (
      label_set_id text not null constraint label_revision_old references ml.label_set,
      revised_by text not null constraint label_revision_new references ml.label_set,
      rows int not null,
      to_finding int not null,
      from_finding int not null,
      unsettled int not null,
      amounts int not null,
      root text not null,
      found_at timestamptz not null,
      constraint label_revision_pk primary key (label_set_id, revised_by)
    );
    comment on table ml.label_revision is 'A later label set says otherwise of rows that versions were trained on (fasit endret etter klage eller omgjøring)';
    comment on column ml.label_revision.rows is 'Rows of the old set with a label';
    comment on column ml.label_revision.unsettled is 'Rows that have no label any more: reopened, or a reversal that stands as a complaint';
    comment on column ml.label_revision.amounts is 'Rows with the same label and another amount';
    comment on column ml.label_revision.root is 'Merkle root of the changed rows, in order';
    create trigger label_revision_append_only before update or delete or truncate on ml.label_revision for each statement execute function aud.refuse_change();
    create trigger label_revision_covered after insert or update or delete on ml.label_revision for each row execute function aud.touch('label_set_id,revised_by', '');
  `);
  for (const [table, edges] of EDGES)
    await knex.raw(`
      create function ml.edges_of_${table.split('.')[1]!}() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
      begin
        insert into ml.edge select x.* from (select (new).*) n cross join lateral (${edges}) as x(from_kind, from_id, to_kind, to_id) on conflict do nothing;
        return null;
      end $$;
      create trigger ${table.split('.')[1]!}_edges after insert on ${table} for each row execute function ml.edges_of_${table.split('.')[1]!}();
    `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger fold_result_edges on ml.fold_result;
    drop function ml.edges_of_fold_result;
    drop table ml.label_revision;
    drop function ml.edges_of_label_revision;
  `);
}
