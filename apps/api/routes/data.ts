import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { FEATURES } from '../../../domain/features/catalogue';
import { loadPage, quarantinePage, snapshotPage } from '../../../platform/db/read-models/register';
import { listDeviations } from '../../../platform/mlflow/reconcile';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { instant, sha } from './schemas';

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
const snapshot = z.object({
  snapshotId: sha,
  asOf: instant,
  horizon: z.int().describe('last committed load batch that it saw'),
  rows: z.int(),
  madeAt: instant,
});
const feature = z.object({
  name: z.string(),
  unit: z.string(),
  nb: z.string(),
  en: z.string(),
  purpose: z.string(),
  source: z.string(),
  months: z.int().nullable(),
  peer: z.enum(['z', 'pct']).nullable(),
});
const deviation = z.object({
  kind: z.string(),
  subjectId: z.string(),
  what: z.string(),
  expected: z.string(),
  found: z.string(),
  foundAt: instant,
});

export function dataRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  const tag = 'Data';

  route(
    app,
    deps,
    'listLoads',
    {
      method: 'GET',
      url: '/v1/loads',
      tag,
      summary: 'Loaded files, newest first: loaded + quarantined = read',
      query: pageQuery,
      answer: pageOf(load),
    },
    async ({ query: { cursor, limit } }) => {
      const cut = page(await loadPage(db, keyFrom('number', cursor)?.[0], limit + 1), limit, (last) => [last.batchId]);
      return {
        rows: cut.rows.map((row) => ({ ...row, knownFrom: row.knownFrom ?? null, knownUntil: row.knownUntil ?? null })),
        next: cut.next,
      };
    },
  );

  const query = pageQuery.extend({
    batch: z.coerce
      .number()
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .optional(),
  });
  route(
    app,
    deps,
    'listQuarantine',
    {
      method: 'GET',
      url: '/v1/quarantine',
      tag,
      summary: 'Refused rows with line, field, value and reason',
      query,
      answer: pageOf(refused),
    },
    async ({ query: { cursor, limit, batch } }) => {
      const cut = page(await quarantinePage(db, batch, keyFrom('number', cursor)?.[0], limit + 1), limit, (last) => [
        last.id,
      ]);
      return { rows: cut.rows.map((row) => ({ ...row, value: row.value ?? null })), next: cut.next };
    },
  );

  route(
    app,
    deps,
    'listSnapshots',
    {
      method: 'GET',
      url: '/v1/snapshots',
      tag,
      summary: 'Sealed snapshots, newest first',
      query: pageQuery,
      answer: pageOf(snapshot),
    },
    async ({ query: { cursor, limit } }) =>
      page(await snapshotPage(db, keyFrom('time', cursor), limit + 1), limit, (last) => [
        last.madeAt.toISOString(),
        last.snapshotId,
      ]),
  );

  route(
    app,
    deps,
    'listFeatures',
    {
      method: 'GET',
      url: '/v1/features',
      tag,
      summary: 'Catalogue of features: meaning, unit, source, purpose',
      answer: z.array(feature),
    },
    async () =>
      Promise.resolve(
        FEATURES.map(({ name, months, peer, declaration: d }) => ({
          name,
          unit: d.unit,
          nb: d.nb,
          en: d.en,
          purpose: d.purpose,
          source: d.source,
          months: months ?? null,
          peer: peer ?? null,
        })),
      ),
  );

  route(
    app,
    deps,
    'listDeviations',
    {
      method: 'GET',
      url: '/v1/deviations',
      tag,
      summary: 'What somebody changed in MLflow by hand',
      answer: z.array(deviation),
    },
    async () => listDeviations(db),
  );
}
