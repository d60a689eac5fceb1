import type { ApiDeps } from '../deps';
import { namesOf } from '../../../platform/db/read-models/live-at';
import type { PromotionRequest } from '../../../platform/db/stores/promotions';
import type { TrainingRun } from '../../../platform/db/stores/runs';
import { championOf, type ModelVersion } from '../../../platform/db/stores/versions';

/** Principals of actions by name, for pages that say who did what. */
export async function actors(db: ApiDeps['db'], actionIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db('aud.action as a')
    .join('aud.principal as p', 'p.principal_id', 'a.principal_id')
    .whereIn('a.action_id', [...new Set(actionIds)])
    .select<{ action_id: string; subject: string }[]>('a.action_id', 'p.subject');
  return new Map(rows.map((row) => [row.action_id, row.subject]));
}

export async function runsInWords(db: ApiDeps['db'], runs: readonly TrainingRun[]) {
  const names = await actors(
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

export async function versionsInWords(db: ApiDeps['db'], versions: readonly ModelVersion[]) {
  const champions = new Map(
    await Promise.all(
      [...new Set(versions.map(({ slot }) => slot))].map(
        async (slot) => [slot, (await championOf(db, slot))?.versionId] as const,
      ),
    ),
  );
  return versions.map((version) => ({ ...version, live: champions.get(version.slot) === version.versionId }));
}

export async function requestsInWords(
  db: ApiDeps['db'],
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
