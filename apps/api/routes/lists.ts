import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { conflict, notAllowed } from '../../../domain/errors';
import { ASSESSMENTS } from '../../../domain/rules/blind-assessment';
import { isToAssess, linePage, linesToAssess, type LineView } from '../../../platform/db/read-models/selection';
import { recordAccess } from '../../../application/access-log';
import { blindAssessorOf, readLines } from '../../../application/access-logged-reads';
import { assess, getList, listPage, type ListSummary, signOffList } from '../../../application/selection';
import type { ApiDeps } from '../deps';
import { cursorOf, keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { AmountsOfLists } from './refund-totals';
import { idParam, listSummary, ore, sha } from './schemas';

const EXPORT_ROWS = 5000;
const words = z.string().trim().min(3).max(2000);
const entityParam = z.string().regex(/^[\w.:-]{1,80}$/);

const line = z.object({
  rank: z.int(),
  entity: z.string().describe('surrogate of the provider'),
  practice: z.string().nullable().describe('practice number, as caseworkers know it'),
  group: z.string(),
  probability: z.number().describe('calibrated probability that an inquiry finds something'),
  arm: z.string(),
  selected: z.boolean(),
  inclusionProbability: z.number(),
  expectedOre: ore
    .nullable()
    .describe('what a control is expected to find: probability times amount; null of versions that cannot say'),
  outOfDistribution: z
    .boolean()
    .nullable()
    .describe(
      'the model has seen nothing similar, so little stands behind its figures; null of versions that cannot say',
    ),
  amountOre: ore.nullable().describe('refunds of the last year before the as-of date'),
});

export function listRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  const tag = 'Selection lists';
  const listParam = idParam('listId');
  const amounts = new AmountsOfLists(db, deps.store);

  const lines = async (list: ListSummary, rows: readonly LineView[]) => {
    const of = await amounts.of(
      list.scoringId,
      rows.map(({ entity }) => entity),
    );
    return rows.map((row) => ({
      ...row,
      practice: row.practice ?? null,
      expectedOre: row.expectedOre ?? null,
      outOfDistribution: row.outOfDistribution ?? null,
      amountOre: of.get(row.entity) ?? null,
    }));
  };

  route(
    app,
    deps,
    'listSelectionLists',
    {
      method: 'GET',
      url: '/v1/selection-lists',
      tag,
      summary: 'Selection lists, newest first',
      query: pageQuery,
      answer: pageOf(listSummary),
    },
    async ({ query: { cursor, limit } }) =>
      page(await listPage(db, { before: keyFrom('time', cursor), limit: limit + 1 }), limit, (last) => [
        last.draftedAt.toISOString(),
        last.listId,
      ]),
  );

  route(
    app,
    deps,
    'getSelectionList',
    {
      method: 'GET',
      url: '/v1/selection-lists/:listId',
      tag,
      summary: 'One list',
      params: listParam,
      answer: listSummary,
    },
    async ({ params }) => getList(db, params.listId),
  );

  const lineQuery = pageQuery.extend({
    selected: z.enum(['true', 'false']).default('true').describe('only the selected, or every candidate'),
  });
  route(
    app,
    deps,
    'listLines',
    {
      method: 'GET',
      url: '/v1/selection-lists/:listId/lines',
      tag,
      summary: 'Lines by rank; the page is put on record',
      params: listParam,
      query: lineQuery,
      answer: pageOf(line),
    },
    async ({ params, query: { cursor, limit, selected }, principal: { token }, groups }) => {
      const list = await getList(db, params.listId);
      const [after = 0] = keyFrom('number', cursor) ?? [];
      const { rows, more } = await readLines(
        { db, token, clock: deps.clock, groups },
        { listId: list.listId, after, limit, selectedOnly: selected === 'true' },
      );
      return { rows: await lines(list, rows), next: more ? cursorOf([rows.at(-1)!.rank]) : null };
    },
  );

  route(
    app,
    deps,
    'exportLines',
    {
      method: 'GET',
      url: '/v1/selection-lists/:listId/lines.csv',
      tag,
      summary: 'Lines as CSV; the export is put on record',
      params: listParam,
      query: z.object({ selected: z.enum(['true', 'false']).default('true') }),
      produces: ['text/csv'],
    },
    async ({ params, query: { selected }, principal: { token }, groups, reply }) => {
      const list = await getList(db, params.listId);
      const judge = await blindAssessorOf(db, token);
      if (judge !== undefined && (await linesToAssess(db, { listId: list.listId, groups, judge })).length > 0)
        throw conflict(
          'some providers of this list are to be assessed before their rank is shown',
          'Assess them on the page of the list first.',
        );
      const all: LineView[] = [];
      for (let after = 0; ; after = all.at(-1)!.rank) {
        const rows = await linePage(db, {
          listId: list.listId,
          after,
          limit: EXPORT_ROWS,
          selectedOnly: selected === 'true',
          groups,
          judge,
        });
        all.push(...rows);
        if (rows.length < EXPORT_ROWS) break;
      }
      await recordAccess(
        db,
        token,
        {
          kind: 'list-export',
          subjectId: list.listId,
          purpose: 'list',
          rows: [all[0]?.rank ?? 0, all.at(-1)?.rank ?? 0],
        },
        deps.clock(),
      );
      const head =
        'rank,provider,practice,group,probability,arm,selected,inclusion_probability,expected_ore,out_of_distribution,amount_ore';
      const text = [
        head,
        ...(await lines(list, all)).map((l) =>
          [
            l.rank,
            l.entity,
            csv(l.practice),
            csv(l.group),
            l.probability,
            l.arm,
            l.selected,
            l.inclusionProbability,
            l.expectedOre ?? '',
            l.outOfDistribution ?? '',
            l.amountOre ?? '',
          ].join(','),
        ),
      ];
      reply.header('content-disposition', `attachment; filename="list-${list.listId.slice(0, 12)}.csv"`);
      return reply.type('text/csv; charset=utf-8').send(`${text.join('\n')}\n`);
    },
  );

  const toAssess = z.object({ entity: z.string(), practice: z.string().nullable(), group: z.string() });
  route(
    app,
    deps,
    'listBlindLines',
    {
      method: 'GET',
      url: '/v1/selection-lists/:listId/blind-lines',
      tag,
      summary: 'Providers that the caller assesses before their rank is shown',
      params: listParam,
      answer: z.array(toAssess),
    },
    async ({ params, principal: { token }, groups }) => {
      const { listId } = await getList(db, params.listId);
      const judge = await blindAssessorOf(db, token);
      return judge === undefined
        ? []
        : (await linesToAssess(db, { listId, groups, judge })).map((row) => ({
            ...row,
            practice: row.practice ?? null,
          }));
    },
  );

  const assessment = z.strictObject({ entity: entityParam, verdict: z.enum(ASSESSMENTS), words: words.optional() });
  route(
    app,
    deps,
    'assessLine',
    {
      method: 'POST',
      url: '/v1/selection-lists/:listId/assessments',
      tag,
      summary: 'Say what one thinks of a provider before its rank is shown',
      params: listParam,
      body: assessment,
      status: 201,
      answer: z.object({ listId: sha, entity: z.string(), verdict: z.enum(ASSESSMENTS) }),
    },
    async ({ params, body, command, groups }) => {
      const list = await getList(db, params.listId);
      const judge = await blindAssessorOf(db, command.token);
      if (judge === undefined || !(await isToAssess(db, list.listId, body.entity, judge)))
        throw conflict(
          'this provider is not to be assessed blind, or you have done so',
          'GET …/blind-lines names those that are.',
        );
      const scope = await linesToAssess(db, { listId: list.listId, groups, judge });
      if (!scope.some(({ entity }) => entity === body.entity))
        throw notAllowed('this provider is outside the provider groups of your team');
      return assess(command, list, body.entity, body.verdict, body.words);
    },
  );

  const reason = z.strictObject({ reason: words });
  for (const [operation, path, verdict, summary] of [
    ['signOffList', 'sign-offs', 'approved', 'Seal a draft: two different people are needed'],
    ['refuseList', 'refusals', 'refused', 'Refuse a draft'],
  ] as const)
    route(
      app,
      deps,
      operation,
      {
        method: 'POST',
        url: `/v1/selection-lists/:listId/${path}`,
        tag,
        summary,
        params: listParam,
        body: reason,
        answer: z.object({ listId: sha, state: z.string(), signOffs: z.int() }),
      },
      async ({ params, body, command }) => signOffList(command, params.listId, verdict, body.reason),
    );
}

const csv = (text: string | null): string =>
  text === null ? '' : /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
