import { policyOf, type Scores, selectionList } from '../models/selection/selection-list';
import { canonical } from '../platform/artifacts/hash';
import { getScoringRun } from '../platform/db/stores/scoring';
import { expireDraft, listOfScoring, listState, recordDraft } from '../platform/db/stores/selection';
import type { VersionBundle } from '../platform/db/stores/versions';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

const DAY_MS = 86_400_000;

/** Selection lists: one draft for a scoring run, then the sign-offs that people give it. */
export function selectionActivities({
  db,
  store,
  clock,
}: ActivityDependencies): Pick<LifecycleActivities, 'draftList' | 'countSignOffs' | 'expireList'> {
  return {
    /** A scoring run that has its list keeps it. */
    async draftList({ actionId, scoringId, capacity, seed, openDays }) {
      const { slot, asOf, versionId, scoresSha256 } = await getScoringRun(db, scoringId);
      const drafted = await listOfScoring(db, scoringId);
      if (drafted) return { listId: drafted.listId, openForMs: drafted.expiresAt.getTime() - clock().getTime() };
      const draw = { scoringId, capacity, seed, policy: policyOf(store.getJson<VersionBundle>(versionId)) };
      const { document, lines } = selectionList(store.getJson<Scores>(scoresSha256), draw);
      const listId = store.put(canonical(document));
      const at = clock();
      const expiresAt = new Date(at.getTime() + openDays * DAY_MS);
      await recordDraft(db, { ...draw, listId, actionId, slot, asOf, expiresAt, lines, at });
      return { listId, openForMs: expiresAt.getTime() - clock().getTime() };
    },

    countSignOffs: ({ listId }) => listState(db, listId),

    expireList: async ({ listId }) => ({ state: await expireDraft(db, listId, clock()) }),
  };
}
