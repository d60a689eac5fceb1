import { conflict, UtplukkError } from '../domain/errors';
import { foldsOf } from '../domain/rules/training-splits';
import { tableMappingSchema } from '../domain/schemas/table-mapping';
import type { Calibrator, RankNormalizer, StoredCalibrator } from '../domain/schemas/calibration';
import { isLayered } from '../models/nn/trunk-and-head';
import type { StoredModel } from '../models/registered-model';
import { canonical } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import { codeIdentity } from '../platform/code-identity';
import { type AuditContext, append } from '../platform/ledger/append';
import { evaluationOf, foldResults, getRun, type TrainingRun } from '../platform/db/stores/runs';
import { statementsOf, storeStatement } from '../platform/signing/statement-store';
import { toMirror, type VersionBundle } from '../platform/db/stores/versions';
import { extractSnapshot } from '../platform/snapshots/extract';
import { buildRegisterMatrix, featureCode, type MatrixRef } from '../platform/matrices/register-matrix';
import type { Envelope } from '../platform/signing/dsse';
import { PREDICATE } from '../platform/signing/statements';
import { duckDbVersion } from '../platform/duckdb/version';
import { buildTableMatrix } from '../platform/matrices/table-matrix';
import { withHeartbeat } from './interceptors';
import type { FinalModel, LifecycleActivities, MatrixResult } from './contracts';
import type { ActivityDependencies } from './deps';
import { noteLabelRevisions } from './labels';
import { storeCard } from './model-card';
import { familyOf, finalPopulationMatrixId, matrixFile, settingsOf } from '../compute/job-inputs';

type RunActivities = Pick<
  LifecycleActivities,
  | 'planRun'
  | 'extractSnapshot'
  | 'buildCasesMatrix'
  | 'buildTableMatrix'
  | 'chooseCandidate'
  | 'registerVersion'
  | 'closeRun'
>;

const asResult = (matrix: MatrixRef): MatrixResult => ({
  matrixId: matrix.matrixId,
  rows: matrix.meta.rows,
  positives: matrix.meta.positives,
});
export const fitCode = () => codeIdentity('compute/run-job.ts');

/** Controls of a snapshot with what was known of their outcomes; versions that learnt otherwise are marked. */
export async function buildCases(
  deps: ActivityDependencies,
  audit: AuditContext,
  { snapshotId, minAmountNok }: { snapshotId: string; minAmountNok: number },
): Promise<MatrixRef> {
  const recipe = {
    kind: 'training',
    snapshotId,
    minAmountOre: minAmountNok * 100,
    code: featureCode(),
    engine: duckDbVersion(),
  } as const;
  const matrix = await buildRegisterMatrix(deps, audit, recipe);
  await noteLabelRevisions(deps, audit.actionId, matrix.matrixId, recipe);
  return matrix;
}

/** Steps of a training run that are not fits. */
export function runActivities(deps: ActivityDependencies): RunActivities {
  const { db, store } = deps;
  return {
    async planRun({ runId }) {
      const { experiment } = (await getRun(db, runId)).input;
      const asOf = experiment.source.kind === 'register' ? experiment.source.asOf : undefined;
      return {
        source: experiment.source.kind,
        asOf,
        folds: foldsOf(experiment.split),
        families: experiment.families.map((f) => f.family),
        population: experiment.evaluation.population,
        ...(experiment.tuning ? { tuning: experiment.tuning } : {}),
      };
    },

    /** Twice: the same manifest, the same id, no second entry. */
    extractSnapshot: ({ actionId, asOf }) =>
      withHeartbeat(async () => extractSnapshot({ db, store }, await auditContextOf(db, actionId), { asOf })),

    buildCasesMatrix: ({ runId, snapshotId }) =>
      withHeartbeat(async () => {
        const { actionId, input } = await getRun(db, runId);
        return asResult(
          await buildCases(deps, await auditContextOf(db, actionId), {
            snapshotId,
            minAmountNok: input.experiment.label.minAmountNok,
          }),
        );
      }),

    buildTableMatrix: ({ runId }) =>
      withHeartbeat(async () => {
        const run = await getRun(db, runId);
        const { table } = run.input;
        if (!table) throw new UtplukkError('InvalidInput', `run ${runId} has no table`);
        const load = await buildTableMatrix(deps, await auditContextOf(db, run.actionId), {
          ...table,
          mapping: tableMappingSchema.parse(table.mapping),
        });
        return asResult(load.matrix);
      }),

    async chooseCandidate({ runId }) {
      const { experiment } = (await getRun(db, runId)).input;
      if (experiment.selectFamily !== 'by-validation-loss')
        return { family: familyOf(experiment, experiment.selectFamily).family };
      const folds = await foldResults(db, runId);
      // Folds count by their rows: the first ones validate on a handful. The test part is never asked.
      const mean = (family: string) => {
        const own = folds.filter((row) => row.family === family);
        return (
          own.reduce((sum, row) => sum + row.result.validationLoss * row.result.trainRows, 0) /
          own.reduce((sum, row) => sum + row.result.trainRows, 0)
        );
      };
      // The experiment's order breaks ties.
      const [best] = experiment.families.map((f) => f.family).sort((a, b) => mean(a) - mean(b));
      return { family: best! };
    },

    async registerVersion({ runId, family, final }) {
      const run = await getRun(db, runId);
      const frozen = await bundleOf(deps, run, family, final);
      const nuisance = await usesNuisance(deps, run, frozen.use);
      const metrics = await evaluationOf(db, runId);
      const bundle: VersionBundle = { ...frozen, metrics, card: await storeCard(deps, run, frozen, nuisance) };
      const versionId = store.put(canonical(bundle));
      const selectable = !nuisance;
      const signed = await attest(deps, run, versionId, bundle);
      await db.transaction(async (tx) => {
        const inserted = await tx.raw<{ rowCount: number }>(
          'insert into ml.model_version (version_id, slot, family, run_id, matrix_id, recipe, selectable, registered_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
          [
            versionId,
            run.slot,
            family,
            runId,
            bundle.recipe.matrixId,
            canonical(bundle.recipe),
            selectable,
            deps.clock(),
          ],
        );
        const audit = await auditContextOf(tx, run.actionId);
        if (signed)
          await storeStatement(tx, {
            versionId,
            predicateType: PREDICATE.version,
            envelope: signed,
            audit,
            at: deps.clock(),
          });
        const linked = await tx('ml.training_run')
          .where({ run_id: runId })
          .whereNull('version_id')
          .update({ version_id: versionId });
        // The same content was registered before: by this run, or by an equal one whose version this run ends in too.
        if (inserted.rowCount === 0 && linked === 0 && !signed) return;
        if (inserted.rowCount === 1) await toMirror(tx, 'version', versionId);
        const done = inserted.rowCount === 1 ? 'model-version.registered' : 'model-version.found-again';
        await append(
          tx,
          audit,
          { event: done, subject: { kind: 'model-version', id: versionId }, after: versionId },
          deps.clock(),
        );
      });
      return { versionId };
    },

    async closeRun({ runId, state, problem }) {
      const run = await getRun(db, runId);
      await db.transaction(async (tx) => {
        const closed = await tx('ml.training_run')
          .where({ run_id: runId, state: 'running' })
          .update({ state, ended_at: deps.clock(), problem: problem ?? null });
        if (closed === 0) return;
        await toMirror(tx, 'run', runId);
        await append(
          tx,
          await auditContextOf(tx, run.actionId),
          {
            event: `training-run.${state}`,
            subject: { kind: 'training-run', id: runId },
            ...(run.versionId ? { after: run.versionId } : {}),
          },
          deps.clock(),
        );
      });
    },
  };
}

