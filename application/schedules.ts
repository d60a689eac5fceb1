import { REPRODUCE_SCHEDULE } from '../domain/rules/workflow-ids';
import { digestOf } from '../platform/artifacts/hash';
import { recordAction } from './audited-action';
import type { RequestContext } from './request-context';
import type { RescoreScheduleSpec } from './workflow-client';

/** Creates the rescoring schedule of a slot or updates it to the given spec, with its ledger entry. */
export async function applySchedule(
  context: RequestContext,
  spec: RescoreScheduleSpec,
): Promise<'created' | 'updated'> {
  await recordAction(context, 'schedule.edit', `schedule of ${spec.slot}`, {
    event: 'schedule.applied',
    subject: { kind: 'schedule', id: spec.slot },
    after: digestOf(spec),
  });
  return context.temporal.applySchedule(spec);
}

/** Reproduces every live version from its pinned inputs at the times of `cron` (five fields, Europe/Oslo). */
export async function applyReproductionSchedule(context: RequestContext, cron: string): Promise<'created' | 'updated'> {
  await recordAction(context, 'schedule.edit', 'schedule of reproducing the live versions', {
    event: 'schedule.applied',
    subject: { kind: 'schedule', id: REPRODUCE_SCHEDULE },
    after: digestOf({ cron }),
  });
  return context.temporal.applyReproductionSchedule(cron);
}

export async function pauseSchedule(context: RequestContext, scheduleId: string, pause: boolean): Promise<void> {
  await recordAction(context, 'schedule.edit', `${pause ? 'pausing' : 'resuming'} ${scheduleId}`, {
    event: pause ? 'schedule.paused' : 'schedule.resumed',
    subject: { kind: 'schedule', id: scheduleId },
  });
  await context.temporal.pauseSchedule(scheduleId, pause);
}
