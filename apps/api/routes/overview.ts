import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ACCESS, OPERATIONS, PURPOSES } from '../../../domain/rules/permissions';
import { overviewOf } from '../../../application/overview';
import { liveAt } from '../../../platform/db/read-models/live-at';
import { readCheckpoint } from '../../../platform/ledger/checkpointer';
import type { ApiDeps } from '../deps';
import { route } from '../http/route';
import { requestsInWords, runsInWords } from './presenters';
import { instant, listSummary, liveRow, requestSummary, runSummary, sha } from './schemas';
import { liveInWords } from './versions';

const me = z.object({
  subject: z.string(),
  roles: z.array(z.string()),
  /** Provider groups that the view of providers ends at; null for all. */
  providerGroups: z.array(z.string()).nullable(),
  operations: z.array(z.string()).describe('operations of this API that the caller may use'),
  purposes: z.array(z.enum(PURPOSES)),
  csrf: z
    .string()
    .nullable()
    .describe('what calls of a page that change something carry in x-utplukk-csrf; null for bearer tokens'),
  links: z.object({ temporal: z.string().nullable(), mlflow: z.string().nullable() }),
});

const overview = z.object({
  live: z.array(liveRow.omit({ ledger: true })).describe('what was live when, with its proof, is /v1/live-at'),
  requests: z.array(requestSummary),
  drafts: z.array(z.object({ list: listSummary, mine: z.boolean().describe('the caller can seal it') })),
  lastList: listSummary.nullable(),
  failed: z.array(runSummary),
  interventions: z.array(
    z.object({
      interventionId: z.uuid(),
      slot: z.string(),
      kind: z.enum(['suspend', 'roll-back']),
      at: instant,
      confirmBy: instant.nullable(),
      answers: z.int(),
    }),
  ),
  data: z.object({
    lastLoad: instant.nullable(),
    newestFact: instant.nullable(),
    quarantined: z.int(),
    snapshot: z.object({ snapshotId: sha, asOf: instant, madeAt: instant }).nullable(),
  }),
  deviations: z.int().describe('of MLflow in the last thirty days'),
  ledger: z.object({ entries: z.int(), checkpoint: z.object({ size: z.int(), at: z.string() }).nullable() }),
});

const schedule = z.object({ id: z.string(), paused: z.boolean(), next: instant.nullable(), runs: z.int() });

export function overviewRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  route(
    app,
    deps,
    'getMe',
    { method: 'GET', url: '/v1/me', tag: 'Access', summary: 'Who calls, and what they may do', answer: me },
    ({ principal: { token, csrf } }) =>
      Promise.resolve({
        subject: token.subject,
        roles: [...token.roles],
        providerGroups: token.providerGroups ? [...token.providerGroups] : null,
        operations: OPERATIONS.filter((operation) =>
          (ACCESS[operation] as readonly string[]).some((role) => token.roles.includes(role)),
        ),
        purposes: [...PURPOSES],
        csrf: csrf ?? null,
        links: { temporal: deps.links.temporal ?? null, mlflow: deps.links.mlflow ?? null },
      }),
  );

  route(
    app,
    deps,
    'getOverview',
    {
      method: 'GET',
      url: '/v1/overview',
      tag: 'Overview',
      summary: 'What is live, what waits, what failed, and how new everything is',
      answer: overview,
    },
    async ({ principal: { token } }) => {
      const now = deps.clock();
      const [found, live, { rows: head }] = await Promise.all([
        overviewOf(db, token, now),
        liveAt(db, now),
        db.raw<{ rows: { size: number }[] }>('select size from aud.chain_head'),
      ]);
      const anchors = deps.anchors();
      const checkpoint = anchors && readCheckpoint(anchors.anchor, anchors.keys);
      const { snapshot } = found;
      return {
        live: await liveInWords(db, live),
        requests: await requestsInWords(db, found.requests),
        drafts: found.drafts,
        lastList: found.lastList ?? null,
        failed: await runsInWords(db, found.failed),
        interventions: found.interventions.map((e) => ({
          interventionId: e.interventionId,
          slot: e.slot,
          kind: e.kind,
          at: e.at,
          confirmBy: e.confirmBy ?? null,
          answers: e.answers,
        })),
        data: {
          lastLoad: found.freshness.lastLoad ?? null,
          newestFact: found.freshness.newestFact ?? null,
          quarantined: found.freshness.quarantined,
          snapshot: snapshot
            ? { snapshotId: snapshot.snapshot_id, asOf: snapshot.as_of, madeAt: snapshot.made_at }
            : null,
        },
        deviations: found.deviations,
        ledger: {
          entries: head[0]?.size ?? 0,
          checkpoint: checkpoint ? { size: checkpoint.size, at: checkpoint.at } : null,
        },
      };
    },
  );

  route(
    app,
    deps,
    'listSchedules',
    {
      method: 'GET',
      url: '/v1/schedules',
      tag: 'Overview',
      summary: 'Schedules and their next times',
      answer: z.array(schedule),
    },
    async () => {
      const rows: z.infer<typeof schedule>[] = [];
      for await (const { scheduleId } of deps.temporal.client.schedule.list()) {
        const { state, info } = await deps.temporal.client.schedule.getHandle(scheduleId).describe();
        rows.push({
          id: scheduleId,
          paused: state.paused,
          next: info.nextActionTimes[0]?.toISOString() ?? null,
          runs: info.numActionsTaken,
        });
      }
      return rows.sort((a, b) => a.id.localeCompare(b.id));
    },
  );
}
