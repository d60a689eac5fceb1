import { notFound } from '../../domain/errors';
import type { Db } from '../postgres/connection';

export const NODE_KINDS = [
  'snapshot',
  'table',
  'label-set',
  'matrix',
  'training-run',
  'model-version',
  'decision',
  'scoring-run',
  'list',
  'post-deployment-evaluation',
  'case',
  'outcome',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface LineageNode {
  readonly kind: NodeKind;
  readonly id: string;
  /** Edges from the start node; negative towards its origins. */
  readonly distance: number;
  readonly at: Date | undefined;
  /** The principal who caused it, if any. */
  readonly by: string | undefined;
  /** Numbers of the ledger entries about it. */
  readonly ledger: readonly number[];
}
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
}
export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** True if there are more nodes than the limit. */
  readonly cut: boolean;
}

export const nodeName = (kind: string, id: string): string => `${kind}/${id}`;
const MAX_NODES = 400;

interface Step {
  kind: NodeKind;
  id: string;
}

/** Finds a node by its id, or by the first six or more characters of it. @throws UtplukkError NotFound */
export async function findNode(db: Db, id: string): Promise<Step> {
  const find = async (condition: string, value: string) =>
    (
      await db.raw<{ rows: Step[] }>(
        `select distinct kind, id from (
           (select from_kind as kind, from_id as id from ml.lineage_edge where from_id ${condition} limit 20)
             union all (select to_kind, to_id from ml.lineage_edge where to_id ${condition} limit 20)) e limit 3`,
        [value, value],
      )
    ).rows;
  const exact = await find('= ?', id);
  const rows = exact.length > 0 || id.length < 6 ? exact : await find('like ?', `${id.replace(/[%_\\]/g, '')}%`);
  if (rows.length > 1) throw notFound(`several nodes begin with ${id}`, 'Give more characters.');
  if (!rows[0])
    throw notFound(
      `nothing recorded begins with ${id}`,
      'Give at least six characters of the id of a list, scoring run, decision, model version, ' +
        'post-deployment evaluation, training run, matrix, label set or snapshot.',
    );
  return rows[0];
}

/** All origins and descendants of a node, origins first, at most `limit` nodes. */
export async function lineageGraph(db: Db, start: Step, limit = MAX_NODES): Promise<LineageGraph> {
  const found = new Map<string, { step: Step; distance: number }>([
    [nodeName(start.kind, start.id), { step: start, distance: 0 }],
  ]);
  const edges = new Map<string, LineageEdge>();
  let cut = false;
  for (const direction of [-1, 1] as const) {
    let frontier: Step[] = [start];
    for (let distance = 1; frontier.length > 0; distance++) {
      const next: Step[] = [];
      for (const edge of await neighbours(db, frontier, direction, limit + 1)) {
        const [from, to] = [nodeName(edge.from_kind, edge.from_id), nodeName(edge.to_kind, edge.to_id)];
        const step: Step =
          direction < 0 ? { kind: edge.from_kind, id: edge.from_id } : { kind: edge.to_kind, id: edge.to_id };
        const name = nodeName(step.kind, step.id);
        if (!found.has(name)) {
          if (found.size >= limit) {
            cut = true;
            continue;
          }
          found.set(name, { step, distance: direction * distance });
          next.push(step);
        }
        edges.set(`${from} ${to}`, { from, to });
      }
      frontier = next;
    }
  }
  const nodes = (await describe(db, [...found.values()])).sort(byDistanceAndTime);
  return { nodes, edges: [...edges.values()], cut };
}

/** Orders nodes from origins to descendants; at one distance by time, then by kind and id. */
function byDistanceAndTime(a: LineageNode, b: LineageNode): number {
  const [earlier, later] = [a.at?.getTime() ?? 0, b.at?.getTime() ?? 0];
  return (
    a.distance - b.distance ||
    earlier - later ||
    NODE_KINDS.indexOf(a.kind) - NODE_KINDS.indexOf(b.kind) ||
    a.id.localeCompare(b.id)
  );
}

interface Edge {
  from_kind: NodeKind;
  from_id: string;
  to_kind: NodeKind;
  to_id: string;
}

