import { z } from 'zod';
import { notFound } from '../../../domain/errors';
import { TIME_RULES } from '../../../domain/rules/time-use';
import { newestScoringOf, newestSnapshot, type ScoredProvider } from '../../../platform/db/read-models/scored-provider';
import { ProviderProfile } from '../../../platform/features/provider-profile';
import { readManifest } from '../../../platform/snapshots/manifests';
import type { ApiDeps } from '../deps';
import { route } from '../http/route';
import { openedProvider } from './provider-access';
import { contact, openingQuery, providerParam } from './provider-schemas';
import { day } from './schemas';

/**
 * What a snapshot holds about a provider: the snapshot of its newest list, so that nothing newer than the list is
 * shown, or the newest snapshot for a provider that is on none. Undefined before the first snapshot.
 */
export async function profileOf({ db, store }: ApiDeps, providerId: number, scoring: ScoredProvider | undefined) {
  const source = scoring?.snapshotId
    ? { snapshotId: scoring.snapshotId, asOf: scoring.asOf }
    : await newestSnapshot(db);
  if (!source) return undefined;
  const manifest = await readManifest(db, store, source.snapshotId);
  return { ...source, profile: new ProviderProfile(store, manifest, providerId) };
}

const getProviderDay = route(
  'getProviderDay',
  {
    method: 'GET',
    url: '/v1/providers/:provider/days/:day',
    tag: 'Providers',
    summary: 'One day of a provider, contact by contact, with the minutes that its tariffs claim',
    params: providerParam.extend({ day }),
    query: openingQuery,
    answer: z.object({
      day,
      minutes: z.int(),
      rules: z.object({ dayMinutes: z.int(), overlapMinutes: z.int() }),
      contacts: z.array(contact),
    }),
  },
  async (call, deps) => {
    const row = await openedProvider(call, deps);
    const source = await profileOf(deps, row.providerId, await newestScoringOf(deps.db, row.entity));
    if (!source) throw notFound('no snapshot has been taken yet', 'Train or rescore first.');
    const contacts = await source.profile.day(call.params.day);
    return {
      day: call.params.day,
      minutes: contacts.reduce((sum, { minutes }) => sum + minutes, 0),
      rules: { dayMinutes: TIME_RULES.dayMinutes, overlapMinutes: TIME_RULES.overlapMinutes },
      contacts: contacts.map((one) => ({ ...one, tariffs: [...one.tariffs] })),
    };
  },
);

export const providerDayRoutes = [getProviderDay];
