import { conflict, UtplukkError } from '../domain/errors';
import { tableMappingSchema } from '../domain/schemas/table-mapping';
import type { EvaluationDocument } from '../domain/schemas/evaluation';
import { canonical, digestOf } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import { getRun } from '../platform/db/stores/runs';
import { storeStatement } from '../platform/signing/statement-store';
import { getVersion, type ModelVersion, type VersionBundle } from '../platform/db/stores/versions';
import { append } from '../platform/ledger/append';
import { readMatrix } from '../platform/matrices/read-matrix';
import { buildTableMatrix } from '../platform/matrices/table-matrix';
import { PREDICATE } from '../platform/signing/statements';
import { withHeartbeat } from './interceptors';
import type { FoldPredictions, ShardScores } from '../compute/jobs';
import { spawnJob } from '../compute/spawn-job';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { buildCases } from './runs';
import { scoreWith } from './scoring';
import { matrixFile } from '../compute/job-inputs';

/** Outcomes as they are known now, for a version that was trained on earlier ones. */
export function postDeploymentActivities(
  deps: ActivityDependencies,
): Pick<LifecycleActivities, 'buildNewOutcomesMatrix' | 'recordPostDeploymentEvaluation'> {
  const { db, store } = deps;
  return {
    buildNewOutcomesMatrix: ({ actionId, versionId, snapshotId, table }) =>
      withHeartbeat(async () => {
        const { runId } = await getVersion(db, versionId);
        const { input } = await getRun(db, runId);
        const trainedOn = input.table ? 'table' : 'register';
        if (trainedOn !== (table ? 'table' : 'register'))
          throw new UtplukkError(
            'InvalidInput',
            `version ${versionId.slice(0, 12)} was trained on a ${trainedOn}; it is followed up on one`,
            trainedOn === 'table'
              ? 'Give --table and --mapping with the newer outcomes.'
              : 'Leave --table and --mapping out.',
          );
        const audit = await auditContextOf(db, actionId);
        const matrix = table
          ? (
              await buildTableMatrix(deps, audit, {
                ...table,
                mapping: tableMappingSchema.parse(store.getJson(table.mappingSha256)),
              })
            ).matrix
          : await buildCases(deps, audit, {
              snapshotId: snapshotId!,
              minAmountNok: input.experiment.label.minAmountNok,
            });
        return { matrixId: matrix.matrixId, rows: matrix.meta.rows, positives: matrix.meta.positives };
      }),

    /** Twice: the same content has the same id, and one row. */
    async recordPostDeploymentEvaluation({ actionId, versionId, matrixId, asOf, documentSha256, rows, findings }) {
      const { slot } = await getVersion(db, versionId);
      const evaluationId = digestOf({ versionId, matrixId, documentSha256 });
      const { rows: figures } = store.getJson<EvaluationDocument>(documentSha256);
      const { family } = store.getJson<VersionBundle>(versionId);
      const own = figures.find(
        (row) => row.family === family && row.slice === 'all' && row.metric === 'average-precision',
      )!;
      const averagePrecision = { value: own.value, lo: own.lo, hi: own.hi };
      const { label_set_id: labelSetId } = await db('ml.matrix')
        .where({ matrix_id: matrixId })
        .first<{ label_set_id: string | null }>('label_set_id');
      const about = {
        slot,
        versionId,
        evaluationId,
        asOf: new Date(asOf).toISOString(),
        matrixId,
        labelSetId,
        documentSha256,
        rows,
        findings,
        averagePrecision,
      };
      const envelope = await deps.notary.postDeploymentEvaluation({ ...about, serviceToken: await deps.serviceToken() });
      await db.transaction(async (tx) => {
        const inserted = await tx.raw<{ rowCount: number }>(
          'insert into ml.post_deployment_evaluation (evaluation_id, version_id, matrix_id, as_of, document_sha256, rows, findings, action_id, made_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
          [evaluationId, versionId, matrixId, asOf, documentSha256, rows, findings, actionId, deps.clock()],
        );
        if (inserted.rowCount === 0) return;
        const audit = await auditContextOf(tx, actionId);
        await storeStatement(tx, {
          versionId,
          predicateType: PREDICATE.postDeploymentEvaluation,
          envelope,
          audit,
          at: deps.clock(),
        });
        await append(
          tx,
          audit,
          {
            event: 'version.followed-up',
            subject: { kind: 'post-deployment-evaluation', id: evaluationId },
            before: versionId,
            after: documentSha256,
          },
          deps.clock(),
        );
      });
      return { evaluationId };
    },
  };
}

