import { z } from 'zod';
import { formatBlock } from './table-format';

/** How a table of dated events becomes a feature table: which aggregates, over which windows, as of which days. */
export const eventWindowsSchema = z.strictObject({
  version: z.literal(1),
  format: formatBlock,
  entity: z.string().describe('column with the entity of the event'),
  day: z.string().describe('column with the day, or the instant, at which the event became known'),
  asOf: z
    .array(z.iso.date())
    .min(1)
    .max(600)
    .describe('days as of which features are computed; events of the day itself count'),
  windows: z
    .array(z.int().min(1).max(36_500))
    .default([])
    .describe('window lengths in days before the as-of day; all earlier events are always aggregated too'),
  counts: z.array(z.string()).default([]).describe('columns whose non-missing values are counted'),
  amounts: z
    .array(z.strictObject({ column: z.string(), decimals: z.int().min(0).max(6).default(2) }))
    .default([])
    .describe('columns with sum, mean, standard deviation and maximum, computed exactly to the given decimals'),
});
export type EventWindows = z.infer<typeof eventWindowsSchema>;
