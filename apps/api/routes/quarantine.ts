import { z } from 'zod';
import { quarantinePage } from '../../../platform/db/read-models/register';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';

const refused = z.object({
  id: z.int(),
  batchId: z.int(),
  file: z.string(),
  line: z.int(),
  item: z.string(),
  field: z.string(),
  value: z.string().nullable(),
  reason: z.string(),
});
const batch = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);

const listQuarantine = route(
  'listQuarantine',
  {
    method: 'GET',
    url: '/v1/quarantine',
    tag: 'Data',
    summary: 'Refused rows with line, field, value and reason',
    query: pageQuery.extend({ batch: batch.optional() }),
    answer: pageOf(refused),
  },
  async ({ query: { cursor, limit, batch: of } }, { db }) => {
    const [before] = keyFrom('number', cursor) ?? [];
    const found = page(await quarantinePage(db, of, before, limit + 1), limit, (last) => [last.id]);
    return { rows: found.rows.map((row) => ({ ...row, value: row.value ?? null })), next: found.next };
  },
);

export const quarantineRoutes = [listQuarantine];
