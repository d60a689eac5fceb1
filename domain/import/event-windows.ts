import { z } from 'zod';

/** How a table of dated events becomes a prepared feature table: what is counted over which windows, as of which days. */
export const eventWindowsSchema = z.strictObject({
  version: z.literal(1),
  entity: z.string().describe('column that names who the event belongs to'),
  day: z.string().describe('column with the day the event became known'),
  asOf: z
    .array(z.iso.date())
    .min(1)
    .max(600)
    .describe('days as of which features are made; an event of the day itself counts'),
  windows: z
    .array(z.int().min(1).max(36_500))
    .default([])
    .describe('days before the as-of day; all earlier events are counted besides'),
  counts: z.array(z.string()).default([]).describe('columns whose values are counted'),
  amounts: z
    .array(z.strictObject({ column: z.string(), decimals: z.int().min(0).max(6).default(2) }))
    .default([])
    .describe(
      'columns that are summed, with mean, standard deviation and largest; kept as whole numbers of the last decimal',
    ),
});
export type EventWindows = z.infer<typeof eventWindowsSchema>;
