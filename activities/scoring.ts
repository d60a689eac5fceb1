import { civilTime } from '../domain/time/civil-time';
import { tableMappingSchema } from '../domain/schemas/table-mapping';
import { buildTablePopulation } from '../platform/matrices/table-matrix';
import { conflict, UtplukkError } from '../domain/errors';
import { canonical, digestOf } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { getVersion, type VersionBundle } from '../platform/db/stores/versions';
import { append } from '../platform/ledger/append';
import { verifiedChampion } from '../platform/db/verified-champion';
import { buildRegisterMatrix, featureCode } from '../platform/matrices/register-matrix';
import { duckDbVersion } from '../platform/duckdb/version';
import { withHeartbeat } from './interceptors';
import type { ShardScores } from '../compute/jobs';
import { spawnJob } from '../compute/spawn-job';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { scoresOf } from './selection';

type ScoringActivities = Pick<
  LifecycleActivities,
  'startScheduledAction' | 'findChampion' | 'buildPopulationMatrix' | 'buildTablePopulation' | 'recordScoring'
>;

export function scoringActivities(deps: ActivityDependencies): ScoringActivities {
  const { db, store } = deps;
  return {
    async startScheduledAction({ slot, asOf }) {
      return { actionId: (await deps.startServiceAction(`scheduled rescoring of ${slot} as of ${asOf}`)).actionId };
    },

    async findChampion({ slot }) {
      const { versionId } = await verifiedChampion({ db, store, trust: deps.trust() }, slot, deps.clock());
      return { versionId };
    },

    buildPopulationMatrix: ({ actionId, snapshotId, asOf }) =>
      withHeartbeat(async () => {
        const recipe = {
          kind: 'scoring',
          snapshotId,
          asOf: new Date(asOf).toISOString(),
          code: featureCode(),
          engine: duckDbVersion(),
        } as const;
        const matrix = await buildRegisterMatrix(deps, await auditContextOf(db, actionId), recipe);
        return { matrixId: matrix.matrixId, rows: matrix.meta.rows, positives: 0 };
      }),

    buildTablePopulation: ({ actionId, asOf, table }) =>
      withHeartbeat(async () => {
        const mapping = tableMappingSchema.parse(store.getJson(table.mappingSha256));
        const from = civilTime(Date.parse(asOf)).day;
        const matrix = await buildTablePopulation(deps, await auditContextOf(db, actionId), {
          ...table,
          mapping,
          from,
        });
        return { matrixId: matrix.matrixId, rows: matrix.meta.rows, positives: 0 };
      }),

    /** Puts the shards together in the order of entities; twice, the same scores have the same id. */
    async recordScoring({ actionId, slot, versionId, matrixId, asOf, shards }) {
      const live = await verifiedChampion({ db, store, trust: deps.trust() }, slot, deps.clock());
      if (live.versionId !== versionId)
        throw conflict(
          `version ${versionId.slice(0, 12)} was replaced while it scored ${slot}`,
          'Rescore again: the new champion scores.',
        );
      const bundle = store.getJson<VersionBundle>(versionId);
      const parts = shards.map((sha) => store.getJson<ShardScores>(sha));
      const scores = scoresOf(bundle.calibrator, parts);
      const { rows } = scores;
      const scoresSha256 = store.put(canonical(scores));
      const scoringId = digestOf({ slot, versionId, matrixId, scoresSha256 });
      await db.transaction(async (tx) => {
        const inserted = await tx.raw<{ rowCount: number }>(
          'insert into sel.scoring_run (scoring_id, slot, version_id, matrix_id, as_of, scores_sha256, rows, action_id, scored_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
          [scoringId, slot, versionId, matrixId, asOf, scoresSha256, rows.length, actionId, deps.clock()],
        );
        if (inserted.rowCount === 0) return;
        await append(
          tx,
          await auditContextOf(tx, actionId),
          {
            event: 'scoring-run.recorded',
            subject: { kind: 'scoring-run', id: scoringId },
            after: scoringId,
            rows: { count: rows.length, root: scoresSha256 },
          },
          deps.clock(),
        );
      });
      return { scoringId, rows: rows.length };
    },
  };
}

/** One shard of the population, scored in a child process. */
export function shardActivities(deps: ActivityDependencies): Pick<TrainingActivities, 'scoreShard'> {
  return {
    scoreShard: (task) => withHeartbeat(async (signal) => ({ scoresSha256: await scoreWith(deps, task, signal) })),
  };
}

/** Content of the scores that a frozen version gives the rows of a matrix, or of one shard of it. */
export async function scoreWith(
  { db, store }: ActivityDependencies,
  { versionId, matrixId, shard, of }: Parameters<TrainingActivities['scoreShard']>[0],
  signal: AbortSignal,
): Promise<string> {
  await getVersion(db, versionId);
  const bundle = store.getJson<VersionBundle>(versionId); // checks the bytes against the version's id
  const row = await db('ml.matrix').where({ matrix_id: matrixId }).first<{ file_sha256: string; meta: MatrixMeta }>();
  const missing = bundle.use.filter((name) => !row.meta.columns.some((column) => column.name === name));
  if (missing.length > 0)
    throw new UtplukkError(
      'InvalidInput',
      `the population lacks the columns ${missing.join(', ')} that version ${versionId.slice(0, 12)} needs`,
      'A version trained on a prepared table scores tables only; register rescoring needs one trained on the register.',
    );
  const matrix = { file: store.existing(row.file_sha256), meta: row.meta, use: bundle.use };
  const job = {
    kind: 'score',
    matrix,
    modelSha256: bundle.model,
    weightsSha256: bundle.weights,
    shard: { index: shard, of },
    storeRoot: store.root,
  } as const;
  return (await spawnJob<'score'>(job, signal)).result.scoresSha256;
}
