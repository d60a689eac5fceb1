import { z } from 'zod';
import { loadPage } from '../../../platform/db/read-models/register';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { instant } from './schemas';

const load = z.object({
  batchId: z.int(),
  kind: z.string(),
  file: z.string(),
  read: z.int(),
  loaded: z.int(),
  quarantined: z.int(),
  knownFrom: instant.nullable(),
  knownUntil: instant.nullable(),
  at: instant,
});

const listLoads = route(
  'listLoads',
  {
    method: 'GET',
    url: '/v1/loads',
    tag: 'Data',
    summary: 'Loaded files, newest first: loaded + quarantined = read',
    query: pageQuery,
    answer: pageOf(load),
  },
  async ({ query: { cursor, limit } }, { db }) => {
    const [before] = keyFrom('number', cursor) ?? [];
    const found = page(await loadPage(db, before, limit + 1), limit, (last) => [last.batchId]);
    return {
      rows: found.rows.map((row) => ({ ...row, knownFrom: row.knownFrom ?? null, knownUntil: row.knownUntil ?? null })),
      next: found.next,
    };
  },
);

export const loadRoutes = [listLoads];
