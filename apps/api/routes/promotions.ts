import { z } from 'zod';
import {
  approvalProblem,
  decide,
  requestPromotion as request,
  waiveGate as waive,
} from '../../../application/promotion';
import { isHard } from '../../../domain/rules/gate-policy';
import { knownPrincipal } from '../../../platform/auth/audit-context';
import { namesOf } from '../../../platform/db/read-models/live-at';
import { decisionOn } from '../../../platform/db/stores/decisions';
import { gatesOf, waiversOf } from '../../../platform/db/stores/gates';
import { getRequest, requestPage } from '../../../platform/db/stores/promotions';
import type { Db } from '../../../platform/postgres/connection';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { presentRequests } from './presenters';
import { gate, idParam, idToken, instant, person, reasonText, requestSummary, sha } from './schemas';

const tag = 'Promotions';
/** Days until a request expires without a decision. */
const OPEN_DAYS = 14;

const listPromotions = route(
  'listPromotions',
  {
    method: 'GET',
    url: '/v1/promotions',
    tag,
    summary: 'Promotion requests, newest first',
    query: pageQuery.extend({ open: z.enum(['true', 'false']).default('false').describe('only open requests') }),
    answer: pageOf(requestSummary),
  },
  async ({ query: { cursor, limit, open }, principal: { token } }, { db }) => {
    const me = await knownPrincipal(db, token);
    const query = { before: keyFrom('time', cursor), limit: limit + 1, open: open === 'true' };
    const found = page(await requestPage(db, query), limit, (last) => [last.requestedAt.toISOString(), last.requestId]);
    const rows = found.rows.map((row) => ({ request: row, problem: approvalProblem(row, token.roles, me) }));
    return { rows: await presentRequests(db, rows), next: found.next };
  },
);

const promotion = requestSummary.extend({
  gates: z.array(gate),
  decision: z.object({ by: person, at: instant, reason: z.string().nullable() }).nullable(),
});

const getPromotion = route(
  'getPromotion',
  {
    method: 'GET',
    url: '/v1/promotions/:requestId',
    tag,
    summary: 'One request: gates and their waivers, the decision',
    params: idParam('requestId'),
    answer: promotion,
  },
  async ({ params, principal: { token } }, { db }) => {
    const found = await getRequest(db, params.requestId);
    const me = await knownPrincipal(db, token);
    const problem = approvalProblem(found, token.roles, me);
    const [summary] = await presentRequests(db, [{ request: found, problem }]);
    return {
      ...summary!,
      gates: await presentGates(db, found.requestId),
      decision: await presentDecision(db, found.requestId),
    };
  },
);

async function presentGates(db: Db, requestId: string) {
  const [gates, waivers] = await Promise.all([gatesOf(db, requestId), waiversOf(db, requestId)]);
  return gates.map((row) => ({
    gate: row.gate,
    passed: row.passed,
    reason: row.reason,
    reasonNb: row.reasonNb,
    waivers: waivers.get(row.gate) ?? 0,
    canBeWaived: !row.passed && !isHard(row.gate),
  }));
}

async function presentDecision(db: Db, requestId: string) {
  const decision = await decisionOn(db, requestId);
  if (!decision) return null;
  const names = await namesOf(db, decision.by ? [decision.by] : []);
  return { by: (decision.by && names.get(decision.by)) ?? null, at: decision.at, reason: decision.reason ?? null };
}

const requestPromotion = route(
  'requestPromotion',
  {
    method: 'POST',
    url: '/v1/model-versions/:versionId/promotions',
    tag,
    summary: 'Request that a version goes live',
    params: idParam('versionId'),
    body: z.strictObject({ requestId: z.uuid(), idToken }),
    status: 201,
    answer: z.object({ requestId: z.uuid(), versionId: sha }),
  },
  async ({ params, body, context }) =>
    request(context, params.versionId, { openDays: OPEN_DAYS, purpose: 'promotion', requestId: body.requestId }),
);

const decisions = (
  [
    [
      'approvePromotion',
      'approval',
      'approved',
      'Approve a request; not by its requester or the trainer of the version',
    ],
    ['refusePromotion', 'refusal', 'refused', 'Refuse a request'],
  ] as const
).map(([operation, path, verdict, summary]) =>
  route(
    operation,
    {
      method: 'POST',
      url: `/v1/promotions/:requestId/${path}`,
      tag,
      summary,
      params: idParam('requestId'),
      body: z.strictObject({ reason: reasonText, idToken }),
      answer: z.object({ requestId: z.uuid(), verdict: z.string() }),
    },
    async ({ params, body, context }) => decide(context, params.requestId, verdict, body.reason),
  ),
);

const waiveGate = route(
  'waiveGate',
  {
    method: 'POST',
    url: '/v1/promotions/:requestId/gates/:gate/waivers',
    tag,
    summary: 'Waive a failed gate as one of two people',
    params: idParam('requestId').extend({ gate: z.string().max(100) }),
    body: z.strictObject({ reason: reasonText }),
    answer: z.object({ requestId: z.uuid(), gate: z.string(), waivers: z.int() }),
  },
  async ({ params, body, context }) => waive(context, params.requestId, params.gate, body.reason),
);

export const promotionRoutes = [listPromotions, getPromotion, requestPromotion, ...decisions, waiveGate];
