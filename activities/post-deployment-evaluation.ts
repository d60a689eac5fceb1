import { matrixFile } from '../compute/job-inputs';
import type { ShardScores } from '../compute/jobs';
import { newOutcomePredictions } from '../compute/new-outcomes';
import { scoreJob } from '../compute/score-inputs';
import { spawnJob } from '../compute/spawn-job';
import { type Estimate, type EvaluationDocument, hasValue } from '../domain/schemas/evaluation';
import { canonical, digestOf } from '../platform/artifacts/hash';
import { getMatrix } from '../platform/db/stores/matrices';
import { recordPostDeploymentEvaluation } from '../platform/db/stores/post-deployment-evaluation';
import { getRun } from '../platform/db/stores/runs';
import { getVersion, type VersionBundle } from '../platform/db/stores/versions';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** Scores the rows whose outcome a frozen version did not know, and evaluates it on them with its frozen calibrator. */
export const postDeploymentComputeActivities = (
  deps: ActivityDependencies,
): Pick<TrainingActivities, 'evaluateOnNewOutcomes'> => ({
  evaluateOnNewOutcomes: ({ versionId, matrixId }) =>
    withHeartbeat(async (signal) => {
      const { db, store } = deps;
      const version = await getVersion(db, versionId);
      const { experiment } = (await getRun(db, version.runId)).input;
      const { calibrator } = store.getJson<VersionBundle>(versionId);
      const scored = await spawnJob<'score'>(await scoreJob(deps, { versionId, matrixId }), signal);
      const scores = store.getJson<ShardScores>(scored.result.scoresSha256);
      const folds = await newOutcomePredictions(deps, version, matrixId, scores);
      const job = {
        kind: 'evaluate',
        matrix: await matrixFile(deps, matrixId, experiment),
        predictions: folds.map((fold) => ({ family: version.family, sha256: store.put(canonical(fold)) })),
        frozen: { [version.family]: calibrator },
        adjustFor: experiment.calibration.adjustFor,
        ks: experiment.evaluation.k,
        bootstrap: experiment.evaluation.bootstrap,
        seed: experiment.seed,
        storeRoot: store.root,
      } as const;
      const { result } = await spawnJob<'evaluate'>(job, signal);
      return { documentSha256: result.documentSha256, rows: result.testRows, findings: result.testPositives };
    }),
});

const pick = ({ value, lo, hi }: Estimate) => ({ value, lo, hi });

/** Has the notary sign the evaluation and records it. Equal content has an equal id, and one row. */
export const postDeploymentActivities = (
  deps: ActivityDependencies,
): Pick<LifecycleActivities, 'recordPostDeploymentEvaluation'> => ({
  async recordPostDeploymentEvaluation({ actionId, versionId, matrixId, asOf, documentSha256, rows, findings }) {
    const { db, store, notary } = deps;
    const { slot, family } = await getVersion(db, versionId);
    const evaluationId = digestOf({ versionId, matrixId, documentSha256 });
    const { rows: metrics } = store.getJson<EvaluationDocument>(documentSha256);
    const precision = metrics.find(
      (row) => row.family === family && row.slice === 'all' && row.metric === 'average-precision',
    )!;
    const statement = await notary.postDeploymentEvaluation({
      slot,
      versionId,
      evaluationId,
      asOf: new Date(asOf).toISOString(),
      matrixId,
      labelSetId: (await getMatrix(db, matrixId)).labelSetId ?? null,
      documentSha256,
      rows,
      findings,
      averagePrecision: hasValue(precision) ? pick(precision) : null,
      serviceToken: await deps.serviceToken(),
    });
    await recordPostDeploymentEvaluation(db, {
      actionId,
      evaluationId,
      versionId,
      matrixId,
      asOf,
      documentSha256,
      rows,
      findings,
      statement,
      at: deps.clock(),
    });
    return { evaluationId };
  },
});
