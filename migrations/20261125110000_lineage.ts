import type { Knex } from 'knex';

/** Each statement yields edges (from_kind, from_id, to_kind, to_id) of a row `n` of its table. */
const EDGES: readonly (readonly [table: string, events: string, edges: string])[] = [
  [
    'ml.label_set',
    'insert',
    "select 'snapshot', n.snapshot_id, 'label-set', n.label_set_id where n.snapshot_id is not null",
  ],
  [
    'ml.matrix',
    'insert',
    `select 'snapshot', n.snapshot_id, 'matrix', n.matrix_id where n.snapshot_id is not null
     union all select 'table', n.recipe->>'fileSha256', 'matrix', n.matrix_id where n.recipe->>'fileSha256' is not null
     union all select 'label-set', n.label_set_id, 'matrix', n.matrix_id where n.label_set_id is not null`,
  ],
  [
    'ml.training_run',
    'insert or update',
    "select 'matrix', n.matrix_id, 'training-run', n.run_id::text where n.matrix_id is not null union all select 'training-run', n.run_id::text, 'model-version', n.version_id where n.version_id is not null",
  ],
  [
    'ml.decision',
    'insert',
    "select 'model-version', r.version_id, 'decision', n.decision_id::text from ml.promotion_request r where r.request_id = n.request_id",
  ],
  [
    'sel.scoring_run',
    'insert',
    `select 'model-version', n.version_id, 'scoring-run', n.scoring_id union all select 'matrix', n.matrix_id, 'scoring-run', n.scoring_id
     union all select 'decision', (select c.decision_id::text from ml.champion c where c.slot = n.slot and c.version_id = n.version_id and c.live_from <= n.scored_at order by c.seq desc limit 1), 'scoring-run', n.scoring_id`,
  ],
  ['sel.list', 'insert', "select 'scoring-run', n.scoring_id, 'list', n.list_id"],
  ['ctl.case', 'insert', "select 'list', n.selected_by_list, 'case', n.case_no where n.selected_by_list is not null"],
  ['ctl.outcome', 'insert', "select 'case', n.case_no, 'outcome', n.case_no || '@' || n.decided"],
];

/**
 * The graph of everything that came from something else, written by triggers beside the rows themselves, so that no step
 * can forget it; and label sets, named by content, so that labels changed by an appeal are another set.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.label_set (
      label_set_id text constraint label_set_pk primary key,
      snapshot_id text constraint label_set_snapshot references ml.snapshot,
      rows bigint not null,
      labelled bigint not null,
      positives bigint not null,
      made_at timestamptz not null
    );
    comment on table ml.label_set is 'Outcomes as they were known, named by the hash of their content (fasit)';
    create trigger label_set_append_only before update or delete or truncate on ml.label_set for each statement execute function aud.refuse_change();
    create trigger label_set_covered after insert or update or delete on ml.label_set for each row execute function aud.touch('label_set_id', '');
    alter table ml.matrix add column label_set_id text constraint matrix_label_set references ml.label_set;
    alter table ctl.case add column selected_by_list text;
    comment on column ctl.case.selected_by_list is 'Selection list that the control came from (utvalgsliste)';

    create table ml.edge (
      from_kind text not null,
      from_id text not null,
      to_kind text not null,
      to_id text not null,
      constraint edge_pk primary key (from_kind, from_id, to_kind, to_id)
    );
    create index edge_back on ml.edge (to_kind, to_id);
    create index edge_from_id on ml.edge (from_id text_pattern_ops);
    create index edge_to_id on ml.edge (to_id text_pattern_ops);
    comment on table ml.edge is 'What came from what (avstamming); derived from the rows of other tables by triggers';
  `);
  for (const [table, events, edges] of EDGES) {
    const name = table.split('.')[1]!;
    await knex.raw(`
      create function ml.edges_of_${name}() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
      begin
        insert into ml.edge select x.* from (select (new).*) n cross join lateral (${edges}) as x(from_kind, from_id, to_kind, to_id)
          where x.from_id is not null on conflict do nothing;
        return null;
      end $$;
      create trigger ${name}_edges after ${events} on ${table} for each row execute function ml.edges_of_${name}();
      insert into ml.edge select x.* from ${table} n cross join lateral (${edges}) as x(from_kind, from_id, to_kind, to_id)
        where x.from_id is not null on conflict do nothing;
    `);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const [table] of EDGES.filter(([name]) => name !== 'ml.label_set')) {
    const name = table.split('.')[1]!;
    await knex.raw(`drop trigger ${name}_edges on ${table}; drop function ml.edges_of_${name}`);
  }
  await knex.raw(`
    drop table ml.edge;
    alter table ctl.case drop column selected_by_list;
    alter table ml.matrix drop column label_set_id;
    drop table ml.label_set;
    drop function ml.edges_of_label_set;
  `);
}