async function neighbours(db: Db, steps: readonly Step[], direction: -1 | 1, limit: number): Promise<Edge[]> {
  const side = direction < 0 ? 'to' : 'from';
  const { rows } = await db.raw<{ rows: Edge[] }>(
    `select e.* from unnest(?::text[], ?::text[]) as s(kind, id) cross join lateral
       (select * from ml.lineage_edge e where e.${side}_kind = s.kind and e.${side}_id = s.id
         order by e.from_id, e.to_id limit ?) e limit ?`,
    [steps.map(({ kind }) => kind), steps.map(({ id }) => id), limit, limit],
  );
  return rows;
}

/** SQL for the time of creation and the principal of nodes, by kind. */
const DETAILS: Partial<Record<NodeKind, string>> = {
  snapshot: 'select snapshot_id as id, made_at as at, null::uuid as by from ml.snapshot where snapshot_id = any(?)',
  'label-set':
    'select label_set_id as id, made_at as at, null::uuid as by from ml.label_set where label_set_id = any(?)',
  matrix: 'select matrix_id as id, made_at as at, null::uuid as by from ml.matrix where matrix_id = any(?)',
  'training-run': `select run_id::text as id, started_at as at, a.principal_id as by from ml.training_run
      join aud.action a using (action_id) where run_id = any(?::uuid[])`,
  'model-version':
    'select version_id as id, registered_at as at, null::uuid as by from ml.model_version where version_id = any(?)',
  decision: `select decision_id::text as id, decided_at as at, a.principal_id as by from ml.decision
      left join aud.action a using (action_id) where decision_id = any(?::uuid[])`,
  'scoring-run': `select scoring_id as id, scored_at as at, a.principal_id as by from sel.scoring_run
      join aud.action a using (action_id) where scoring_id = any(?)`,
  list: 'select list_id as id, drafted_at as at, null::uuid as by from sel.list where list_id = any(?)',
  'post-deployment-evaluation': `select evaluation_id as id, made_at as at, a.principal_id as by
      from ml.post_deployment_evaluation join aud.action a using (action_id) where evaluation_id = any(?)`,
  case: 'select case_no as id, known_from as at, null::uuid as by from ctl.case where case_no = any(?)',
};

async function describe(db: Db, found: readonly { step: Step; distance: number }[]): Promise<LineageNode[]> {
  const details = new Map<string, { at: Date; by: string | null }>();
  for (const [kind, sql] of Object.entries(DETAILS)) {
    const ids = found.filter(({ step }) => step.kind === kind).map(({ step }) => step.id);
    if (ids.length === 0) continue;
    const { rows } = await db.raw<{ rows: { id: string; at: Date; by: string | null }[] }>(sql, [ids]);
    for (const row of rows) details.set(nodeName(kind, row.id), row);
  }
  // The ledger entry of a decision has its request as the subject.
  const decisions = found.filter(({ step }) => step.kind === 'decision').map(({ step }) => step.id);
  const { rows: answered } = await db.raw<{ rows: { decision_id: string; request_id: string }[] }>(
    'select decision_id::text, request_id::text from ml.decision where decision_id = any(?::uuid[])',
    [decisions],
  );
  const requestOf = new Map(answered.map((row) => [row.decision_id, row.request_id]));
  const subjectOf = ({ kind, id }: Step): Step['id'] => (kind === 'decision' ? (requestOf.get(id) ?? id) : id);
  const { rows: entries } = await db.raw<{ rows: { subject_id: string; seqs: number[] }[] }>(
    `select e.subject_id, (array_agg(c.seq order by c.seq))[1:10] as seqs from aud.entry e
      join aud.chain c using (entry_id)
      where (e.subject_kind, e.subject_id) in (select kind, id from unnest(?::text[], ?::text[]) as s(kind, id))
        group by e.subject_id`,
    [
      found.map(({ step }) => (step.kind === 'decision' ? 'promotion-request' : step.kind)),
      found.map(({ step }) => subjectOf(step)),
    ],
  );
  const ledger = new Map(entries.map((row) => [row.subject_id, row.seqs.map(Number)]));
  return found.map(({ step, distance }) => {
    const detail = details.get(nodeName(step.kind, step.id));
    return {
      ...step,
      distance,
      at: detail?.at,
      by: detail?.by ?? undefined,
      ledger: ledger.get(subjectOf(step)) ?? [],
    };
  });
}