async function usesNuisance(deps: ActivityDependencies, run: TrainingRun, use: readonly string[]): Promise<boolean> {
  const { meta } = await matrixFile(deps, run.matrixId!, run.input.experiment);
  return meta.columns.some((column) => column.role === 'nuisance' && use.includes(column.name));
}

/** The notary's signature under the version, once; its statement names who trained, so that nobody approves their own. */
async function attest(
  deps: ActivityDependencies,
  run: TrainingRun,
  versionId: string,
  bundle: VersionBundle,
): Promise<Envelope | undefined> {
  if ((await statementsOf(deps.db, versionId, PREDICATE.version)).length > 0) return undefined;
  const trainer = await deps
    .db('aud.action as a')
    .join('aud.principal as p', 'p.principal_id', 'a.principal_id')
    .where({ action_id: run.actionId })
    .first<{ issuer: string; subject: string }>('p.issuer', 'p.subject');
  return deps.notary.version({
    slot: run.slot,
    versionId,
    runId: run.runId,
    trainer,
    recipe: bundle.recipe,
    engine: bundle.engine,
    serviceToken: await deps.serviceToken(),
  });
}

async function bundleOf(
  deps: ActivityDependencies,
  run: TrainingRun,
  family: VersionBundle['family'],
  final: FinalModel,
): Promise<Omit<VersionBundle, 'card' | 'metrics'>> {
  const { experiment } = run.input;
  if (!run.matrixId) throw conflict(`run ${run.runId} has no evaluated matrix yet`);
  const row = await deps
    .db('ml.training_run as r')
    .join('ml.matrix as m', 'm.matrix_id', 'r.matrix_id')
    .where({ run_id: run.runId })
    .first<{ calibrators: Record<string, Calibrator>; recipe: unknown }>('r.calibrators', 'm.recipe');
  const { use } = await matrixFile(deps, run.matrixId, experiment);
  const population = await finalPopulationMatrixId(deps, run);
  const { rankNormalizer } = deps.store.getJson<StoredModel>(final.modelSha256);
  return {
    format: 1,
    slot: run.slot,
    family,
    model: final.modelSha256,
    weights: final.weightsSha256,
    calibrator: calibratorOf(row.calibrators[family] ?? { kind: 'platt', a: 1, b: 0 }, rankNormalizer),
    use,
    ...(experiment.expectedAmount === 'rank' ? { ranking: 'expected-amount' as const } : {}),
    recipe: {
      matrixId: run.matrixId,
      matrixRecipe: row.recipe,
      family: await settingsOf(deps, run, family),
      seed: experiment.seed,
      split: experiment.split,
      ...(population && experiment.puBagging ? { puBagging: { ...experiment.puBagging, matrixId: population } } : {}),
      ...(population && experiment.pretrain && isLayered(family)
        ? { pretrained: { on: experiment.pretrain, matrixId: population } }
        : {}),
      ...(population && rankNormalizer ? { rankNormalizer: { matrixId: population } } : {}),
      code: fitCode(),
    },
    engine: deps.store.getJson<Record<string, string>>(final.engineSha256),
  };
}

/** A calibrator that was fitted on standings speaks of the version's scores by the version's own standing. */
function calibratorOf(
  { calibrationInput, ...calibrator }: Calibrator,
  rankNormalizer: RankNormalizer | undefined,
): StoredCalibrator {
  if (calibrationInput === undefined) return calibrator;
  if (!rankNormalizer)
    throw conflict('its probabilities are read from standings, but the fitted model carries none', 'Train again.');
  return { ...calibrator, rankNormalizer };
}
