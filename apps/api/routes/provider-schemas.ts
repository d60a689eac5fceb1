import { z } from 'zod';
import { day, instant, ore, sha } from './schemas';

export const providerParam = z.object({
  provider: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .describe('surrogate such as P12, or practice number'),
});
export const openingQuery = z.object({ opening: z.string().max(2000).describe('from POST …/openings') });

const bill = z.object({
  billNo: z.int(),
  day,
  minute: z.int().describe('after midnight, in Norway'),
  amountOre: ore,
  tariffs: z.array(z.string()),
});
export const contact = bill.extend({
  performer: z.int().describe('HPR number of a substitute or employee; 0 for the provider'),
  minutes: z.int().describe('least minutes that the tariffs ask for'),
  nonBlocking: z.boolean().describe('may run at the same time as other work, such as the telephone'),
});
const reason = z.object({
  feature: z.string(),
  text: z.string(),
  contribution: z.number().describe('to the score, in logits'),
  value: z.union([z.number(), z.string()]).nullable(),
  peerGroup: z.string(),
  peers: z.int(),
  peerMedian: z.number().nullable(),
});
const rank = z.object({
  listId: sha,
  slot: z.string(),
  asOf: instant,
  versionId: sha,
  rank: z.int(),
  of: z.int(),
  probability: z.number(),
  selected: z.boolean(),
});
const controlCase = z.object({
  caseNo: z.string(),
  opened: day,
  basis: z.string().describe('case source'),
  outcome: z.string().nullable(),
  decided: day.nullable(),
  amountOre: ore.nullable(),
});
const reasons = z.object({
  score: z.number(),
  base: z.number().describe('score of the mean training row'),
  rest: z.number().describe('sum of the contributions that are not listed: base + listed + rest = score'),
  raises: z.array(reason),
  lowers: z.array(reason),
  counterfactual: z
    .array(z.string())
    .nullable()
    .describe('features that would have had to be at the peers’ median for the provider not to be selected'),
  sentences: z.array(z.string()).describe('the same in words'),
});
const peerComparison = z.object({
  feature: z.string(),
  text: z.string(),
  unit: z.string().describe('øre, share, or what is counted'),
  value: z.number(),
  deviation: z.number().describe('robust z-score among the peers'),
  peers: z.int(),
  quantiles: z.array(z.number()).length(5).describe('10th, 25th, 50th, 75th and 90th percentile of the peers'),
});

export const provider = z.object({
  entity: z.string(),
  practice: z.string().describe('practice number'),
  group: z.string(),
  groupName: z.string(),
  field: z.string(),
  municipality: z.string(),
  listSize: z.int().nullable(),
  ranks: z.array(rank).describe('on every list it was scored for, oldest first'),
  cases: z.array(controlCase).describe('control cases, newest first'),
  snapshotId: sha.nullable().describe('snapshot that months and sample are read from: that of the newest list'),
  asOf: instant.nullable(),
  reasons: reasons.nullable().describe('null where it was not scored, or the caller has yet to assess it blind'),
  peers: z.array(peerComparison),
  months: z.array(z.object({ month: day, bills: z.int(), patients: z.int(), amountOre: ore })),
  sample: z.array(bill),
});
