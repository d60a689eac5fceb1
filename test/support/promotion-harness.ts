import fs from 'node:fs';
import path from 'node:path';
import type { ActivityDependencies } from '../../activities/deps';
import { promotionActivities } from '../../activities/promotion';
import { stepUpTokenAs } from '../../platform/auth/sign-in';
import type { RequestContext } from '../../application/request-context';
import { requestPromotion } from '../../application/promotion';
import { LifecycleClient } from '../../application/workflow-client';
import { verifiedChampion } from '../../platform/db/verified-champion';
import { testDatabase, type TestDatabase, testNotary, type TestNotary, tokenOf } from './environment';
import { recordGates, signedTestVersion } from './promotions';

/**
 * Services, notary, database and the activities that check step-up tokens, all real; instead of a waiting workflow, the
 * Update runs its activity at once.
 */
export interface PromotionHarness {
  readonly t: TestDatabase & { readonly notary: TestNotary };
  as(user: string): Promise<RequestContext & { readonly trust: TestNotary['trust'] }>;
  live(slot: string): ReturnType<typeof verifiedChampion>;
  /** A request of a new version whose gates passed. */
  ask(slot: string, by?: string): Promise<{ slot: string; versionId: string; requestId: string }>;
  close(): Promise<void>;
}

export async function promotionHarness(): Promise<PromotionHarness> {
  const database = await testDatabase();
  const t = { ...database, notary: await testNotary(database) };
  const unasked = undefined as never; // what deciding does not ask
  const deps: ActivityDependencies = {
    ...t,
    trust: t.notary.trust,
    notary: t.notary.client,
    clock: () => new Date(),
    mirror: unasked,
    mlflowReconciler: unasked,
    notifier: unasked,
    startServiceAction: unasked,
    serviceToken: unasked,
  };
  const workflow = Object.assign(Object.create(LifecycleClient.prototype) as LifecycleClient, {
    startPromotion: () => Promise.resolve(),
    decide: (requestId: string, decisionId: string) =>
      promotionActivities(deps).applyDecision({ requestId, decisionId }),
  });
  const as: PromotionHarness['as'] = async (user) => ({
    ...t,
    temporal: workflow,
    notary: t.notary.client,
    trust: t.notary.trust,
    token: await tokenOf(t.env, user),
    stepUpToken: stepUpTokenAs(t.env, user),
    clock: () => new Date(),
  });
  return {
    t,
    as,
    live: (slot) => verifiedChampion({ ...t, trust: t.notary.trust() }, slot, new Date()),
    async ask(slot, by = 'kari') {
      const versionId = await signedTestVersion(t, slot);
      const { requestId } = await requestPromotion(await as(by), versionId, { openDays: 14, purpose: 'test' });
      await recordGates(t, requestId);
      return { slot, versionId, requestId };
    },
    async close() {
      await t.notary.stop();
      await t.close();
      fs.rmSync(path.dirname(t.notary.home), { recursive: true, force: true });
    },
  };
}
