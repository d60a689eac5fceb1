import { notFound } from '../../../domain/errors';
import { type Experiment, experimentSchema } from '../../../domain/schemas/experiment';
import { canonical, digestOf } from '../../artifacts/hash';
import { append } from '../../ledger/append';
import { auditContextOf } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';
import { toMirror } from './mirror-outbox';

/** Input of a run: its experiment and, for a prepared table, the stored file and its mapping. */
export interface RunInput {
  readonly experiment: Experiment;
  readonly table?: { readonly fileSha256: string; readonly fileName: string; readonly mapping: unknown };
}

export interface TrainingRun {
  readonly runId: string;
  readonly actionId: string;
  readonly input: RunInput;
  readonly slot: string;
  readonly state: 'running' | 'finished' | 'failed' | 'cancelled';
  readonly matrixId: string | undefined;
  readonly versionId: string | undefined;
  readonly problem: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
}

interface Row {
  run_id: string;
  action_id: string;
  experiment: RunInput;
  slot: string;
  state: TrainingRun['state'];
  matrix_id: string | null;
  version_id: string | null;
  problem: string | null;
  started_at: Date;
  ended_at: Date | null;
}

const toRun = (row: Row): TrainingRun => ({
  runId: row.run_id,
  actionId: row.action_id,
  input: { ...row.experiment, experiment: experimentSchema.parse(row.experiment.experiment) },
  slot: row.slot,
  state: row.state,
  matrixId: row.matrix_id ?? undefined,
  versionId: row.version_id ?? undefined,
  problem: row.problem ?? undefined,
  startedAt: row.started_at,
  endedAt: row.ended_at ?? undefined,
});

export async function insertRun(
  tx: Tx,
  run: { runId: string; actionId: string; input: RunInput; slot: string; at: Date },
): Promise<string> {
  const digest = digestOf(run.input);
  await tx.raw(
    `insert into ml.training_run (run_id, action_id, experiment, experiment_sha256, slot, state, started_at)
      values (?, ?, ?, ?, ?, 'running', ?)`,
    [run.runId, run.actionId, canonical(run.input), digest, run.slot, run.at],
  );
  return digest;
}

export async function getRun(db: Db | Tx, runId: string): Promise<TrainingRun> {
  const row = await db('ml.training_run').where({ run_id: runId }).first<Row | undefined>();
  if (!row) throw notFound(`there is no training run ${runId}`, 'List them with `utplukk run list`.');
  return toRun(row);
}

export async function listRuns(db: Db, limit = 50): Promise<TrainingRun[]> {
  const rows = await db('ml.training_run').orderBy('started_at', 'desc').limit(limit).select<Row[]>('*');
  return rows.map(toRun);
}

/** A page of runs, newest first, after the given one; of one state where it is named. */
export async function runPage(
  db: Db,
  {
    state,
    before,
    limit,
  }: {
    state?: TrainingRun['state'] | undefined;
    before?: readonly [at: string, id: string] | undefined;
    limit: number;
  },
): Promise<TrainingRun[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select * from ml.training_run
      where (?::text is null or state = ?)
        and (?::timestamptz is null or (started_at, run_id) < (?::timestamptz, ?::uuid))
      order by started_at desc, run_id desc limit ?`,
    [state ?? null, state ?? null, before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map(toRun);
}

/** The latest finished run of exactly this input, if there is one. */
export async function findFinishedRun(db: Db, input: RunInput): Promise<TrainingRun | undefined> {
  const row = await db('ml.training_run')
    .where({ experiment_sha256: digestOf(input), state: 'finished' })
    .orderBy('started_at', 'desc')
    .first<Row | undefined>();
  return row && toRun(row);
}

/** Issuer and subject of who started a run. */
export const trainerOf = (db: Db, run: Pick<TrainingRun, 'actionId'>): Promise<{ issuer: string; subject: string }> =>
  db('aud.action as a')
    .join('aud.principal as p', 'p.principal_id', 'a.principal_id')
    .where({ action_id: run.actionId })
    .first<{ issuer: string; subject: string }>('p.issuer', 'p.subject');

/** Closes a running run; a run that is closed already stays as it is. */
export async function closeRun(
  db: Db,
  run: TrainingRun,
  { state, problem, at }: { state: Exclude<TrainingRun['state'], 'running'>; problem?: string | undefined; at: Date },
): Promise<void> {
  await db.transaction(async (tx) => {
    const closed = await tx('ml.training_run')
      .where({ run_id: run.runId, state: 'running' })
      .update({ state, ended_at: at, problem: problem ?? null });
    if (closed === 0) return;
    await toMirror(tx, 'run', run.runId);
    await append(
      tx,
      await auditContextOf(tx, run.actionId),
      {
        event: `training-run.${state}`,
        subject: { kind: 'training-run', id: run.runId },
        ...(run.versionId ? { after: run.versionId } : {}),
      },
      at,
    );
  });
}
