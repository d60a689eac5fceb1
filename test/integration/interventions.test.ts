import { answerIntervention, rollBack, revokeVersion, suspendScoring } from '../../application/interventions';
import { decide, waiveGate, requestPromotion } from '../../application/promotion';
import { auditContextFor, prepared } from '../support/environment';
import { type PromotionHarness, promotionHarness } from '../support/promotion-harness';
import { mutateEveryColumn } from '../support/mutations';
import { recordGates, signedTestVersion } from '../support/promotions';

let h: PromotionHarness;
let t: PromotionHarness['t'];
beforeAll(async () => {
  h = await promotionHarness();
  ({ t } = h);
});
afterAll(() => h.close());
const as = (user: string) => h.as(user);
const live = (slot: string) => h.live(slot);
const ask = (slot: string) => h.ask(slot);
let slots = 0;
const newSlot = () => `intervention-${++slots}/all`;
const champion = async (slot: string) => {
  const asked = await ask(slot);
  await decide(await as('ola'), asked.requestId, 'approved', 'looked at it');
  return asked;
};

describe('interventions', () => {
  test('one person suspends scoring at once; two people lift the suspension', async () => {
    const { slot } = await champion(newSlot());
    const { interventionId } = await suspendScoring(await as('per'), slot, 'scores jumped');
    await expect(live(slot)).rejects.toThrow(/scoring of .* is stopped: one person suspended it/);
    const ola = await as('ola');
    expect(await answerIntervention(ola, interventionId, 'mended')).toMatchObject({ settled: false });
    await expect(answerIntervention(ola, interventionId, 'mended twice')).rejects.toThrow(
      /answered the intervention before/,
    );
    await expect(live(slot)).rejects.toThrow(/1 of 2 people/);
    expect(await answerIntervention(await as('ingrid'), interventionId, 'agreed')).toMatchObject({ settled: true });
    await live(slot);
    await expect(answerIntervention(await as('ingrid'), interventionId, 'again')).rejects.toThrow(/settled already/);
    await expect(suspendScoring(await as('nils'), slot, 'no right')).rejects.toThrow(/needs one of/);
  });
  test('a roll-back by one person holds for a limited time, and the version rolled back needs a decision', async () => {
    const slot = newSlot();
    const first = await champion(slot);
    const second = await champion(slot);
    const ola = await as('ola');
    const returned = await rollBack(ola, slot, 'prefer the first', 0.000_01);
    expect(returned).toMatchObject({ from: second.versionId, to: first.versionId });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(live(slot)).rejects.toThrow(/was not confirmed by a second person before/);
    await expect(answerIntervention(ola, returned.interventionId, 'me again')).rejects.toThrow(/four eyes/);
    await answerIntervention(await as('ingrid'), returned.interventionId, 'looked too');
    expect((await live(slot)).versionId).toBe(first.versionId);
    // The version that was rolled back, on its old decision: refused by the service and by the database.
    await expect(rollBack(ola, slot, 'and back')).rejects.toThrow(/never had another champion to roll back to/);
    const audit = await auditContextFor(t, 'ola', 'promotion.approve');
    const row = await t
      .db('ml.champion')
      .where({ slot, version_id: second.versionId })
      .first<{ decision_id: string }>();
    const again = {
      slot,
      seq: 4,
      version_id: second.versionId,
      decision_id: row.decision_id,
      action_id: audit.actionId,
      live_from: new Date(),
    };
    await expect(prepared(t, audit, async (tx) => void (await tx('ml.champion').insert(again)))).rejects.toThrow(
      /was rolled back in slot/,
    );
    const { requestId } = await requestPromotion(await as('kari'), second.versionId, {
      openDays: 14,
      purpose: 'after all',
    });
    await recordGates(t, requestId);
    await decide(await as('ingrid'), requestId, 'approved', 'mended');
    expect((await live(slot)).versionId).toBe(second.versionId);
  });
  test('a revoked version does not score, and nobody rolls back to it', async () => {
    const slot = newSlot();
    const first = await champion(slot);
    await champion(slot);
    await revokeVersion(await as('ingrid'), first.versionId, 'trained on wrong labels');
    await expect(rollBack(await as('ola'), slot, 'back')).rejects.toThrow(/was revoked/);
    const lone = await champion(newSlot());
    await revokeVersion(await as('ola'), lone.versionId, 'wrong too');
    await expect(live(lone.slot)).rejects.toThrow(/was revoked/);
    await expect(revokeVersion(await as('kari'), lone.versionId, 'may not')).rejects.toThrow(
      /does not carry the role approver/,
    );
  });
});

test('a failed gate is waived by two people who neither requested nor trained, and by nobody else', async () => {
  const versionId = await signedTestVersion(t, newSlot());
  const { requestId } = await requestPromotion(await as('kari'), versionId, { openDays: 14, purpose: 'test' });
  await recordGates(t, requestId, false);
  const [ola, ingrid] = [await as('ola'), await as('ingrid')];
  await expect(decide(ola, requestId, 'approved', 'never mind')).rejects.toThrow(
    /did not pass its gates: enough-outcomes/,
  );
  await expect(waiveGate(ola, requestId, 'no-such-gate', 'because')).rejects.toThrow(/has no gate/);
  const kari = await as('kari');
  const both = { ...kari, token: { ...kari.token, roles: ['approver'] } };
  await expect(waiveGate(both, requestId, 'enough-outcomes', 'because')).rejects.toThrow(/asks may not approve/);
  expect(await waiveGate(ola, requestId, 'enough-outcomes', 'the register lacked two months')).toMatchObject({
    waivers: 1,
  });
  await expect(waiveGate(ola, requestId, 'enough-outcomes', 'again')).rejects.toThrow(/before/);
  await expect(decide(ola, requestId, 'approved', 'one reason')).rejects.toThrow(/did not pass its gates/);
  expect(await waiveGate(ingrid, requestId, 'enough-outcomes', 'agreed')).toMatchObject({ waivers: 2 });
  expect(await decide(ola, requestId, 'approved', 'two reasons')).toMatchObject({ verdict: 'approved' });
});

test('a superuser who changes any column of interventions, waivers and statements is found out', async () => {
  const { mutations } = await mutateEveryColumn(t.ownerUrl);
  expect(mutations.filter(({ found }) => !found)).toEqual([]);
  for (const table of ['ml.intervention', 'ml.intervention_answer', 'ml.gate_waiver', 'ml.statement'])
    expect(mutations.filter((mutation) => mutation.table === table).length).toBeGreaterThan(3);
});
