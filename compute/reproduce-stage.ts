import type { ReproductionStage, StageKind, StageResult } from '../domain/reproduction';
import { mergeShards, type Policy, type Scores, selectionList } from '../models/selection/selection-list';
import { canonical, digestOf, sha256 } from '../platform/artifacts/hash';
import { evaluationDocumentOf } from '../platform/db/stores/evaluation';
import { getMatrix } from '../platform/db/stores/matrices';
import { manifestDigest } from '../platform/db/stores/reproduction';
import { getRun } from '../platform/db/stores/runs';
import { getScoringRun } from '../platform/db/stores/scoring';
import { type DraftedList, draftedList, listOfScoring } from '../platform/db/stores/selection';
import { foldResults } from '../platform/db/stores/training';
import { getVersion, type VersionBundle } from '../platform/db/stores/versions';
import { reproduceRegisterMatrix } from '../platform/matrices/register-matrix';
import type { MatrixRecipe } from '../platform/matrices/matrix-recipe';
import { reproduceTableMatrix } from '../platform/matrices/table-matrix';
import type { Manifest } from '../platform/snapshots/datasets';
import { rereadRegister } from '../platform/snapshots/extract';
import { redactedPartitions, redactionsOf } from '../platform/snapshots/manifests';
import { evaluateJob, finalJob, foldJob, type JobSources } from './job-inputs';
import type { ShardScores } from './jobs';
import { scoreJob } from './score-inputs';
import { spawnJob } from './spawn-job';

type Outcome = Omit<StageResult, 'stage' | 'id'>;
type Reproducer = (sources: JobSources, id: string, signal: AbortSignal) => Promise<Outcome>;

const SAME: Outcome = { same: true };
const different = (detail: string): Outcome => ({ same: false, detail });
const redactedAt = (partitions: readonly string[]) => different(`redacted at partition ${partitions.join(', ')}`);

const snapshot: Reproducer = async ({ db, store }, id) => {
  const recorded = store.getJson<Manifest>(await manifestDigest(db, id));
  const resolve = await redactionsOf(db);
  for (const partition of recorded.datasets.flatMap(({ partitions }) => partitions))
    await store.checkIntact(resolve(partition).file);
  const again = await rereadRegister({ db, store }, recorded);
  for (const [index, { name, partitions }] of recorded.datasets.entries()) {
    const hashes = new Map(
      again.datasets[index]!.partitions.map(({ partition, contentHash }) => [partition, contentHash]),
    );
    const other = partitions.find(({ partition, contentHash }) => hashes.get(partition) !== contentHash);
    if (!other) continue;
    const redacted = await redactedPartitions(db, store, id);
    return redacted.length > 0
      ? redactedAt(redacted)
      : different(`partition ${name} ${other.partition} holds other rows than when it was recorded`);
  }
  return SAME;
};

const matrix: Reproducer = async ({ db, store }, id) => {
  const { recipe, fileSha256 } = await getMatrix<MatrixRecipe>(db, id);
  await store.checkIntact(fileSha256);
  const isTable = recipe.kind === 'training-table' || recipe.kind === 'scoring-table';
  const found = isTable
    ? await reproduceTableMatrix(store, recipe)
    : await reproduceRegisterMatrix({ db, store }, recipe);
  if (found === id) return SAME;
  const redacted = isTable ? [] : await redactedPartitions(db, store, recipe.snapshotId);
  return redacted.length > 0 ? redactedAt(redacted) : different(`its rows have the hash ${found}`);
};

const model: Reproducer = async (sources, id, signal) => {
  const { runId, matrixId } = await getVersion(sources.db, id);
  const bundle = sources.store.getJson<VersionBundle>(id);
  const run = await getRun(sources.db, runId);
  const job = await finalJob(sources, run, matrixId, bundle.recipe.family, bundle.recipe.seed);
  const { result, runtime } = await spawnJob<'final'>(job, signal);
  const sameRuntime = canonical(runtime) === canonical(bundle.runtime);
  if (result.modelSha256 !== bundle.model) return { ...different('another model document'), sameRuntime };
  return result.weightsSha256 === bundle.weights
    ? { same: true, sameRuntime }
    : { ...different('other weights'), sameRuntime };
};

