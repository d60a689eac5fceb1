import { z } from 'zod';
import { exportLines as readAllLines, readLines } from '../../../application/access-logged-reads';
import { getList, type ListSummary } from '../../../application/selection';
import type { LineView } from '../../../platform/db/read-models/selection';
import type { ApiDeps } from '../deps';
import { cursorOf, keyFrom, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { idParam, ore } from './schemas';

const tag = 'Selection lists';
const listParam = idParam('listId');
const selected = z.enum(['true', 'false']).default('true').describe('only the selected, or every candidate');

const line = z.object({
  rank: z.int(),
  entity: z.string().describe('surrogate of the provider'),
  practice: z.string().nullable().describe('practice number'),
  group: z.string(),
  probability: z.number().describe('calibrated probability of a finding'),
  arm: z.string(),
  selected: z.boolean(),
  inclusionProbability: z.number(),
  expectedOre: ore
    .nullable()
    .describe(
      'expected upheld amount: probability of a finding times its expected amount; null without an amount model',
    ),
  outOfDistribution: z
    .boolean()
    .nullable()
    .describe('outside the training data: the score is an extrapolation; null of versions without training ranges'),
  amountOre: ore.nullable().describe('refunds of the last year before the as-of date'),
});

const listLines = route(
  'listLines',
  {
    method: 'GET',
    url: '/v1/selection-lists/:listId/lines',
    tag,
    summary: 'Lines by rank; the access is recorded',
    params: listParam,
    query: pageQuery.extend({ selected }),
    answer: pageOf(line),
  },
  async ({ params, query, principal: { token }, groups }, deps) => {
    const { db, clock } = deps;
    const list = await getList(db, params.listId);
    const [after = 0] = keyFrom('number', query.cursor) ?? [];
    const { rows, more } = await readLines(
      { db, token, clock, groups },
      { listId: list.listId, after, limit: query.limit, selectedOnly: query.selected === 'true' },
    );
    return { rows: await presentLines(deps, list, rows), next: more ? cursorOf([rows.at(-1)!.rank]) : null };
  },
);

async function presentLines({ refundTotals }: ApiDeps, { scoringId }: ListSummary, rows: readonly LineView[]) {
  const totals = rows.length === 0 ? new Map<string, number>() : await refundTotals.ofScoring(scoringId);
  return rows.map((row) => ({
    ...row,
    practice: row.practice ?? null,
    expectedOre: row.expectedOre ?? null,
    outOfDistribution: row.outOfDistribution ?? null,
    amountOre: totals.get(row.entity) ?? null,
  }));
}

const exportLines = route(
  'exportLines',
  {
    method: 'GET',
    url: '/v1/selection-lists/:listId/lines.csv',
    tag,
    summary: 'Lines as CSV; the export is recorded',
    params: listParam,
    query: z.object({ selected }),
    produces: ['text/csv'],
  },
  async ({ params, query, principal: { token }, groups, reply }, deps) => {
    const { db, clock } = deps;
    const list = await getList(db, params.listId);
    const { listId } = list;
    const all = await readAllLines({ db, token, clock, groups }, { listId, selectedOnly: query.selected === 'true' });
    reply.header('content-disposition', `attachment; filename="list-${listId.slice(0, 12)}.csv"`);
    return reply.type('text/csv; charset=utf-8').send(toCsv(await presentLines(deps, list, all)));
  },
);

type Line = Awaited<ReturnType<typeof presentLines>>[number];
const COLUMNS: readonly (readonly [header: string, value: (line: Line) => string | number | boolean | null])[] = [
  ['rank', (l) => l.rank],
  ['provider', (l) => l.entity],
  ['practice', (l) => l.practice],
  ['group', (l) => l.group],
  ['probability', (l) => l.probability],
  ['arm', (l) => l.arm],
  ['selected', (l) => l.selected],
  ['inclusion_probability', (l) => l.inclusionProbability],
  ['expected_ore', (l) => l.expectedOre],
  ['out_of_distribution', (l) => l.outOfDistribution],
  ['amount_ore', (l) => l.amountOre],
];

const toCsv = (lines: readonly Line[]): string =>
  [
    COLUMNS.map(([header]) => header).join(','),
    ...lines.map((one) => COLUMNS.map(([, value]) => cell(value(one))).join(',')),
    '',
  ].join('\n');

function cell(value: string | number | boolean | null): string {
  const text = String(value ?? '');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const listLineRoutes = [listLines, exportLines];
