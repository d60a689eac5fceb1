import { type LiveAt, namesOf } from '../../../platform/db/read-models/live-at';
import { namesByAction } from '../../../platform/db/read-models/principals';
import { championOf } from '../../../platform/db/stores/champions';
import type { PromotionRequest } from '../../../platform/db/stores/promotions';
import type { TrainingRun } from '../../../platform/db/stores/runs';
import type { ModelVersion } from '../../../platform/db/stores/versions';
import type { Db } from '../../../platform/postgres/connection';

export async function presentRuns(db: Db, runs: readonly TrainingRun[]) {
  const names = await namesByAction(
    db,
    runs.map((run) => run.actionId),
  );
  return runs.map((run) => ({
    runId: run.runId,
    name: run.input.experiment.name,
    slot: run.slot,
    state: run.state,
    families: run.input.experiment.families.map(({ family }) => family),
    matrixId: run.matrixId ?? null,
    versionId: run.versionId ?? null,
    problem: run.problem ?? null,
    startedBy: names.get(run.actionId) ?? null,
    startedAt: run.startedAt,
    endedAt: run.endedAt ?? null,
  }));
}

/** Versions, each with whether it is live in its slot. */
export async function presentVersions(db: Db, versions: readonly ModelVersion[]) {
  const slots = [...new Set(versions.map(({ slot }) => slot))];
  const champions = new Map(
    await Promise.all(slots.map(async (slot) => [slot, (await championOf(db, slot))?.versionId] as const)),
  );
  return versions.map((version) => ({ ...version, live: champions.get(version.slot) === version.versionId }));
}

/** Promotion requests, each with why the caller may not approve it. */
export async function presentRequests(
  db: Db,
  requests: readonly { request: PromotionRequest; problem: string | undefined }[],
) {
  const names = await namesOf(
    db,
    requests.flatMap(({ request }) => [request.requester, request.trainer]),
  );
  return requests.map(({ request, problem }) => ({
    requestId: request.requestId,
    versionId: request.versionId,
    slot: request.slot,
    state: request.state,
    requestedBy: names.get(request.requester) ?? null,
    trainedBy: names.get(request.trainer) ?? null,
    requestedAt: request.requestedAt,
    expiresAt: request.expiresAt,
    problem: problem ?? null,
  }));
}

/** Live versions with the names of the people who trained, requested and decided. */
export async function presentLive<L extends LiveAt>(db: Db, rows: readonly L[]) {
  const names = await namesOf(
    db,
    rows.flatMap((row) => [row.trainedBy, row.requestedBy, row.decidedBy]),
  );
  const name = (principal: string) => names.get(principal) ?? null;
  return rows.map((row) => ({
    ...row,
    liveUntil: row.liveUntil ?? null,
    snapshotId: row.snapshotId ?? null,
    code: row.code ?? null,
    trainedBy: name(row.trainedBy),
    requestedBy: name(row.requestedBy),
    decidedBy: name(row.decidedBy),
  }));
}
