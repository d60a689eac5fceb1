import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notAllowed, notFound } from '../../../domain/errors';
import { featureInWords, reasonsInWords } from '../../../domain/features/explanations-i18n';
import { PRACTICE_TYPES } from '../../../domain/reference/codes';
import { PURPOSES } from '../../../domain/rules/permissions';
import { TIME_RULES } from '../../../domain/rules/time-engine';
import type { MatrixMeta } from '../../../domain/schemas/matrix';
import type { ProviderReasons } from '../../../domain/schemas/reasons';
import { reasonsOf } from '../../../application/explanations';
import { casesOf, findProvider, hasOwnCase, isToAssess, rankHistory } from '../../../platform/db/read-models/selection';
import { type AccessRow, listAccess, recordAccess } from '../../../application/access-log';
import { ProviderProfile, peerFigures } from '../../../platform/features/provider-profile';
import { readManifest } from '../../../platform/snapshots/manifests';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { type Call, route } from '../http/route';
import { blindAssessorOf } from '../../../application/access-logged-reads';
import { Openings } from './provider-access';
import { day, instant, ore, person, sha } from './schemas';

const SAMPLE = 15;
const REASONS = 5;

const opening = z.strictObject({
  purpose: z.enum(PURPOSES),
  caseNo: z
    .string()
    .regex(/^[\w./-]{1,40}$/)
    .optional(),
});
const bill = z.object({
  billNo: z.int(),
  day,
  minute: z.int().describe('after midnight, in Norway'),
  amountOre: ore,
  tariffs: z.array(z.string()),
});
const reason = z.object({
  feature: z.string(),
  words: z.string(),
  contribution: z.number(),
  value: z.union([z.number(), z.string()]).nullable(),
  peerGroup: z.string(),
  peers: z.int(),
  peerMedian: z.number().nullable(),
});
const provider = z.object({
  entity: z.string(),
  practice: z.string(),
  group: z.string(),
  groupName: z.string(),
  field: z.string(),
  municipality: z.string(),
  listSize: z.int().nullable(),
  ranks: z.array(
    z.object({
      listId: sha,
      slot: z.string(),
      asOf: instant,
      versionId: sha,
      rank: z.int(),
      of: z.int(),
      probability: z.number(),
      selected: z.boolean(),
    }),
  ),
  cases: z.array(
    z.object({
      caseNo: z.string(),
      opened: day,
      basis: z.string(),
      outcome: z.string().nullable(),
      decided: day.nullable(),
      amountOre: ore.nullable(),
    }),
  ),
  /** What the newest list was made of: nothing here is newer. */
  snapshotId: sha.nullable(),
  asOf: instant.nullable(),
  reasons: z
    .object({
      score: z.number(),
      base: z.number(),
      rest: z.number().describe('what is not listed, so that all adds up to the score'),
      raises: z.array(reason),
      speaksAgainst: z.array(reason),
      counterfactual: z.array(z.string()).nullable(),
      words: z.array(z.string()),
    })
    .nullable(),
  peers: z.array(
    z.object({
      feature: z.string(),
      words: z.string(),
      unit: z.string().describe('øre, share, or what is counted'),
      value: z.number(),
      deviation: z.number(),
      peers: z.int(),
      quantiles: z.array(z.number()).length(5),
    }),
  ),
  months: z.array(z.object({ month: day, bills: z.int(), patients: z.int(), amountOre: ore })),
  sample: z.array(bill),
});
const contact = bill.extend({ performer: z.int(), minutes: z.int(), beside: z.boolean() });
const look = z.object({
  accessId: z.uuid(),
  at: instant,
  by: person,
  role: z.string(),
  kind: z.enum(['provider', 'list', 'list-export', 'ledger-export']),
  subjectId: z.string(),
  purpose: z.string(),
  caseNo: z.string().nullable(),
  ownCase: z.boolean().nullable(),
  rows: z.array(z.int()).nullable(),
});

