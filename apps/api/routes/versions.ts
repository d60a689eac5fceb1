import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { conflict, invalid } from '../../../domain/errors';
import { isHard } from '../../../domain/rules/gate-policy';
import { knownPrincipal } from '../../../platform/auth/audit-context';
import { type LiveAt, namesOf, provenLiveAt } from '../../../platform/db/read-models/live-at';
import { revisedRows, revisionsOf } from '../../../platform/db/stores/label-revisions';
import { decisionOn, gatesOf, getRequest, waiversOf, requestPage } from '../../../platform/db/stores/promotions';
import { statementsOf } from '../../../platform/signing/statement-store';
import { getVersion, type VersionBundle, versionPage } from '../../../platform/db/stores/versions';
import { approvalProblem, decide, waiveGate, propose } from '../../../application/promotion';
import { nonceOf } from '../../../platform/signing/step-up-token';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { requestsInWords, versionsInWords } from './presenters';
import { evaluationRow, gate, idParam, instant, liveRow, person, requestSummary, sha, versionSummary } from './schemas';

const OPEN_DAYS = 14;
const words = z.string().trim().min(3).max(2000);
const idToken = z
  .string()
  .min(20)
  .max(20_000)
  .optional()
  .describe('ID token of a sign-in with the nonce of /v1/nonces; pages confirm at /auth/evidence instead');

const version = versionSummary.extend({
  recipe: z.record(z.string(), z.unknown()),
  engine: z.record(z.string(), z.string()),
  metrics: z.array(evaluationRow),
  hasCard: z.boolean(),
  signed: z.boolean(),
  /** Labels it was trained on that later label sets have otherwise, the newest set first. */
  revisions: z.array(
    z.object({
      revisedBy: sha,
      rows: z.int(),
      changed: z.int(),
      toFinding: z.int(),
      fromFinding: z.int(),
      unsettled: z.int(),
      amounts: z.int(),
      foundAt: instant,
    }),
  ),
  requests: z.array(requestSummary),
  links: z.object({ mlflow: z.string().nullable() }),
});

const request = requestSummary.extend({
  gates: z.array(gate),
  decision: z.object({ by: person, at: instant, reason: z.string().nullable() }).nullable(),
});

