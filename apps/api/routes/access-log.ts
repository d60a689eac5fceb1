import { z } from 'zod';
import { listAccess as listEntries } from '../../../application/access-log';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { instant, person } from './schemas';

const access = z.object({
  accessId: z.uuid(),
  at: instant,
  by: person,
  role: z.string(),
  kind: z.enum(['provider', 'list', 'list-export', 'ledger-export']),
  subjectId: z.string(),
  purpose: z.string(),
  caseNo: z.string().nullable(),
  ownCase: z.boolean().nullable().describe('the reader had a control case of the provider'),
  rows: z.array(z.int()).nullable().describe('first and last rank that were shown'),
});

const listAccess = route(
  'listAccess',
  {
    method: 'GET',
    url: '/v1/access',
    tag: 'Access',
    summary: 'The access log: who read what, when and for which purpose, newest first',
    query: pageQuery.extend({
      withoutOwnCase: z
        .enum(['true', 'false'])
        .default('false')
        .describe('only accesses of providers that the reader had no control case of'),
      by: z.string().max(100).optional(),
    }),
    answer: pageOf(access),
  },
  async ({ query: { cursor, limit, withoutOwnCase, by } }, { db }) => {
    const before = keyFrom('time', cursor);
    const query = { withoutOwnCase: withoutOwnCase === 'true', by, before, limit: limit + 1 };
    const found = page(await listEntries(db, query), limit, (last) => [last.at.toISOString(), last.accessId]);
    return {
      rows: found.rows.map((row) => ({
        ...row,
        caseNo: row.caseNo ?? null,
        ownCase: row.ownCase ?? null,
        rows: row.rows ? [...row.rows] : null,
      })),
      next: found.next,
    };
  },
);

export const accessLogRoutes = [listAccess];
