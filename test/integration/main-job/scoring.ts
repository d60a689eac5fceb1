import { reasonsOf } from '../../../application/explanation';
import { applySchedules, pauseSchedule } from '../../../application/schedules';
import { startRescore } from '../../../application/scoring';
import { listLines } from '../../../application/selection';
import { draftedList } from '../../../apps/cli/wait-for';
import { slotName } from '../../../domain/rules/slots';
import { championOf } from '../../../platform/db/stores/champions';
import { SMALL_SLOT } from '../../support/small-register';
import { scheduleTimes } from '../../../domain/time/cron';
import { until } from '../../support/until';
import type { MainJob } from './journey';

export function scoringTests(job: MainJob): void {
  test('the champion scores all active providers, and a draft list holds each of them', async () => {
    const { t, run } = job;
    const { workflowId } = await startRescore(await t.as('per'), {
      slot: SMALL_SLOT,
      asOf: '2025-01-01T00:00:00Z',
      capacity: 5,
      seed: 1,
      openDays: 14,
      shards: 3,
    });
    const scored = await t.temporal.rescoreResult(workflowId);
    const draft = await draftedList(t.db, scored.scoringId);
    Object.assign(job, { workflowId, listId: draft.listId });
    expect(draft).toMatchObject({ state: 'draft', capacity: 5, versionId: run.versionId });
    const lines = await listLines(t.db, draft.listId, { selectedOnly: false, count: 5000 });
    expect(lines).toHaveLength(draft.candidates);
    expect(lines.filter((line) => line.selected).map((line) => line.rank)).toEqual([1, 2, 3, 4, 5]);
    // Every line has an expected amount and says whether it is out of distribution; few are.
    for (const { probability, expectedOre } of lines) expect(expectedOre! > 0 === probability > 0).toBe(true);
    expect(lines.filter(({ outOfDistribution }) => outOfDistribution!).length).toBeLessThan(0.25 * lines.length);
    expect(lines.map((line) => line.probability)).toEqual(
      [...lines.map((line) => line.probability)].sort((a, b) => b - a),
    );
  });

  test('scores are explained, exactly where the model is linear', async () => {
    const { t, listId } = job;
    const lines = await listLines(t.db, listId, { selectedOnly: false, count: 2 });
    const entities = lines.map(({ entity }) => entity);
    const [first, second] = await reasonsOf(t, listId, entities);
    expect([first!.entity, second!.entity]).toEqual(entities);
    expect(first!.reasons[0]!.peers).toBeGreaterThanOrEqual(10);
    expect(Math.abs(first!.completenessError)).toBeLessThan(1e-6);
    await expect(reasonsOf(t, listId, ['P999999'])).rejects.toThrow(/P999999 was not scored/);
  });
}

export function scheduleTests(job: MainJob): void {
  test('a schedule scores its nominal time, as a service account', async () => {
    const { t } = job;
    const per = await t.as('per');
    const { versionId } = (await championOf(t.db, SMALL_SLOT))!;
    const spec = { slot: SMALL_SLOT, cron: '0 0 1 * *', capacity: 4, seed: 2, openDays: 14, shards: 2 };
    expect(await applySchedules(per, { rescore: [spec] })).toMatchObject([{ result: 'created', notes: [] }]);
    expect(await applySchedules(per, { rescore: [{ ...spec, capacity: 3 }] })).toMatchObject([{ result: 'updated' }]);
    const schedule = t.temporal.client.schedule.getHandle(`rescore-${slotName(SMALL_SLOT)}`);
    const nominal = Date.parse('2024-11-30T23:00:00Z'); // midnight in Norway on the first of December
    await schedule.backfill({ start: new Date(nominal - 1000), end: new Date(nominal), overlap: 'ALLOW_ALL' });
    const scoring = await until('the scheduled scoring', () =>
      t
        .db('sel.scoring_run')
        .where({ as_of: new Date(nominal) })
        .first<{ scoring_id: string; version_id: string; action_id: string } | undefined>(),
    );
    expect(scoring.version_id).toBe(versionId);
    const action = await t
      .db('aud.action')
      .join('aud.principal', 'aud.principal.principal_id', 'aud.action.principal_id')
      .where({ action_id: scoring.action_id })
      .first<{ subject: string; kind: string }>();
    expect(action).toMatchObject({ subject: 'service-schedule', kind: 'service' });
    expect((await draftedList(t.db, scoring.scoring_id)).capacity).toBe(3);
    const described = await schedule.describe();
    expect(described.policies.catchupWindow).toBe(3_600_000);
  });

  test('what is wrong with a schedule is found before any is written; the one that works stays', async () => {
    const { t } = job;
    const per = await t.as('per');
    const spec = { slot: SMALL_SLOT, cron: '0 0 1 * *', capacity: 9, seed: 2, openDays: 14, shards: 2 };
    const entries = () => t.db('aud.entry').count<{ count: number }[]>('* as count');
    const before = await entries();
    for (const [rescore, problem] of [
      [[spec, { ...spec, slot: 'post-paymnt-control/all' }], /no version is live for post-paymnt-control\/all/],
      [[{ ...spec, cron: '99 0 1 * *' }], /the minute "99", expected 0 to 59/],
      [[{ ...spec, cron: '0 0 30 2 *' }], /"0 0 30 2 \*" never comes/],
      [[spec, spec], /has two schedules/],
    ] as const)
      await expect(applySchedules(per, { rescore })).rejects.toThrow(problem);
    await expect(applySchedules(per, { rescore: [spec], reproduce: { cron: '0 25 * * *' } })).rejects.toThrow(/hour/);
    await expect(pauseSchedule(per, 'rescore-nothing', true)).rejects.toThrow(/no schedule rescore-nothing/);
    expect(await entries()).toEqual(before);
    const { action } = await t.temporal.client.schedule.getHandle(`rescore-${slotName(SMALL_SLOT)}`).describe();
    expect(action.args).toMatchObject([{ capacity: 3 }]);
  });

  test('its times are the ones that Temporal gives, also where the clock changes', async () => {
    const { schedule } = job.t.temporal.client;
    const action = { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none', args: [] } as const;
    for (const cron of ['30 2 28 3 *', '30 2 31 10 *', '0 0 13 * 5', '5/20 1-3 29 2 *', '0 12 * JAN,jul 7']) {
      const spec = { cronExpressions: [cron], timezone: 'Europe/Oslo' };
      const handle = await schedule.create({ scheduleId: 'times', spec, action });
      const { info } = await handle.describe();
      await handle.delete();
      const { next } = scheduleTimes(cron, new Date(), info.nextActionTimes.length);
      expect([cron, next]).toEqual([cron, info.nextActionTimes]);
    }
  });
}