/** Scores with the frozen model, judged against what the controls found since. */
export function postDeploymentComputeActivities(
  deps: ActivityDependencies,
): Pick<TrainingActivities, 'evaluateOnNewOutcomes'> {
  const { store } = deps;
  return {
    evaluateOnNewOutcomes: ({ versionId, matrixId }) =>
      withHeartbeat(async (signal) => {
        const version = await getVersion(deps.db, versionId);
        const { experiment } = (await getRun(deps.db, version.runId)).input;
        const bundle = store.getJson<VersionBundle>(versionId);
        const scores = store.getJson<ShardScores>(
          await scoreWith(deps, { versionId, matrixId, shard: 0, of: 1 }, signal),
        );
        const parts = await newSince(deps, version, matrixId, scores);
        const job = {
          kind: 'evaluate',
          matrix: await matrixFile(deps, matrixId, experiment),
          predictions: parts.map((part) => ({ family: version.family, sha256: store.put(canonical(part)) })),
          frozen: { [version.family]: bundle.calibrator },
          adjustFor: experiment.calibration.adjustFor,
          ks: experiment.evaluation.k,
          bootstrap: experiment.evaluation.bootstrap,
          seed: experiment.seed,
          storeRoot: store.root,
        } as const;
        const { result } = await spawnJob<'evaluate'>(job, signal);
        return { documentSha256: result.documentSha256, rows: result.testRows, findings: result.testPositives };
      }),
  };
}

/** Rows whose outcome the version did not know, by the half-year in which the control was opened. */
async function newSince(
  deps: ActivityDependencies,
  { versionId, matrixId: trainedOn, family }: ModelVersion,
  matrixId: string,
  scores: ShardScores,
): Promise<FoldPredictions[]> {
  const keys = async (id: string) => {
    const row = await deps.db('ml.matrix').where({ matrix_id: id }).first<{ file_sha256: string }>('file_sha256');
    return readMatrix(deps.store.existing(row.file_sha256), [], deps.store.temporary());
  };
  const [before, now] = [await keys(trainedOn), await keys(matrixId)];
  const learnt = new Set(before.rowId.filter((_, row) => before.labelKnownOn[row] !== undefined));
  const rows = now.rowId.flatMap((id, row) => (now.labelKnownOn[row] !== undefined && !learnt.has(id) ? [row] : []));
  if (rows.length === 0)
    throw new UtplukkError(
      'NoLabels',
      `no outcome became known that version ${versionId.slice(0, 12)} had not learnt`,
      'Load later outcomes, or choose a later as-of instant.',
    );
  if (!rows.some((row) => now.label[row] === 1))
    throw conflict(
      `none of the ${rows.length} outcomes that became known since is a finding, so no order can be judged`,
      'Wait for more outcomes.',
    );
  const halfYear = (row: number) =>
    `${now.asOf[row]!.slice(0, 4)}-${now.asOf[row]! < `${now.asOf[row]!.slice(0, 4)}-07` ? 'H1' : 'H2'}`;
  const byPart = new Map<string, number[]>();
  for (const row of rows) byPart.set(halfYear(row), [...(byPart.get(halfYear(row)) ?? []), row]);
  return [...byPart]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fold, own]) => ({
      fold,
      family,
      rowIds: own.map((row) => now.rowId[row]!),
      scores: own.map((row) => scores.scores[row]!),
      ...(scores.amountNok ? { amountNok: own.map((row) => scores.amountNok![row]!) } : {}),
    }));
}
