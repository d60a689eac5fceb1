import type { Knex } from 'knex';

/**
 * Data lineage: the graph of what was made from what, written by triggers of the tables themselves, so that no step can
 * forget it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.lineage_edge (
      from_kind text not null,
      from_id text not null,
      to_kind text not null,
      to_id text not null,
      constraint lineage_edge_pk primary key (from_kind, from_id, to_kind, to_id)
    );
    create index lineage_edge_back on ml.lineage_edge (to_kind, to_id);
    create index lineage_edge_from_id on ml.lineage_edge (from_id text_pattern_ops);
    create index lineage_edge_to_id on ml.lineage_edge (to_id text_pattern_ops);
    comment on table ml.lineage_edge is
      'What was made from what (sporbarhet); derived from the rows of other tables by triggers';
  `);
  for (const { table, events, edges } of EDGES) {
    const name = nameOf(table);
    await knex.raw(`
      create function ml.lineage_of_${name}() returns trigger
        language plpgsql security definer set search_path = pg_catalog as $$
      begin
        insert into ml.lineage_edge
          select x.* from (select (new).*) n cross join lateral (${edges}) as x(from_kind, from_id, to_kind, to_id)
          where x.from_id is not null on conflict do nothing;
        return null;
      end $$;
      create trigger ${name}_lineage after ${events} on ${table}
        for each row execute function ml.lineage_of_${name}();
    `);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const { table } of EDGES) {
    const name = nameOf(table);
    await knex.raw(`drop trigger ${name}_lineage on ${table}; drop function ml.lineage_of_${name}`);
  }
  await knex.raw('drop table ml.lineage_edge');
}

const nameOf = (table: string): string => table.split('.')[1]!;

interface LineageSource {
  readonly table: string;
  readonly events: 'insert' | 'insert or update';
  /** SQL that yields edges (from_kind, from_id, to_kind, to_id) of the new row `n`. */
  readonly edges: string;
}

const EDGES: readonly LineageSource[] = [
  {
    table: 'ml.label_set',
    events: 'insert',
    edges: "select 'snapshot', n.snapshot_id, 'label-set', n.label_set_id where n.snapshot_id is not null",
  },
  {
    table: 'ml.label_revision',
    events: 'insert',
    edges: "select 'label-set', n.label_set_id, 'label-set', n.revised_by",
  },
  {
    table: 'ml.matrix',
    events: 'insert',
    edges: `
      select 'snapshot', n.snapshot_id, 'matrix', n.matrix_id where n.snapshot_id is not null
      union all select 'table', n.recipe->>'fileSha256', 'matrix', n.matrix_id
        where n.recipe->>'fileSha256' is not null
      union all select 'label-set', n.label_set_id, 'matrix', n.matrix_id where n.label_set_id is not null`,
  },
  {
    table: 'ml.training_run',
    events: 'insert or update',
    edges: `
      select 'matrix', n.matrix_id, 'training-run', n.run_id::text where n.matrix_id is not null
      union all select 'training-run', n.run_id::text, 'model-version', n.version_id where n.version_id is not null`,
  },
  {
    table: 'ml.fold_result',
    events: 'insert',
    edges: `
      select 'matrix', n.result->>'populationMatrixId', 'training-run', n.run_id::text
        where n.result->>'populationMatrixId' is not null`,
  },
  {
    table: 'ml.decision',
    events: 'insert',
    edges: `
      select 'model-version', r.version_id, 'decision', n.decision_id::text
        from ml.promotion_request r where r.request_id = n.request_id`,
  },
  {
    table: 'ml.post_deployment_evaluation',
    events: 'insert',
    edges: `
      select 'model-version', n.version_id, 'post-deployment-evaluation', n.evaluation_id
      union all select 'matrix', n.matrix_id, 'post-deployment-evaluation', n.evaluation_id`,
  },
  {
    table: 'sel.scoring_run',
    events: 'insert',
    edges: `
      select 'model-version', n.version_id, 'scoring-run', n.scoring_id
      union all select 'matrix', n.matrix_id, 'scoring-run', n.scoring_id
      union all select 'decision', (select c.decision_id::text from ml.champion c
        where c.slot = n.slot and c.version_id = n.version_id and c.live_from <= n.scored_at
        order by c.seq desc limit 1), 'scoring-run', n.scoring_id`,
  },
  {
    table: 'sel.list',
    events: 'insert',
    edges: "select 'scoring-run', n.scoring_id, 'list', n.list_id",
  },
  {
    table: 'ctl.case',
    events: 'insert',
    edges: "select 'list', n.selected_by_list, 'case', n.case_no where n.selected_by_list is not null",
  },
  {
    table: 'ctl.outcome',
    events: 'insert',
    edges: "select 'case', n.case_no, 'outcome', n.case_no || '@' || n.decided",
  },
];
