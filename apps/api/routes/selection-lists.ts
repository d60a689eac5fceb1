import { z } from 'zod';
import { getList, listPage, signOffList } from '../../../application/selection';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { idParam, listSummary, reasonText, sha } from './schemas';

const tag = 'Selection lists';
const listParam = idParam('listId');

const listSelectionLists = route(
  'listSelectionLists',
  {
    method: 'GET',
    url: '/v1/selection-lists',
    tag,
    summary: 'Selection lists, newest first',
    query: pageQuery,
    answer: pageOf(listSummary),
  },
  async ({ query: { cursor, limit } }, { db }) =>
    page(await listPage(db, { before: keyFrom('time', cursor), limit: limit + 1 }), limit, (last) => [
      last.draftedAt.toISOString(),
      last.listId,
    ]),
);

const getSelectionList = route(
  'getSelectionList',
  {
    method: 'GET',
    url: '/v1/selection-lists/:listId',
    tag,
    summary: 'One list',
    params: listParam,
    answer: listSummary,
  },
  async ({ params }, { db }) => getList(db, params.listId),
);

const decisions = (
  [
    ['signOffList', 'sign-offs', 'approved', 'Sign a draft off as one of two different people'],
    ['refuseList', 'refusals', 'refused', 'Refuse a draft'],
  ] as const
).map(([operation, path, verdict, summary]) =>
  route(
    operation,
    {
      method: 'POST',
      url: `/v1/selection-lists/:listId/${path}`,
      tag,
      summary,
      params: listParam,
      body: z.strictObject({ reason: reasonText }),
      answer: z.object({ listId: sha, state: z.string(), signOffs: z.int() }),
    },
    async ({ params, body, context }) => signOffList(context, params.listId, verdict, body.reason),
  ),
);

export const selectionListRoutes = [listSelectionLists, getSelectionList, ...decisions];
