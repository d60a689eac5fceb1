import { z } from 'zod';
import { overviewOf } from '../../../application/overview';
import { liveAt } from '../../../platform/db/read-models/live-at';
import { readCheckpoint } from '../../../platform/ledger/checkpointer';
import { route } from '../http/route';
import { presentLive, presentRequests, presentRuns } from './presenters';
import { instant, listSummary, liveRow, requestSummary, runSummary, sha } from './schemas';

const intervention = z.object({
  interventionId: z.uuid(),
  slot: z.string(),
  kind: z.enum(['suspend', 'roll-back']),
  at: instant,
  confirmBy: instant.nullable(),
  answers: z.int().describe('people who confirmed the roll-back, or want the suspension lifted'),
});

const overview = z.object({
  live: z.array(liveRow.omit({ ledger: true })).describe('live versions; /v1/live-at gives the ledger entries too'),
  requests: z.array(requestSummary).describe('open promotion requests'),
  drafts: z.array(z.object({ list: listSummary, mine: z.boolean().describe('the caller can sign it off') })),
  lastList: listSummary.nullable(),
  failed: z.array(runSummary).describe('training runs that failed in the last thirty days'),
  interventions: z.array(intervention).describe('suspensions and roll-backs that are not settled'),
  data: z.object({
    lastLoad: instant.nullable(),
    newestFact: instant.nullable(),
    quarantined: z.int(),
    snapshot: z.object({ snapshotId: sha, asOf: instant, madeAt: instant }).nullable(),
  }),
  deviations: z.int().describe('changes in MLflow by hand, of the last thirty days'),
  ledger: z.object({ entries: z.int(), checkpoint: z.object({ size: z.int(), at: z.string() }).nullable() }),
});

const getOverview = route(
  'getOverview',
  {
    method: 'GET',
    url: '/v1/overview',
    tag: 'Overview',
    summary: 'What is live, what waits for a decision, what failed, and how recent the data are',
    answer: overview,
  },
  async ({ principal: { token } }, deps) => {
    const { db, clock } = deps;
    const now = clock();
    const [found, live] = await Promise.all([overviewOf(db, token, now), liveAt(db, now)]);
    const anchors = deps.anchors();
    const checkpoint = anchors && readCheckpoint(anchors.anchor, anchors.keys);
    const { freshness } = found;
    return {
      live: await presentLive(db, live),
      requests: await presentRequests(db, found.requests),
      drafts: found.drafts,
      lastList: found.lastList ?? null,
      failed: await presentRuns(db, found.failed),
      interventions: found.interventions.map(({ interventionId, slot, kind, at, confirmBy, answers }) => ({
        interventionId,
        slot,
        kind,
        at,
        confirmBy: confirmBy ?? null,
        answers,
      })),
      data: {
        lastLoad: freshness.lastLoad ?? null,
        newestFact: freshness.newestFact ?? null,
        quarantined: freshness.quarantined,
        snapshot: found.snapshot ?? null,
      },
      deviations: found.deviations,
      ledger: {
        entries: found.ledgerEntries,
        checkpoint: checkpoint ? { size: checkpoint.size, at: checkpoint.at } : null,
      },
    };
  },
);

export const overviewRoutes = [getOverview];
