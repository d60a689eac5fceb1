import type { Command } from 'commander';
import { z } from 'zod';
import { readYaml } from '../../../application/experiments';
import { applySchedules, pauseSchedule } from '../../../application/schedules';
import { parseOrExplain } from '../../../domain/schemas/parse';
import { MOST } from '../numbers';
import { type Out, print, table } from '../output';
import { withAuthenticatedContext } from '../session';

const schedulesSchema = z.strictObject({
  version: z.literal(1),
  rescore: z
    .array(
      z.strictObject({
        slot: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
        cron: z.string(),
        capacity: z.int().min(1).max(MOST.capacity),
        seed: z.int().min(0).max(MOST.seed),
        openDays: z.int().min(1).max(MOST.openDays).default(14),
        shards: z.int().min(1).max(MOST.shards).default(4),
      }),
    )
    .min(1),
  /** Every live version is made again from its recipe and stored inputs. */
  reproduce: z.strictObject({ cron: z.string() }).optional(),
});

const minute = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');

function apply(schedule: Command): void {
  schedule
    .command('apply')
    .description('create schedules or bring them to what the file says')
    .argument('<file>', 'schedules file (YAML)')
    .addHelpText('after', '\nExample: utplukk schedule apply docs/examples/schedules.yaml')
    .action(async (file: string, options: Out) => {
      const wanted = parseOrExplain(schedulesSchema, readYaml(file), `schedules ${file}`);
      const done = await withAuthenticatedContext((context) => applySchedules(context, wanted));
      print(options, done, () => {
        const rows = done.map(({ slot, cron, result, next }) => [slot, cron, result, next.map(minute).join('\n')]);
        const notes = done.flatMap((applied) => applied.notes.map((note) => `${applied.slot}: ${note}.`));
        return [table(['slot', 'cron', '', 'next times (UTC)'], rows), ...notes].join('\n');
      });
    });
}

function listAll(schedule: Command): void {
  schedule
    .command('list')
    .description('schedules, their next times and whether they are paused')
    .addHelpText('after', '\nExample: utplukk schedule list')
    .action(async (options: Out) => {
      await withAuthenticatedContext(async ({ temporal }) => {
        const rows: { id: string; paused: boolean; next: string | undefined; taken: number }[] = [];
        for await (const summary of temporal.client.schedule.list()) {
          const description = await temporal.client.schedule.getHandle(summary.scheduleId).describe();
          rows.push({
            id: summary.scheduleId,
            paused: description.state.paused,
            next: description.info.nextActionTimes[0]?.toISOString(),
            taken: description.info.numActionsTaken,
          });
        }
        print(options, rows, () =>
          table(
            ['schedule', 'paused', 'next', 'runs so far'],
            rows.map((r) => [r.id, r.paused ? 'yes' : 'no', r.next, r.taken]),
          ),
        );
      });
    });
}

function pauseOrResume(schedule: Command): void {
  for (const [name, pause] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    schedule
      .command(name)
      .argument('<schedule>', 'id of the schedule, as `utplukk schedule list` shows it')
      .description(`${name} a schedule`)
      .addHelpText('after', `\nExample: utplukk schedule ${name} rescore-post-payment-control.all`)
      .action(async (id: string, options: Out) => {
        await withAuthenticatedContext((context) => pauseSchedule(context, id, pause));
        print(options, { schedule: id, paused: pause }, () => `${id} is ${pause ? 'paused' : 'running'}.`);
      });
  }
}

/** Schedules: rescoring, and reproduction of what is live. */
export function scheduleCommands(program: Command): void {
  const schedule = program
    .command('schedule')
    .description('rescoring on a schedule (role data-scientist or control-leader)');
  for (const add of [apply, listAll, pauseOrResume]) add(schedule);
}
