import { invalid, notFound } from '../domain/errors';
import { REPRODUCE_SCHEDULE } from '../domain/rules/workflow-ids';
import { clockChangeNotes, type ScheduleTimes, scheduleTimes } from '../domain/time/cron';
import { digestOf } from '../platform/artifacts/hash';
import { championOf, liveSlots } from '../platform/db/stores/champions';
import { recordAction } from './audited-action';
import type { RequestContext } from './request-context';
import type { RescoreScheduleSpec } from './workflow-client';

export interface SchedulesWanted {
  readonly rescore: readonly RescoreScheduleSpec[];
  /** Every live version is made again from its pins at the times of `cron`. */
  readonly reproduce?: { readonly cron: string } | undefined;
}

export interface AppliedSchedule {
  /** The slot that is rescored, or `reproduce`. */
  readonly slot: string;
  readonly cron: string;
  readonly result: 'created' | 'updated';
  /** The next times. */
  readonly next: readonly Date[];
  /** Times that the clock of spring skips or that of autumn doubles, and what happens then. */
  readonly notes: readonly string[];
}

/**
 * Creates schedules or brings them to what is wanted. All are checked before any is written, so that a fault in one
 * leaves those that work as they are.
 * @throws UtplukkError InvalidInput for a cron that is none or never comes, or two schedules of one slot; NotFound for
 * a slot without a live version
 */
export async function applySchedules(context: RequestContext, wanted: SchedulesWanted): Promise<AppliedSchedule[]> {
  const slots = new Set<string>();
  for (const { slot } of wanted.rescore) {
    if (slots.has(slot)) throw invalid(`${slot} has two schedules`, 'Leave one: a slot has one schedule.');
    slots.add(slot);
  }
  const checked: { spec: RescoreScheduleSpec; times: ScheduleTimes }[] = [];
  for (const spec of wanted.rescore) checked.push({ spec, times: await checkSchedule(context, spec) });
  const { reproduce } = wanted;
  const reproduceTimes = reproduce && scheduleTimes(reproduce.cron, context.clock());
  const applied: AppliedSchedule[] = [];
  for (const { spec, times } of checked)
    applied.push(toApplied(spec.slot, spec.cron, times, await writeSchedule(context, spec)));
  if (reproduce && reproduceTimes) {
    const result = await writeReproductionSchedule(context, reproduce.cron);
    applied.push(toApplied('reproduce', reproduce.cron, reproduceTimes, result));
  }
  return applied;
}

const toApplied = (
  slot: string,
  cron: string,
  times: ScheduleTimes,
  result: AppliedSchedule['result'],
): AppliedSchedule => ({ slot, cron, result, next: times.next, notes: clockChangeNotes(times) });

async function checkSchedule(
  { db, clock }: Pick<RequestContext, 'db' | 'clock'>,
  { slot, cron }: RescoreScheduleSpec,
): Promise<ScheduleTimes> {
  const times = scheduleTimes(cron, clock());
  if (await championOf(db, slot)) return times;
  const live = await liveSlots(db);
  throw notFound(
    `no version is live for ${slot}, so its schedule would fail each time`,
    live.length > 0
      ? `A version is live for ${live.join(', ')}. Name one of them, or have a version promoted first.`
      : 'Have one promoted first: `utplukk promotion request <version>`.',
  );
}

async function writeSchedule(context: RequestContext, spec: RescoreScheduleSpec): Promise<'created' | 'updated'> {
  await recordAction(context, 'schedule.edit', `schedule of ${spec.slot}`, {
    event: 'schedule.applied',
    subject: { kind: 'schedule', id: spec.slot },
    after: digestOf(spec),
  });
  return context.temporal.applySchedule(spec);
}

async function writeReproductionSchedule(context: RequestContext, cron: string): Promise<'created' | 'updated'> {
  await recordAction(context, 'schedule.edit', 'schedule of reproducing the live versions', {
    event: 'schedule.applied',
    subject: { kind: 'schedule', id: REPRODUCE_SCHEDULE },
    after: digestOf({ cron }),
  });
  return context.temporal.applyReproductionSchedule(cron);
}

/** @throws UtplukkError NotFound, naming the schedules that there are */
export async function pauseSchedule(context: RequestContext, scheduleId: string, pause: boolean): Promise<void> {
  if (!(await context.temporal.hasSchedule(scheduleId))) {
    const ids = (await context.temporal.schedules()).map(({ id }) => id);
    throw notFound(`there is no schedule ${scheduleId}`, `There are: ${ids.join(', ') || 'none'}.`);
  }
  await recordAction(context, 'schedule.edit', `${pause ? 'pausing' : 'resuming'} ${scheduleId}`, {
    event: pause ? 'schedule.paused' : 'schedule.resumed',
    subject: { kind: 'schedule', id: scheduleId },
  });
  await context.temporal.pauseSchedule(scheduleId, pause);
}
