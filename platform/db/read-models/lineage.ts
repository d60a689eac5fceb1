import { notFound } from '../../../domain/errors';
import type { Db } from '../../postgres/connection';
import { decisionsOf } from '../stores/decisions';

/** One step of the way back from a list line to the snapshot it came of. */
export interface LineageStep {
  readonly kind:
    'line' | 'list' | 'scoring-run' | 'decision' | 'model-version' | 'training-run' | 'matrix' | 'snapshot' | 'table';
  readonly id: string;
  readonly about: string;
  readonly at: string | undefined;
  /** Sequence numbers of the ledger entries about it. */
  readonly ledger: readonly number[];
}

const HEX = /^[0-9a-f-]{6,64}$/;
const WHAT_TO_GIVE = 'Give at least six characters of a list, version, run, matrix or snapshot';

interface List {
  list_id: string;
  scoring_id: string;
  capacity: number;
  drafted_at: Date;
}
interface Scoring {
  scoring_id: string;
  version_id: string;
  matrix_id: string;
  rows: number;
  as_of: Date;
  scored_at: Date;
}
interface Version {
  version_id: string;
  run_id: string;
  matrix_id: string;
  family: string;
  slot: string;
  registered_at: Date;
}
interface Run {
  run_id: string;
  started_at: Date;
  state: string;
  matrix_id: string | null;
}
interface Matrix {
  matrix_id: string;
  snapshot_id: string | null;
  recipe: { kind: string; fileSha256?: string; fileName?: string };
  meta: { rows: number; columns: unknown[] };
  made_at: Date;
}
interface Snapshot {
  snapshot_id: string;
  as_of: Date;
  made_at: Date;
  load_watermark: number;
}

/**
 * Walks back from a list line (`<list>#<rank>`), list, scoring run, model version, training run, matrix or snapshot.
 * @param given an id, or at least six leading characters of it
 * @throws UtplukkError NotFound
 */
export async function lineageOf(db: Db, given: string): Promise<LineageStep[]> {
  const [id = '', rank] = given.split('#');
  if (!HEX.test(id)) throw notFound(`"${given}" is no id`, `${WHAT_TO_GIVE}; a line is <list>#<rank>.`);
  const trail = new Trail(db);
  const list = await trail.find<List>('sel.list', 'list_id', id);
  if (list) await listSteps(trail, list, rank);
  const scoring = await trail.find<Scoring>('sel.scoring_run', 'scoring_id', list?.scoring_id ?? id);
  if (scoring) await scoringSteps(trail, scoring);
  const version = await trail.find<Version>('ml.model_version', 'version_id', scoring?.version_id ?? id);
  if (version) await versionSteps(trail, version);
  const run = await trail.find<Run>('ml.training_run', 'run_id', version?.run_id ?? id);
  if (run) await trail.add('training-run', run.run_id, run.state, run.started_at);
  const matrixId = version?.matrix_id ?? run?.matrix_id ?? (trail.isEmpty ? await matrixOf(trail, id) : undefined);
  if (matrixId) await matrixSteps(trail, matrixId);
  if (!trail.isEmpty) return trail.steps;
  const snapshot = await trail.find<Snapshot>('ml.snapshot', 'snapshot_id', id);
  if (!snapshot) throw notFound(`nothing recorded begins with ${id}`, `${WHAT_TO_GIVE}.`);
  await addSnapshot(trail, snapshot);
  return trail.steps;
}

/** The steps found so far, each with the ledger entries about it. */
class Trail {
  readonly steps: LineageStep[] = [];
  constructor(readonly db: Db) {}

  get isEmpty(): boolean {
    return this.steps.length === 0;
  }

  async add(kind: LineageStep['kind'], id: string, about: string, at: Date | undefined): Promise<void> {
    this.steps.push({ kind, id, about, at: at?.toISOString(), ledger: await this.entriesOf(kind, id) });
  }

  /** Sequence numbers of the ledger entries about a subject, in order. */
  async entriesOf(kind: string, id: string): Promise<number[]> {
    return this.db('aud.entry as e')
      .join('aud.chain as c', 'c.entry_id', 'e.entry_id')
      .where({ 'e.subject_kind': kind, 'e.subject_id': id })
      .orderBy('c.seq')
      .pluck<number[]>('c.seq');
  }

  /** The row whose id begins with the given characters. */
  async find<T>(table: string, column: string, beginning: string): Promise<T | undefined> {
    const { rows } = await this.db.raw<{ rows: T[] }>('select * from ?? where ??::text like ? limit 1', [
      table,
      column,
      `${beginning}%`,
    ]);
    return rows[0];
  }
}

async function listSteps(trail: Trail, list: List, rank: string | undefined): Promise<void> {
  if (rank !== undefined) {
    const line = await trail
      .db('sel.line')
      .where({ list_id: list.list_id, rank: Number(rank) })
      .first<{ entity: string; probability: number } | undefined>();
    if (!line) throw notFound(`list ${list.list_id.slice(0, 12)} has no rank ${rank}`);
    const about = `${line.entity}, probability ${line.probability.toFixed(3)}`;
    trail.steps.push({ kind: 'line', id: `${list.list_id}#${rank}`, about, at: undefined, ledger: [] });
  }
  await trail.add('list', list.list_id, `capacity ${list.capacity}`, list.drafted_at);
}

async function scoringSteps(trail: Trail, scoring: Scoring): Promise<void> {
  const about = `${scoring.rows} providers as of ${scoring.as_of.toISOString()}`;
  await trail.add('scoring-run', scoring.scoring_id, about, scoring.scored_at);
  await matrixSteps(trail, scoring.matrix_id);
}

async function versionSteps(trail: Trail, version: Version): Promise<void> {
  const about = `${version.family} for ${version.slot}`;
  await trail.add('model-version', version.version_id, about, version.registered_at);
  for (const { requestId, verdict, decidedAt } of await decisionsOf(trail.db, version.version_id)) {
    const ledger = await trail.entriesOf('promotion-request', requestId);
    trail.steps.push({ kind: 'decision', id: requestId, about: verdict, at: decidedAt.toISOString(), ledger });
  }
}

const matrixOf = async (trail: Trail, beginning: string): Promise<string | undefined> =>
  (await trail.find<{ matrix_id: string }>('ml.matrix', 'matrix_id', beginning))?.matrix_id;

const addSnapshot = (trail: Trail, snapshot: Snapshot): Promise<void> =>
  trail.add(
    'snapshot',
    snapshot.snapshot_id,
    `as of ${snapshot.as_of.toISOString()}, load batch ${snapshot.load_watermark}`,
    snapshot.made_at,
  );

async function matrixSteps(trail: Trail, matrixId: string): Promise<void> {
  const { db } = trail;
  const { recipe, meta, ...matrix } = await db('ml.matrix').where({ matrix_id: matrixId }).first<Matrix>();
  const about = `${recipe.kind}, ${meta.rows} rows × ${meta.columns.length} columns`;
  await trail.add('matrix', matrix.matrix_id, about, matrix.made_at);
  if (matrix.snapshot_id)
    await addSnapshot(trail, await db('ml.snapshot').where({ snapshot_id: matrix.snapshot_id }).first<Snapshot>());
  else await trail.add('table', recipe.fileSha256 ?? '', recipe.fileName ?? 'table', undefined);
}