export function providerRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db, store } = deps;
  const tag = 'Providers';
  const providerParam = z.object({
    provider: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .describe('surrogate such as P12, or practice number'),
  });
  const openings = new Openings(deps.sessions.key, deps.clock);
  const opened = z.object({ opening: z.string().max(2000).describe('what POST …/openings gave') });

  async function found(call: Pick<Call<{ provider: string }, unknown, unknown>, 'params' | 'groups'>) {
    const row = await findProvider(db, call.params.provider);
    if (call.groups && !call.groups.includes(row.group))
      throw notAllowed('this provider is outside the provider groups of your team', 'A control leader can open it.');
    return row;
  }
  async function openedProvider(call: Call<{ provider: string }, { opening: string }, unknown>) {
    const row = await found(call);
    await openings.check(call.query.opening, call.principal.token, row.entity);
    return row;
  }
  /** The newest scoring that holds a provider, and the snapshot it stands on. */
  const newestScoring = (entity: string) =>
    db('sel.line as l')
      .join('sel.list as t', 't.list_id', 'l.list_id')
      .join('sel.scoring_run as s', 's.scoring_id', 't.scoring_id')
      .join('ml.matrix as m', 'm.matrix_id', 's.matrix_id')
      .where('l.entity', entity)
      .orderBy('t.as_of', 'desc')
      .orderBy('t.drafted_at', 'desc')
      .first<
        { list_id: string; as_of: Date; snapshot_id: string | null; file_sha256: string; meta: MatrixMeta } | undefined
      >('t.list_id', 't.as_of', 'm.snapshot_id', 'm.file_sha256', 'm.meta');
  /** The snapshot to show: the one the newest list was made of, else the newest there is. */
  async function viewOf(providerId: number, scoring: { snapshot_id: string | null; as_of: Date } | undefined) {
    const newest = scoring?.snapshot_id
      ? { snapshot_id: scoring.snapshot_id, as_of: scoring.as_of }
      : await db('ml.snapshot')
          .orderBy('made_at', 'desc')
          .first<{ snapshot_id: string; as_of: Date } | undefined>('snapshot_id', 'as_of');
    return (
      newest && {
        snapshotId: newest.snapshot_id,
        asOf: newest.as_of,
        view: new ProviderProfile(store, await readManifest(db, store, newest.snapshot_id), providerId),
      }
    );
  }

  route(
    app,
    deps,
    'openProvider',
    {
      method: 'POST',
      url: '/v1/providers/:provider/openings',
      tag,
      summary: 'Open a provider for a purpose: one entry in the ledger',
      params: providerParam,
      body: opening,
      status: 201,
      answer: z.object({ opening: z.string(), entity: z.string(), ownCase: z.boolean(), until: instant }),
    },
    async (call) => {
      const row = await found(call);
      const { token } = call.principal;
      const ownCase = await hasOwnCase(db, row.providerId, token.caseworker, call.body.caseNo);
      const accessId = await recordAccess(
        db,
        token,
        { kind: 'provider', subjectId: row.entity, purpose: call.body.purpose, caseNo: call.body.caseNo, ownCase },
        deps.clock(),
      );
      return { ...(await openings.make(accessId, token, row.entity)), entity: row.entity, ownCase };
    },
  );

  const providerQuery = opened.extend({ lang: z.enum(['nb', 'en']).default('nb') });
  route(
    app,
    deps,
    'getProvider',
    {
      method: 'GET',
      url: '/v1/providers/:provider',
      tag,
      summary: 'A provider beside its peers, with reasons, NOK by month, sample bills and history',
      params: providerParam,
      query: providerQuery,
      answer: provider,
    },
    async (call) => {
      const row = await openedProvider(call);
      const { lang } = call.query;
      const scoring = await newestScoring(row.entity);
      const judge = await blindAssessorOf(db, call.principal.token);
      const blind =
        scoring !== undefined && judge !== undefined && (await isToAssess(db, scoring.list_id, row.entity, judge));
      const at = await viewOf(row.providerId, scoring);
      const [ranks, cases, reasons, peers, months, sample] = await Promise.all([
        rankHistory(db, row.entity, judge),
        casesOf(db, row.providerId),
        scoring && !blind ? reasonsOf({ db, store }, scoring.list_id, [row.entity]) : [],
        scoring ? peerFigures(store, scoring.file_sha256, scoring.meta, row.entity) : [],
        at ? at.view.months() : [],
        at ? at.view.sample(SAMPLE) : [],
      ]);
      return {
        entity: row.entity,
        practice: row.practice,
        group: row.group,
        groupName: PRACTICE_TYPES[row.group]?.name ?? row.group,
        field: row.field,
        municipality: row.municipality,
        listSize: row.listSize ?? null,
        ranks,
        cases: cases.map((c) => ({
          ...c,
          outcome: c.outcome ?? null,
          decided: c.decided ?? null,
          amountOre: c.amountOre ?? null,
        })),
        snapshotId: at?.snapshotId ?? null,
        asOf: at?.asOf ?? null,
        reasons: reasons[0] ? inWords(reasons[0], lang) : null,
        peers: peers.map((p) => ({ ...p, words: featureInWords(p.feature, lang), quantiles: [...p.quantiles] })),
        months,
        sample: sample.map((b) => ({ ...b, tariffs: [...b.tariffs] })),
      };
    },
  );

  route(
    app,
    deps,
    'getProviderDay',
    {
      method: 'GET',
      url: '/v1/providers/:provider/days/:day',
      tag,
      summary: 'One day of a provider, contact by contact, as the time engine counts it',
      params: providerParam.extend({ day }),
      query: opened,
      answer: z.object({
        day,
        minutes: z.int(),
        rules: z.object({ dayMinutes: z.int(), overlapMinutes: z.int() }),
        contacts: z.array(contact),
      }),
    },
    async (call) => {
      const row = await openedProvider(call);
      const at = await viewOf(row.providerId, await newestScoring(row.entity));
      if (!at) throw notFound('no snapshot has been taken yet', 'Train or rescore first.');
      const contacts = await at.view.day(call.params.day);
      return {
        day: call.params.day,
        minutes: contacts.reduce((sum, c) => sum + c.minutes, 0),
        rules: { dayMinutes: TIME_RULES.dayMinutes, overlapMinutes: TIME_RULES.overlapMinutes },
        contacts: contacts.map((c) => ({ ...c, tariffs: [...c.tariffs] })),
      };
    },
  );

  const accessQuery = pageQuery.extend({
    outside: z.enum(['true', 'false']).default('false').describe('only look-ups of providers that were no own case'),
    by: z.string().max(100).optional(),
  });
  route(
    app,
    deps,
    'listAccess',
    {
      method: 'GET',
      url: '/v1/access',
      tag: 'Access',
      summary: 'Who looked at what and why, newest first',
      query: accessQuery,
      answer: pageOf(look),
    },
    async ({ query: { cursor, limit, outside, by } }) => {
      const cut = page(
        await listAccess(db, { outside: outside === 'true', by, before: keyFrom('time', cursor), limit: limit + 1 }),
        limit,
        (last: AccessRow) => [last.at.toISOString(), last.accessId],
      );
      return {
        rows: cut.rows.map((r) => ({
          ...r,
          caseNo: r.caseNo ?? null,
          ownCase: r.ownCase ?? null,
          rows: r.rows ? [...r.rows] : null,
        })),
        next: cut.next,
      };
    },
  );
}

/** Reasons as a page shows them: the largest on each side, and what is left, so that base + all of it = score. */
function inWords(found: ProviderReasons, lang: 'nb' | 'en') {
  const view = (r: ProviderReasons['reasons'][number]) => ({
    feature: r.feature,
    words: featureInWords(r.feature, lang),
    contribution: r.contribution,
    value: r.value,
    peerGroup: r.peerGroup,
    peers: r.peers,
    peerMedian: r.peerMedian,
  });
  const [raises, speaksAgainst] = [
    found.reasons.slice(0, REASONS).map(view),
    found.counterEvidence.slice(0, REASONS).map(view),
  ];
  const shown = [...raises, ...speaksAgainst].reduce((sum, r) => sum + r.contribution, 0);
  return {
    score: found.score,
    base: found.base,
    rest: found.score - found.base - shown,
    raises,
    speaksAgainst,
    counterfactual: found.counterfactual
      ? found.counterfactual.features.map((name) => featureInWords(name, lang))
      : null,
    words: reasonsInWords(found, lang),
  };
}
