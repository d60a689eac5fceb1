import { notFound, UtplukkError } from '../domain/errors';
import { canonical, digestOf, sha256 } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import { foldResults, getRun } from '../platform/db/stores/runs';
import { getVersion, type VersionBundle } from '../platform/db/stores/versions';
import { append } from '../platform/ledger/append';
import type { Manifest } from '../platform/snapshots/datasets';
import { rereadRegister } from '../platform/snapshots/extract';
import { redactedPartitions, redactionsOf } from '../platform/snapshots/manifests';
import { type MatrixRecipe, reproduceRegisterMatrix } from '../platform/matrices/register-matrix';
import { reproduceTableMatrix } from '../platform/matrices/table-matrix';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { withHeartbeat } from './interceptors';
import type { ShardScores } from '../compute/jobs';
import { spawnJob } from '../compute/spawn-job';
import type { LifecycleActivities, ReproductionStage, StageResult, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { listDocument, type Policy, type Scores, scoresOf } from './selection';
import { evaluateJob, finalJob, foldJob } from '../compute/job-inputs';

/** What a thing was made of, and what came of making it again. */
export function reproductionPlanActivities(
  deps: ActivityDependencies,
): Pick<LifecycleActivities, 'planReproduction' | 'recordReproduction'> {
  const { db } = deps;
  return {
    async planReproduction({ kind, id }) {
      const ids = kind === 'live' ? await liveVersions(deps) : [id];
      const stages: ReproductionStage[] = [];
      for (const one of ids) stages.push(...(await PLANS[kind === 'live' ? 'model' : kind](deps, one)));
      const seen = new Set<string>();
      return {
        stages: stages.filter(({ stage, id: of }) => !seen.has(`${stage} ${of}`) && seen.add(`${stage} ${of}`)),
      };
    },

    /** Twice: the action has its entry. */
    async recordReproduction({ actionId, kind, id, results }) {
      const event = results.every(({ same }) => same) ? 'reproduction.same' : 'reproduction.different';
      await db.transaction(async (tx) => {
        const done = await tx('aud.entry').where({ event, action_id: actionId }).first<object | undefined>();
        if (done) return;
        await append(
          tx,
          await auditContextOf(tx, actionId),
          { event, subject: { kind, id: id || 'live' }, after: digestOf(results) },
          deps.clock(),
        );
      });
    },
  };
}

const liveVersions = async ({ db }: ActivityDependencies): Promise<string[]> => {
  const { rows } = await db.raw<{ rows: { version_id: string }[] }>(
    'select distinct on (slot) version_id from ml.champion order by slot, seq desc',
  );
  return rows.map((row) => row.version_id);
};

type Planner = (deps: ActivityDependencies, id: string) => Promise<ReproductionStage[]>;

async function one<T>({ db }: ActivityDependencies, table: string, column: string, id: string): Promise<T> {
  const rows = /^[0-9a-f-]{6,64}$/.test(id)
    ? await db(table)
        .whereRaw('??::text like ?', [column, `${id}%`])
        .limit(2)
    : [];
  if (rows.length !== 1)
    throw notFound(`${rows.length ? 'several rows' : 'nothing'} in ${table} begin${rows.length ? '' : 's'} with ${id}`);
  return rows[0] as T;
}

const ofMatrix: Planner = async (deps, id) => {
  const { matrix_id, snapshot_id } = await one<{ matrix_id: string; snapshot_id: string | null }>(
    deps,
    'ml.matrix',
    'matrix_id',
    id,
  );
  return [
    ...(snapshot_id ? [{ stage: 'snapshot' as const, id: snapshot_id }] : []),
    { stage: 'matrix', id: matrix_id },
  ];
};
const ofVersion: Planner = async (deps, id) => {
  const { versionId, matrixId } = await getVersion(deps.db, id);
  const { puBagging, pretrained, rankNormalizer } = deps.store.getJson<VersionBundle>(versionId).recipe;
  const others = puBagging ?? pretrained ?? rankNormalizer;
  const population = others ? await ofMatrix(deps, others.matrixId) : [];
  return [...(await ofMatrix(deps, matrixId)), ...population, { stage: 'model', id: versionId }];
};
const ofScoring: Planner = async (deps, id) => {
  const row = await one<{ scoring_id: string; version_id: string; matrix_id: string }>(
    deps,
    'sel.scoring_run',
    'scoring_id',
    id,
  );
  const before = [...(await ofVersion(deps, row.version_id)), ...(await ofMatrix(deps, row.matrix_id))];
  return [...before, { stage: 'scoring-run', id: row.scoring_id }];
};
const PLANS: Record<'snapshot' | 'matrix' | 'model' | 'evaluation' | 'scoring-run' | 'list', Planner> = {
  snapshot: async (deps, id) => [
    { stage: 'snapshot', id: (await one<{ snapshot_id: string }>(deps, 'ml.snapshot', 'snapshot_id', id)).snapshot_id },
  ],
  matrix: ofMatrix,
  model: ofVersion,
  evaluation: async (deps, id) => {
    const { run_id, matrix_id } = await one<{ run_id: string; matrix_id: string | null }>(
      deps,
      'ml.training_run',
      'run_id',
      id,
    );
    if (!matrix_id) throw notFound(`run ${run_id} was not evaluated`);
    return [...(await ofMatrix(deps, matrix_id)), { stage: 'folds', id: run_id }, { stage: 'evaluation', id: run_id }];
  },
  'scoring-run': ofScoring,
  list: async (deps, id) => {
    const row = await one<{ list_id: string; scoring_id: string }>(deps, 'sel.list', 'list_id', id);
    return [...(await ofScoring(deps, row.scoring_id)), { stage: 'list', id: row.list_id }];
  },
};

/** One step again, on the queue of computing. */
export function reproductionStageActivities(deps: ActivityDependencies): Pick<TrainingActivities, 'reproduceStage'> {
  return {
    reproduceStage: (stage) =>
      withHeartbeat(async (signal) => {
        try {
          return { ...stage, ...(await STAGES[stage.stage](deps, stage.id, signal)) };
        } catch (error) {
          // Bytes that are not what their name says, or gone: that is an answer, not a failure.
          if (error instanceof UtplukkError && (error.type === 'ContentMismatch' || error.type === 'NotFound'))
            return { ...stage, same: false, detail: error.message };
          throw error;
        }
      }),
  };
}

type Reproducer = (
  deps: ActivityDependencies,
  id: string,
  signal: AbortSignal,
) => Promise<Omit<StageResult, 'stage' | 'id'>>;

const STAGES: Record<ReproductionStage['stage'], Reproducer> = {
  async snapshot({ db, store }, id) {
    const row = await db('ml.snapshot').where({ snapshot_id: id }).first<{ manifest_sha256: string }>();
    const approved = store.getJson<Manifest>(row.manifest_sha256);
    const resolve = await redactionsOf(db);
    for (const part of approved.datasets.flatMap(({ parts }) => parts)) await store.checkIntact(resolve(part).file);
    const again = await rereadRegister({ db, store }, approved);
    for (const [index, { name, parts }] of approved.datasets.entries()) {
      const now = new Map(again.datasets[index]!.parts.map(({ part, logical }) => [part, logical]));
      const other = parts.find(({ part, logical }) => now.get(part) !== logical);
      if (!other) continue;
      const redacted = await redactedPartitions(db, store, id);
      if (redacted.length > 0) return { same: false, detail: `redacted at partition ${redacted.join(', ')}` };
      return { same: false, detail: `partition ${name} ${other.part} holds other rows than when it was sealed` };
    }
    return { same: true };
  },

  async matrix({ db, store }, id) {
    const { recipe, file_sha256: file } = await db('ml.matrix')
      .where({ matrix_id: id })
      .first<{ recipe: MatrixRecipe; file_sha256: string }>();
    await store.checkIntact(file);
    const isTable = recipe.kind === 'training-table' || recipe.kind === 'scoring-table';
    const found = isTable
      ? await reproduceTableMatrix(store, recipe)
      : await reproduceRegisterMatrix({ db, store }, recipe);
    if (found === id) return { same: true };
    const redacted = isTable ? [] : await redactedPartitions(db, store, recipe.snapshotId);
    return {
      same: false,
      detail: redacted.length > 0 ? `redacted at partition ${redacted.join(', ')}` : `its rows have the hash ${found}`,
    };
  },

  async model(deps, id, signal) {
    const { store } = deps;
    const { runId, matrixId } = await getVersion(deps.db, id);
    const bundle = store.getJson<VersionBundle>(id);
    const job = await finalJob(deps, await getRun(deps.db, runId), matrixId, bundle.recipe.family, bundle.recipe.seed);
    const { result, engine } = await spawnJob<'final'>(job, signal);
    const sameEngine = canonical(engine) === canonical(bundle.engine);
    if (result.modelSha256 === bundle.model && result.weightsSha256 === bundle.weights)
      return { same: true, sameEngine };
    return {
      same: false,
      sameEngine,
      detail: result.modelSha256 === bundle.model ? 'other weights' : 'another model document',
    };
  },

  async folds(deps, id, signal) {
    const run = await getRun(deps.db, id);
    for (const row of await foldResults(deps.db, id)) {
      const { populationMatrixId, nuisanceSha256 } = row.result;
      const job = await foldJob(deps, run, {
        matrixId: run.matrixId!,
        fold: row.fold,
        family: row.family as VersionBundle['family'],
        populationId: populationMatrixId,
      });
      // As it was asked for then: experiments have learnt to ask for more since.
      const { result } = await spawnJob<'fold'>({ ...job, withNuisance: nuisanceSha256 !== undefined }, signal);
      if (digestOf({ ...result, ...(populationMatrixId ? { populationMatrixId } : {}) }) !== row.content_sha256)
        return { same: false, detail: `${row.fold} of ${row.family} gives another result` };
    }
    return { same: true };
  },

  async evaluation(deps, id, signal) {
    const row = await deps
      .db('ml.training_run')
      .where({ run_id: id })
      .first<{ matrix_id: string; evaluation_sha256: string }>();
    const job = await evaluateJob(deps, await getRun(deps.db, id), row.matrix_id);
    const { result } = await spawnJob<'evaluate'>(job, signal);
    return result.documentSha256 === row.evaluation_sha256
      ? { same: true }
      : { same: false, detail: 'the evaluation document differs' };
  },

  async 'scoring-run'(deps, id, signal) {
    const { db, store } = deps;
    const row = await db('sel.scoring_run')
      .where({ scoring_id: id })
      .first<{ version_id: string; matrix_id: string; scores_sha256: string }>();
    const bundle = store.getJson<VersionBundle>(row.version_id);
    const matrix = await db('ml.matrix')
      .where({ matrix_id: row.matrix_id })
      .first<{ file_sha256: string; meta: MatrixMeta }>();
    const { result, engine } = await spawnJob<'score'>(
      {
        kind: 'score',
        matrix: { file: store.existing(matrix.file_sha256), meta: matrix.meta, use: bundle.use },
        modelSha256: bundle.model,
        weightsSha256: bundle.weights,
        shard: { index: 0, of: 1 },
        storeRoot: store.root,
      },
      signal,
    );
    const again = scoresOf(bundle.calibrator, [store.getJson<ShardScores>(result.scoresSha256)]);
    if (sha256(canonical(again)) === row.scores_sha256) return { same: true };
    const before = store.getJson<Scores>(row.scores_sha256);
    return {
      same: false,
      sameEngine: canonical(engine) === canonical(bundle.engine),
      detail: await howFarApart(deps, id, before, again),
    };
  },

  async list({ db, store }, id) {
    const row = await db('sel.list')
      .where({ list_id: id })
      .first<{ scoring_id: string; capacity: number; seed: number; policy: Policy }>();
    const scoring = await db('sel.scoring_run')
      .where({ scoring_id: row.scoring_id })
      .first<{ scores_sha256: string }>();
    const scores = store.getJson<Scores>(scoring.scores_sha256);
    const { text } = listDocument(scores, {
      scoringId: row.scoring_id,
      capacity: row.capacity,
      seed: row.seed,
      policy: row.policy,
    });
    return sha256(text) === id ? { same: true } : { same: false, detail: `the list has the hash ${sha256(text)}` };
  },
};

/** On another engine scores differ in their last digits: what matters then is whether the list is the same. */
async function howFarApart(
  { db }: ActivityDependencies,
  scoringId: string,
  before: Scores,
  after: Scores,
): Promise<string> {
  const scores = new Map(before.rows.map(({ entity, score }) => [entity, score]));
  const apart = Math.max(
    ...after.rows.map(({ entity, score }) => Math.abs(score - (scores.get(entity) ?? Number.POSITIVE_INFINITY))),
  );
  const list = await db('sel.list')
    .where({ scoring_id: scoringId })
    .first<{ capacity: number; seed: number; policy: Policy } | undefined>();
  if (!list) return `scores are at most ${apart.toExponential(2)} apart`;
  const chosen = (of: Scores) =>
    listDocument(of, { scoringId, ...list })
      .lines.filter((line) => line.selected)
      .map((line) => line.entity);
  const [old, now] = [chosen(before), new Set(chosen(after))];
  const kept = old.filter((entity) => now.has(entity)).length;
  return `scores are at most ${apart.toExponential(2)} apart; ${kept === old.length ? 'the list is the same' : `${kept} of ${old.length} on the list are the same`}`;
}
