import { z } from 'zod';
import { route } from '../http/route';
import { instant } from './schemas';

const schedule = z.object({
  id: z.string(),
  paused: z.boolean(),
  next: instant.nullable(),
  runs: z.int().describe('runs so far'),
});

const listSchedules = route(
  'listSchedules',
  {
    method: 'GET',
    url: '/v1/schedules',
    tag: 'Overview',
    summary: 'Schedules and their next times',
    answer: z.array(schedule),
  },
  async (_call, { temporal }) => (await temporal.schedules()).map((found) => ({ ...found, next: found.next ?? null })),
);

export const scheduleRoutes = [listSchedules];