const folds: Reproducer = async (sources, id, signal) => {
  const run = await getRun(sources.db, id);
  for (const row of await foldResults(sources.db, id)) {
    const { populationMatrixId: populationId, nuisanceSha256 } = row.result;
    const family = row.family as VersionBundle['family'];
    const job = await foldJob(sources, run, { matrixId: run.matrixId!, fold: row.fold, family, populationId });
    const { result } = await spawnJob<'fold'>({ ...job, withNuisance: nuisanceSha256 !== undefined }, signal);
    const recorded = { ...result, ...(populationId ? { populationMatrixId: populationId } : {}) };
    if (digestOf(recorded) !== row.content_sha256)
      return different(`${row.fold} of ${row.family} gives another result`);
  }
  return SAME;
};

const evaluation: Reproducer = async (sources, id, signal) => {
  const recorded = await evaluationDocumentOf(sources.db, id);
  const run = await getRun(sources.db, id);
  const { result } = await spawnJob<'evaluate'>(await evaluateJob(sources, run, run.matrixId!), signal);
  return result.documentSha256 === recorded ? SAME : different('the evaluation document differs');
};

const scoringRun: Reproducer = async (sources, id, signal) => {
  const { store } = sources;
  const { versionId, matrixId, scoresSha256 } = await getScoringRun(sources.db, id);
  const bundle = store.getJson<VersionBundle>(versionId);
  const { result, runtime } = await spawnJob<'score'>(await scoreJob(sources, { versionId, matrixId }), signal);
  const again = mergeShards(bundle.calibrator, [store.getJson<ShardScores>(result.scoresSha256)]);
  if (sha256(canonical(again)) === scoresSha256) return SAME;
  const list = await listOfScoring(sources.db, id);
  return {
    ...different(difference(store.getJson<Scores>(scoresSha256), again, list)),
    sameRuntime: canonical(runtime) === canonical(bundle.runtime),
  };
};

const list: Reproducer = async ({ db, store }, id) => {
  const drafted = (await draftedList(db, id))!;
  const { scoresSha256 } = await getScoringRun(db, drafted.scoringId);
  const found = sha256(canonical(selectionList(store.getJson<Scores>(scoresSha256), drawOf(drafted)).document));
  return found === id ? SAME : different(`the list has the hash ${found}`);
};

const drawOf = ({ scoringId, capacity, seed, policy }: DraftedList) => ({
  scoringId,
  capacity,
  seed,
  policy: policy as Policy,
});

/** With another runtime scores differ in their last digits: what matters then is whether the list is the same. */
function difference(before: Scores, after: Scores, drafted: DraftedList | undefined): string {
  const scores = new Map(before.rows.map(({ entity, score }) => [entity, score]));
  const apart = Math.max(
    ...after.rows.map(({ entity, score }) => Math.abs(score - (scores.get(entity) ?? Number.POSITIVE_INFINITY))),
  );
  const distance = `scores are at most ${apart.toExponential(2)} apart`;
  if (!drafted) return distance;
  const selected = (of: Scores) =>
    selectionList(of, drawOf(drafted))
      .lines.filter((line) => line.selected)
      .map((line) => line.entity);
  const [old, now] = [selected(before), new Set(selected(after))];
  const kept = old.filter((entity) => now.has(entity)).length;
  if (kept === old.length) return `${distance}; the list is the same`;
  return `${distance}; ${kept} of ${old.length} on the list are the same`;
}

const REPRODUCERS: Readonly<Record<StageKind, Reproducer>> = {
  snapshot,
  matrix,
  model,
  folds,
  evaluation,
  'scoring-run': scoringRun,
  list,
};

/** Reproduces one stage from its stored inputs and compares the result with what was stored. */
export const reproduceStage = async (
  sources: JobSources,
  stage: ReproductionStage,
  signal: AbortSignal,
): Promise<StageResult> => ({ ...stage, ...(await REPRODUCERS[stage.stage](sources, stage.id, signal)) });
