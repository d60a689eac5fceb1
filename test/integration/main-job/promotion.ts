import { answerIntervention, rollBack } from '../../../application/interventions';
import { decide, requestPromotion } from '../../../application/promotion';
import { championOf } from '../../../platform/db/stores/champions';
import { gatesOf } from '../../../platform/db/stores/gates';
import { getRequest } from '../../../platform/db/stores/promotions';
import { SMALL_EXPERIMENT, SMALL_SLOT } from '../../support/small-register';
import { type MainJob, withFeatures } from './journey';

export function promotionTests(job: MainJob): void {
  test('a person who neither requested nor trained approves the version that passed its gates', async () => {
    const { t, run } = job;
    const kari = await t.as('kari');
    const ola = await t.as('ola');
    const { requestId } = await requestPromotion(kari, run.versionId, { openDays: 14, purpose: 'test' });
    const gates = await job.gates(requestId);
    expect(gates.filter((gate) => !gate.passed)).toEqual([]);
    const both = { ...kari, token: { ...kari.token, roles: ['approver', 'data-scientist'] } };
    await expect(decide(both, requestId, 'approved', 'I trust myself')).rejects.toThrow(/four eyes/);
    expect(await decide(ola, requestId, 'approved', 'looked at the figures')).toMatchObject({ verdict: 'approved' });
    await expect(decide(ola, requestId, 'approved', 'again')).rejects.toThrow(/already approved/);
    expect((await championOf(t.db, SMALL_SLOT))?.versionId).toBe(run.versionId);
    await expect(rollBack(ola, SMALL_SLOT, 'nothing before')).rejects.toThrow(/never had another champion/);
  });
}

export function refusedPromotionTests(job: MainJob): void {
  test('a model that uses caseworker columns may be studied, and the gates refuse its request', async () => {
    const { t } = job;
    const nuisance = await job.train(withFeatures('{ nuisance: include }'));
    const { requestId } = await requestPromotion(await t.as('kari'), nuisance.versionId, {
      openDays: 1,
      purpose: 'test',
    });
    expect(await t.temporal.promotionResult(requestId)).toEqual({ verdict: 'refused' });
    expect((await gatesOf(t.db, requestId)).find((gate) => gate.gate === 'no-nuisance')).toMatchObject({
      passed: false,
    });
    expect((await getRequest(t.db, requestId)).state).toBe('refused');
  });
}

export function rollBackTests(job: MainJob): void {
  test('a champion is rolled back to the one before by one person, and a second confirms it', async () => {
    const { t } = job;
    const before = (await championOf(t.db, SMALL_SLOT))!.versionId;
    const next = await job.train(SMALL_EXPERIMENT.replace('l2: [0.1, 1]', 'l2: [0.1001, 1.001]'));
    expect(next.versionId).not.toBe(before);
    const { requestId } = await requestPromotion(await t.as('kari'), next.versionId, { openDays: 1, purpose: 'test' });
    const gates = await job.gates(requestId);
    expect(gates.filter((gate) => !gate.passed)).toEqual([]);
    expect(gates.map((gate) => gate.gate)).toContain('not-worse-than-champion');
    const ola = await t.as('ola');
    await decide(ola, requestId, 'approved', 'as good');
    const returned = await rollBack(ola, SMALL_SLOT, 'prefer the first');
    expect(returned).toMatchObject({ from: next.versionId, to: before });
    await expect(answerIntervention(ola, returned.interventionId, 'me again')).rejects.toThrow(/four eyes/);
    expect(await answerIntervention(await t.as('ingrid'), returned.interventionId, 'looked too')).toMatchObject({
      settled: true,
    });
    expect((await championOf(t.db, SMALL_SLOT))?.versionId).toBe(before);
  });
}
