import { z } from 'zod';
import { assess, pendingAssessments } from '../../../application/blind-assessment';
import { getList } from '../../../application/selection';
import { ASSESSMENTS } from '../../../domain/rules/blind-assessment';
import { route } from '../http/route';
import { idParam, reasonText, sha } from './schemas';

const tag = 'Selection lists';
const listParam = idParam('listId');
const entity = z.string().regex(/^[\w.:-]{1,80}$/);

const listBlindLines = route(
  'listBlindLines',
  {
    method: 'GET',
    url: '/v1/selection-lists/:listId/blind-lines',
    tag,
    summary: 'Providers that the caller has yet to assess before their rank is shown',
    params: listParam,
    answer: z.array(z.object({ entity: z.string(), practice: z.string().nullable(), group: z.string() })),
  },
  async ({ params, principal: { token }, groups }, { db }) => {
    const { listId } = await getList(db, params.listId);
    const pending = await pendingAssessments(db, token, listId, groups);
    return pending.map((line) => ({ ...line, practice: line.practice ?? null }));
  },
);

const assessLine = route(
  'assessLine',
  {
    method: 'POST',
    url: '/v1/selection-lists/:listId/assessments',
    tag,
    summary: 'Assess a provider before its rank is shown',
    params: listParam,
    body: z.strictObject({ entity, verdict: z.enum(ASSESSMENTS), comment: reasonText.optional() }),
    status: 201,
    answer: z.object({ listId: sha, entity: z.string(), verdict: z.enum(ASSESSMENTS) }),
  },
  async ({ params, body, context, groups }, { db }) => {
    const { listId } = await getList(db, params.listId);
    return assess(context, { listId, ...body }, groups);
  },
);

export const blindAssessmentRoutes = [listBlindLines, assessLine];
