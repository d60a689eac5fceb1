import { z } from 'zod';
import { snapshotPage } from '../../../platform/db/read-models/register';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { instant, sha } from './schemas';

const snapshot = z.object({
  snapshotId: sha,
  asOf: instant,
  loadWatermark: z.int().describe('last load batch that is part of it'),
  rows: z.int(),
  madeAt: instant,
});

const listSnapshots = route(
  'listSnapshots',
  {
    method: 'GET',
    url: '/v1/snapshots',
    tag: 'Data',
    summary: 'Snapshots of the register, newest first',
    query: pageQuery,
    answer: pageOf(snapshot),
  },
  async ({ query: { cursor, limit } }, { db }) =>
    page(await snapshotPage(db, keyFrom('time', cursor), limit + 1), limit, (last) => [
      last.madeAt.toISOString(),
      last.snapshotId,
    ]),
);

export const snapshotRoutes = [listSnapshots];
