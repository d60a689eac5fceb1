import { z } from 'zod';
import { recordAccess } from '../../../application/access-log';
import { blindAssessorOf } from '../../../application/blind-assessment';
import { featureText, explanationTexts } from '../../../domain/features/explanations-i18n';
import { groupName } from '../../../domain/reference/codes';
import { PURPOSES } from '../../../domain/rules/permissions';
import type { ProviderReasons } from '../../../domain/schemas/explanation';
import { newestScoringOf, type ScoredProvider } from '../../../platform/db/read-models/scored-provider';
import {
  casesOf,
  hasOwnCase,
  isToAssess,
  type ProviderRow,
  rankHistory,
} from '../../../platform/db/read-models/selection';
import { peerFigures } from '../../../platform/matrices/peer-figures';
import type { ApiDeps } from '../deps';
import { disconnectSignal } from '../http/disconnect';
import { route } from '../http/route';
import { openedProvider, openingsOf, providerInScope } from './provider-access';
import { profileOf } from './provider-days';
import { openingQuery, provider, providerParam } from './provider-schemas';
import { instant } from './schemas';

const tag = 'Providers';
const SAMPLE_BILLS = 15;
const REASONS_SHOWN = 5;

const opening = z.strictObject({
  purpose: z.enum(PURPOSES),
  caseNo: z
    .string()
    .regex(/^[\w./-]{1,40}$/)
    .optional(),
});

const openProvider = route(
  'openProvider',
  {
    method: 'POST',
    url: '/v1/providers/:provider/openings',
    tag,
    summary: 'Open a provider for a purpose; the access is recorded in the ledger',
    params: providerParam,
    body: opening,
    status: 201,
    answer: z.object({ opening: z.string(), entity: z.string(), ownCase: z.boolean(), until: instant }),
  },
  async (call, deps) => {
    const { db, clock } = deps;
    const { entity, providerId } = await providerInScope(call, deps);
    const { token } = call.principal;
    const { purpose, caseNo } = call.body;
    const ownCase = await hasOwnCase(db, providerId, token.caseworker, caseNo);
    const access = { kind: 'provider', subjectId: entity, purpose, caseNo, ownCase } as const;
    const accessId = await recordAccess(db, token, access, clock());
    return { ...(await openingsOf(deps).issue(accessId, token, entity)), entity, ownCase };
  },
);

const getProvider = route(
  'getProvider',
  {
    method: 'GET',
    url: '/v1/providers/:provider',
    tag,
    summary: 'A provider compared with its peers: reasons, amounts by month, sample bills and history',
    params: providerParam,
    query: openingQuery.extend({ lang: z.enum(['nb', 'en']).default('nb') }),
    answer: provider,
  },
  async (call, deps) => {
    const { db } = deps;
    const { lang } = call.query;
    const row = await openedProvider(call, deps);
    const blindAssessor = await blindAssessorOf(db, call.principal.token);
    const scoring = await newestScoringOf(db, row.entity);
    const hidden =
      scoring !== undefined &&
      blindAssessor !== undefined &&
      (await isToAssess(db, scoring.listId, row.entity, blindAssessor));
    const source = await profileOf(deps, row.providerId, scoring);
    const [ranks, cases, reasons, peers, months, sample] = await Promise.all([
      rankHistory(db, row.entity, blindAssessor),
      presentCases(deps, row),
      scoring && !hidden
        ? deps.explanations.reasonsOf(scoring.listId, row.entity, disconnectSignal(call.reply))
        : undefined,
      presentPeers(deps, scoring, row, lang),
      source ? source.profile.months() : [],
      source ? source.profile.sample(SAMPLE_BILLS) : [],
    ]);
    return {
      ...presentProvider(row),
      ranks,
      cases,
      snapshotId: source?.snapshotId ?? null,
      asOf: source?.asOf ?? null,
      reasons: reasons ? presentReasons(reasons, lang) : null,
      peers,
      months,
      sample: sample.map((bill) => ({ ...bill, tariffs: [...bill.tariffs] })),
    };
  },
);

const presentProvider = (row: ProviderRow) => ({
  entity: row.entity,
  practice: row.practice,
  group: row.group,
  groupName: groupName(row.group),
  field: row.field,
  municipality: row.municipality,
  listSize: row.listSize ?? null,
});

const presentCases = async ({ db }: ApiDeps, { providerId }: ProviderRow) =>
  (await casesOf(db, providerId)).map((found) => ({
    ...found,
    outcome: found.outcome ?? null,
    decided: found.decided ?? null,
    amountOre: found.amountOre ?? null,
  }));

async function presentPeers(
  { store }: ApiDeps,
  scoring: ScoredProvider | undefined,
  { entity }: ProviderRow,
  lang: 'nb' | 'en',
) {
  if (!scoring) return [];
  const figures = await peerFigures(store, scoring.matrix.fileSha256, scoring.matrix.meta, entity);
  return figures.map((figure) => ({
    ...figure,
    text: featureText(figure.feature, lang),
    quantiles: [...figure.quantiles],
  }));
}

/** The largest reasons on each side, and the sum of the others: base + raises + lowers + rest = score. */
function presentReasons(found: ProviderReasons, lang: 'nb' | 'en') {
  const present = (one: ProviderReasons['reasons'][number]) => ({ ...one, text: featureText(one.feature, lang) });
  const raises = found.reasons.slice(0, REASONS_SHOWN).map(present);
  const lowers = found.counterEvidence.slice(0, REASONS_SHOWN).map(present);
  const listed = [...raises, ...lowers].reduce((sum, { contribution }) => sum + contribution, 0);
  return {
    score: found.score,
    base: found.base,
    rest: found.score - found.base - listed,
    raises,
    lowers,
    counterfactual: found.counterfactual ? found.counterfactual.features.map((name) => featureText(name, lang)) : null,
    sentences: explanationTexts(found, lang),
  };
}

export const providerRoutes = [openProvider, getProvider];