export async function liveInWords<L extends LiveAt>(db: ApiDeps['db'], rows: readonly L[]) {
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

export function versionRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db, store } = deps;
  const tag = 'Model versions';

  route(
    app,
    deps,
    'listModelVersions',
    {
      method: 'GET',
      url: '/v1/model-versions',
      tag,
      summary: 'Model versions, newest first',
      query: pageQuery,
      answer: pageOf(versionSummary),
    },
    async ({ query: { cursor, limit } }) => {
      const cut = page(await versionPage(db, { before: keyFrom('time', cursor), limit: limit + 1 }), limit, (last) => [
        last.registeredAt.toISOString(),
        last.versionId,
      ]);
      return { rows: await versionsInWords(db, cut.rows), next: cut.next };
    },
  );

  route(
    app,
    deps,
    'getModelVersion',
    {
      method: 'GET',
      url: '/v1/model-versions/:versionId',
      tag,
      summary: 'One version: recipe, engine, figures, requests',
      params: idParam('versionId'),
      answer: version,
    },
    async ({ params, principal: { token } }) => {
      const found = await getVersion(db, params.versionId);
      const [summary] = await versionsInWords(db, [found]);
      const bundle = store.getJson<VersionBundle>(found.versionId);
      const me = await knownPrincipal(db, token);
      const requests = await requestPage(db, { limit: 50, versionId: found.versionId });
      const link = await db('ml.mirror_link')
        .where({ kind: 'run', subject_id: found.runId })
        .first<{ mlflow_id: string } | undefined>('mlflow_id');
      return {
        ...summary!,
        recipe: { ...bundle.recipe },
        engine: { ...bundle.engine },
        metrics: [...(bundle.metrics ?? [])],
        hasCard: bundle.card !== undefined,
        signed: (await statementsOf(db, found.versionId)).length > 0,
        revisions: (await revisionsOf(db, found.matrixId)).map((r) => ({
          ...r,
          foundAt: r.foundAt.toISOString(),
          changed: revisedRows(r),
        })),
        requests: await requestsInWords(
          db,
          requests.map((r) => ({ request: r, problem: approvalProblem(r, token.roles, me) })),
        ),
        links: { mlflow: link && deps.links.mlflow ? `${deps.links.mlflow}/#/runs/${link.mlflow_id}` : null },
      };
    },
  );

  const cardQuery = z.object({ format: z.enum(['markdown', 'html']).default('markdown') });
  route(
    app,
    deps,
    'getModelCard',
    {
      method: 'GET',
      url: '/v1/model-versions/:versionId/card',
      tag,
      summary: 'The model card as it was frozen with the version',
      params: idParam('versionId'),
      query: cardQuery,
      produces: ['text/markdown', 'text/html'],
    },
    async ({ params, query: { format }, reply }) => {
      const { versionId } = await getVersion(db, params.versionId);
      const { card } = store.getJson<VersionBundle>(versionId);
      if (!card)
        throw conflict(
          `version ${versionId.slice(0, 12)} was frozen before versions carried a card`,
          'Train it again.',
        );
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

  const at = z.object({ instant: z.string().max(40).describe('such as 2026-03-01T12:00:00Z') });
  route(
    app,
    deps,
    'getLiveAt',
    {
      method: 'GET',
      url: '/v1/live-at/:instant',
      tag,
      summary: 'What was live at an instant, for every slot or one, with its proof',
      params: at,
      query: z.object({ slot: z.string().max(200).optional() }),
      answer: z.array(liveRow),
    },
    async ({ params, query: { slot } }) => {
      const when = params.instant === 'now' ? deps.clock() : new Date(params.instant);
      if (Number.isNaN(when.getTime()) || when.getUTCFullYear() < 0 || when.getUTCFullYear() > 9999)
        throw invalid(`"${params.instant}" is not an instant`, 'Give one such as 2026-03-01T12:00:00Z, or now.');
      return liveInWords(db, await provenLiveAt(db, when, slot));
    },
  );
}

export function promotionRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  const tag = 'Promotions';

  route(
    app,
    deps,
    'listPromotions',
    {
      method: 'GET',
      url: '/v1/promotions',
      tag,
      summary: 'Requests to go live, newest first',
      query: pageQuery.extend({ open: z.enum(['true', 'false']).default('false') }),
      answer: pageOf(requestSummary),
    },
    async ({ query: { cursor, limit, open }, principal: { token } }) => {
      const me = await knownPrincipal(db, token);
      const cut = page(
        await requestPage(db, { before: keyFrom('time', cursor), limit: limit + 1, open: open === 'true' }),
        limit,
        (last) => [last.requestedAt.toISOString(), last.requestId],
      );
      return {
        rows: await requestsInWords(
          db,
          cut.rows.map((r) => ({ request: r, problem: approvalProblem(r, token.roles, me) })),
        ),
        next: cut.next,
      };
    },
  );

  route(
    app,
    deps,
    'getPromotion',
    {
      method: 'GET',
      url: '/v1/promotions/:requestId',
      tag,
      summary: 'One request: gates, who passed over which, the decision',
      params: idParam('requestId'),
      answer: request,
    },
    async ({ params, principal: { token } }) => {
      const found = await getRequest(db, params.requestId);
      const me = await knownPrincipal(db, token);
      const [summary] = await requestsInWords(db, [
        { request: found, problem: approvalProblem(found, token.roles, me) },
      ]);
      const [gates, overrides, decision] = await Promise.all([
        gatesOf(db, found.requestId),
        waiversOf(db, found.requestId),
        decisionOn(db, found.requestId),
      ]);
      const names = await namesOf(db, decision?.by ? [decision.by] : []);
      return {
        ...summary!,
        gates: gates.map((row) => ({
          gate: row.gate,
          passed: row.passed,
          reason: row.reason,
          reasonNb: row.reasonNb,
          overrides: overrides.get(row.gate) ?? 0,
          canBePassedOver: !row.passed && !isHard(row.gate),
        })),
        decision: decision
          ? { by: (decision.by && names.get(decision.by)) ?? null, at: decision.at, reason: decision.reason ?? null }
          : null,
      };
    },
  );

  const nonceQuery = z.object({
    permission: z.enum(['promotion.request', 'promotion.approve', 'promotion.refuse']),
    version: idParam('v').shape.v,
    requestId: z.uuid(),
  });
  route(
    app,
    deps,
    'getNonce',
    {
      method: 'GET',
      url: '/v1/nonces',
      tag,
      summary: 'The nonce to sign in with for one permission',
      query: nonceQuery,
      answer: z.object({ nonce: z.string() }),
    },
    async ({ query: { permission, version: id, requestId } }) => {
      const { versionId, slot } = await getVersion(db, id);
      return { nonce: nonceOf({ permission, slot, versionId, requestId }) };
    },
  );

  const proposal = z.strictObject({ requestId: z.uuid(), idToken });
  route(
    app,
    deps,
    'requestPromotion',
    {
      method: 'POST',
      url: '/v1/model-versions/:versionId/promotions',
      tag,
      summary: 'Ask for a version to go live',
      params: idParam('versionId'),
      body: proposal,
      status: 201,
      answer: z.object({ requestId: z.uuid(), versionId: sha }),
    },
    async ({ params, body, command }) =>
      propose(command, params.versionId, { openDays: OPEN_DAYS, purpose: 'promotion', requestId: body.requestId }),
  );

  const decision = z.strictObject({ reason: words, idToken });
  for (const [operation, path, verdict, summary] of [
    ['approvePromotion', 'approval', 'approved', 'Approve a request: not by who asked or trained'],
    ['refusePromotion', 'refusal', 'refused', 'Refuse a request'],
  ] as const)
    route(
      app,
      deps,
      operation,
      {
        method: 'POST',
        url: `/v1/promotions/:requestId/${path}`,
        tag,
        summary,
        params: idParam('requestId'),
        body: decision,
        answer: z.object({ requestId: z.uuid(), verdict: z.string() }),
      },
      async ({ params, body, command }) => decide(command, params.requestId, verdict, body.reason),
    );

  const passOver = z.strictObject({ reason: words });
  route(
    app,
    deps,
    'waiveGate',
    {
      method: 'POST',
      url: '/v1/promotions/:requestId/gates/:gate/overrides',
      tag,
      summary: 'Give one of two reasons for passing over a failed gate',
      params: idParam('requestId').extend({ gate: z.string().max(100) }),
      body: passOver,
      answer: z.object({ requestId: z.uuid(), gate: z.string(), given: z.int() }),
    },
    async ({ params, body, command }) => waiveGate(command, params.requestId, params.gate, body.reason),
  );
}
