import { notFound } from '../../../domain/errors';
import type { Db } from '../../postgres/connection';

/** One step of the way back from a list line to the snapshot it came of. */
export interface LineageStep {
  readonly kind:
    'line' | 'list' | 'scoring-run' | 'decision' | 'model-version' | 'training-run' | 'matrix' | 'snapshot' | 'table';
  readonly id: string;
  readonly about: string;
  readonly at: string | undefined;
  /** Sequence numbers in the ledger that speak of it. */
  readonly ledger: readonly number[];
}

const HEX = /^[0-9a-f-]{6,64}$/;

/** Walks back from a list line (`<list>#<rank>`), list, scoring run, model version, training run, matrix or snapshot. */
export async function lineageOf(db: Db, given: string): Promise<LineageStep[]> {
  const [id = '', rank] = given.split('#');
  if (!HEX.test(id))
    throw notFound(
      `"${given}" is no id`,
      'Give at least six characters of a list, version, run, matrix or snapshot; a line is <list>#<rank>.',
    );
  const steps: LineageStep[] = [];
  const add = async (kind: LineageStep['kind'], stepId: string, about: string, at: Date | undefined) => {
    const ledgerKind = kind === 'line' ? 'list' : kind;
    const ledger = await db('aud.entry as e')
      .join('aud.chain as c', 'c.entry_id', 'e.entry_id')
      .where({ 'e.subject_kind': ledgerKind, 'e.subject_id': stepId })
      .orderBy('c.seq')
      .pluck<number[]>('c.seq');
    steps.push({ kind, id: stepId, about, at: at?.toISOString(), ledger });
  };
  const one = async <T>(table: string, column: string, value: string) =>
    db(table)
      .whereRaw('??::text like ?', [column, `${value}%`])
      .first<T | undefined>();

  const list = await one<{ list_id: string; scoring_id: string; capacity: number; drafted_at: Date }>(
    'sel.list',
    'list_id',
    id,
  );
  if (list && rank !== undefined) {
    const line = await db('sel.line')
      .where({ list_id: list.list_id, rank: Number(rank) })
      .first<{ entity: string; probability: number } | undefined>();
    if (!line) throw notFound(`list ${id} has no rank ${rank}`);
    steps.push({
      kind: 'line',
      id: `${list.list_id}#${rank}`,
      about: `${line.entity}, probability ${line.probability.toFixed(3)}`,
      at: undefined,
      ledger: [],
    });
  }
  if (list) await add('list', list.list_id, `capacity ${list.capacity}`, list.drafted_at);

  const scoring = list
    ? await one<Scoring>('sel.scoring_run', 'scoring_id', list.scoring_id)
    : await one<Scoring>('sel.scoring_run', 'scoring_id', id);
  if (scoring)
    await add(
      'scoring-run',
      scoring.scoring_id,
      `${scoring.rows} providers as of ${scoring.as_of.toISOString()}`,
      scoring.scored_at,
    );
  if (scoring) await matrixSteps(db, scoring.matrix_id, add);

  const version = await one<Version>('ml.model_version', 'version_id', scoring?.version_id ?? id);
  if (version) {
    await add('model-version', version.version_id, `${version.family} for ${version.slot}`, version.registered_at);
    const decisions = await db('ml.decision as d')
      .join('ml.promotion_request as r', 'r.request_id', 'd.request_id')
      .where({ 'r.version_id': version.version_id })
      .select<{ request_id: string; verdict: string; decided_at: Date }[]>('r.request_id', 'd.verdict', 'd.decided_at');
    for (const decision of decisions) {
      const seqs = await db('aud.entry as e')
        .join('aud.chain as c', 'c.entry_id', 'e.entry_id')
        .where({ 'e.subject_kind': 'promotion-request', 'e.subject_id': decision.request_id })
        .orderBy('c.seq')
        .pluck<number[]>('c.seq');
      steps.push({
        kind: 'decision',
        id: decision.request_id,
        about: decision.verdict,
        at: decision.decided_at.toISOString(),
        ledger: seqs,
      });
    }
  }
  const run = await one<{ run_id: string; started_at: Date; state: string; matrix_id: string | null }>(
    'ml.training_run',
    'run_id',
    version?.run_id ?? id,
  );
  if (run) await add('training-run', run.run_id, run.state, run.started_at);
  const matrixId = version?.matrix_id ?? run?.matrix_id ?? undefined;
  const direct =
    matrixId ??
    (steps.length === 0 ? (await one<{ matrix_id: string }>('ml.matrix', 'matrix_id', id))?.matrix_id : undefined);
  if (direct) await matrixSteps(db, direct, add);
  if (steps.length === 0) {
    const snapshot = await one<{ snapshot_id: string; as_of: Date; made_at: Date; load_watermark: number }>(
      'ml.snapshot',
      'snapshot_id',
      id,
    );
    if (!snapshot)
      throw notFound(
        `nothing recorded begins with ${id}`,
        'Give at least six characters of a list, version, run, matrix or snapshot.',
      );
    await add(
      'snapshot',
      snapshot.snapshot_id,
      `as of ${snapshot.as_of.toISOString()}, load batch ${snapshot.load_watermark}`,
      snapshot.made_at,
    );
  }
  return steps;
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

async function matrixSteps(
  db: Db,
  matrixId: string,
  add: (kind: LineageStep['kind'], id: string, about: string, at: Date | undefined) => Promise<void>,
): Promise<void> {
  const matrix = await db('ml.matrix').where({ matrix_id: matrixId }).first<{
    matrix_id: string;
    snapshot_id: string | null;
    recipe: { kind: string; fileSha256?: string; fileName?: string };
    meta: { rows: number; columns: unknown[] };
    made_at: Date;
  }>();
  await add(
    'matrix',
    matrix.matrix_id,
    `${matrix.recipe.kind}, ${matrix.meta.rows} rows × ${matrix.meta.columns.length} columns`,
    matrix.made_at,
  );
  if (!matrix.snapshot_id) {
    await add('table', matrix.recipe.fileSha256 ?? '', matrix.recipe.fileName ?? 'table', undefined);
    return;
  }
  const snapshot = await db('ml.snapshot')
    .where({ snapshot_id: matrix.snapshot_id })
    .first<{ snapshot_id: string; as_of: Date; made_at: Date; load_watermark: number }>();
  await add(
    'snapshot',
    snapshot.snapshot_id,
    `as of ${snapshot.as_of.toISOString()}, load batch ${snapshot.load_watermark}`,
    snapshot.made_at,
  );
}
