import { z } from 'zod';
import { approvalProblem } from '../../../application/promotion';
import { conflict } from '../../../domain/errors';
import { knownPrincipal } from '../../../platform/auth/audit-context';
import { mlflowRunOf } from '../../../platform/db/read-models/mlflow-links';
import { revisedRows, revisionsOf } from '../../../platform/db/stores/labels';
import { requestPage } from '../../../platform/db/stores/promotions';
import { getVersion, type VersionBundle, versionPage } from '../../../platform/db/stores/versions';
import { statementsOf } from '../../../platform/signing/statement-store';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { type Call, route } from '../http/route';
import { presentRequests, presentVersions } from './presenters';
import { evaluationRow, idParam, instant, requestSummary, sha, versionSummary } from './schemas';

const tag = 'Model versions';
const MOST_REQUESTS = 50;

const listModelVersions = route(
  'listModelVersions',
  {
    method: 'GET',
    url: '/v1/model-versions',
    tag,
    summary: 'Model versions, newest first',
    query: pageQuery,
    answer: pageOf(versionSummary),
  },
  async ({ query: { cursor, limit } }, { db }) => {
    const before = keyFrom('time', cursor);
    const found = page(await versionPage(db, { before, limit: limit + 1 }), limit, (last) => [
      last.registeredAt.toISOString(),
      last.versionId,
    ]);
    return { rows: await presentVersions(db, found.rows), next: found.next };
  },
);

const revision = z.object({
  revisedBy: sha,
  rows: z.int(),
  changed: z.int(),
  toFinding: z.int(),
  fromFinding: z.int(),
  unsettled: z.int(),
  amounts: z.int(),
  foundAt: instant,
});
const version = versionSummary.extend({
  recipe: z.record(z.string(), z.unknown()),
  runtime: z.record(z.string(), z.string()),
  metrics: z.array(evaluationRow),
  hasCard: z.boolean(),
  signed: z.boolean(),
  revisions: z.array(revision).describe('training labels that differ in later label sets, the newest set first'),
  requests: z.array(requestSummary),
  links: z.object({ mlflow: z.string().nullable() }),
});

const getModelVersion = route(
  'getModelVersion',
  {
    method: 'GET',
    url: '/v1/model-versions/:versionId',
    tag,
    summary: 'One version: recipe, runtime, metrics, promotion requests',
    params: idParam('versionId'),
    answer: version,
  },
  async ({ params, principal }, deps) => {
    const { db, store } = deps;
    const found = await getVersion(db, params.versionId);
    const [summary] = await presentVersions(db, [found]);
    const bundle = store.getJson<VersionBundle>(found.versionId);
    const mlflowRun = await mlflowRunOf(db, found.runId);
    return {
      ...summary!,
      recipe: { ...bundle.recipe },
      runtime: { ...bundle.runtime },
      metrics: [...(bundle.metrics ?? [])],
      hasCard: bundle.card !== undefined,
      signed: (await statementsOf(db, found.versionId)).length > 0,
      revisions: (await revisionsOf(db, found.matrixId)).map((one) => ({
        ...one,
        foundAt: one.foundAt.toISOString(),
        changed: revisedRows(one),
      })),
      requests: await requestsFor(deps, found.versionId, principal),
      links: { mlflow: mlflowRun && deps.links.mlflow ? `${deps.links.mlflow}/#/runs/${mlflowRun}` : null },
    };
  },
);

async function requestsFor(
  { db }: ApiDeps,
  versionId: string,
  { token }: Call<unknown, unknown, unknown>['principal'],
) {
  const me = await knownPrincipal(db, token);
  const requests = await requestPage(db, { limit: MOST_REQUESTS, versionId });
  return presentRequests(
    db,
    requests.map((request) => ({ request, problem: approvalProblem(request, token.roles, me) })),
  );
}

const getModelCard = route(
  'getModelCard',
  {
    method: 'GET',
    url: '/v1/model-versions/:versionId/card',
    tag,
    summary: 'The model card as it was frozen with the version',
    params: idParam('versionId'),
    query: z.object({ format: z.enum(['markdown', 'html']).default('markdown') }),
    produces: ['text/markdown', 'text/html'],
  },
  async ({ params, query: { format }, reply }, { db, store }) => {
    const { versionId } = await getVersion(db, params.versionId);
    const { card } = store.getJson<VersionBundle>(versionId);
    if (!card) throw conflict(`version ${versionId.slice(0, 12)} has no model card`, 'Train it again.');
    const html = format === 'html';
    // A document of its own, without scripts, that our pages may show in a frame.
    if (html)
      reply
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
        )
        .header('x-frame-options', 'SAMEORIGIN');
    return reply
      .type(html ? 'text/html; charset=utf-8' : 'text/markdown; charset=utf-8')
      .send(store.get(html ? card.html : card.markdown));
  },
);

export const modelVersionRoutes = [listModelVersions, getModelVersion, getModelCard];
