import { z } from 'zod';
import { NO_VALUE } from '../../../domain/schemas/evaluation';
import { FAMILY_NAMES } from '../../../domain/families';

/** Schemas that several operations share. Instants are UTC text, amounts are whole øre. */
export const instant = z.iso.datetime();
export const sha = z.string().regex(/^[0-9a-f]{64}$/);
export const day = z.iso.date();
export const ore = z.int().describe('whole øre');
/** Who acted, as the identity provider names them; null where nobody did, such as for an expiry. */
export const person = z.string().nullable();

export const idParam = <K extends string>(name: K) =>
  z.object({
    [name]: z
      .string()
      .regex(/^[0-9a-f-]{6,64}$/, 'expected six or more characters of an id')
      .describe('the id, or six or more of its first characters'),
  } as Record<K, z.ZodString>);

/** A reason or comment in words. */
export const reasonText = z.string().trim().min(3).max(2000);
export const idToken = z
  .string()
  .min(20)
  .max(20_000)
  .optional()
  .describe('ID token of a step-up sign-in with the nonce of /v1/nonces; pages confirm at /auth/step-up instead');
export const experimentText = z.object({ text: z.string().min(1).max(100_000).describe('an experiment, YAML') });

export const estimate = z.object({ value: z.number(), lo: z.number(), hi: z.number(), n: z.int() });
export const metric = estimate.extend({ metric: z.string(), k: z.int() });
const orNull = z.number().nullable();
export const evaluationRow = metric.extend({
  value: orNull,
  lo: orNull,
  hi: orNull,
  noValue: z.enum(NO_VALUE).nullable().describe('why the metric has no value; null where it has one'),
  family: z.string(),
  slice: z.string(),
  method: z.string(),
});

export const runSummary = z.object({
  runId: z.uuid(),
  name: z.string(),
  slot: z.string(),
  state: z.enum(['running', 'finished', 'failed', 'cancelled']),
  families: z.array(z.string()),
  matrixId: z.string().nullable(),
  versionId: z.string().nullable(),
  problem: z.string().nullable(),
  startedBy: person,
  startedAt: instant,
  endedAt: instant.nullable(),
});

export const versionSummary = z.object({
  versionId: sha,
  slot: z.string(),
  family: z.enum(FAMILY_NAMES),
  runId: z.uuid(),
  matrixId: z.string(),
  selectable: z
    .boolean()
    .describe('false where it uses columns about the caseworker: such a model may be studied, not promoted'),
  registeredAt: instant,
  live: z.boolean(),
});

export const gate = z.object({
  gate: z.string(),
  passed: z.boolean(),
  reason: z.string(),
  reasonNb: z.string().nullable(),
  waivers: z.int().describe('people who have waived it; two are needed'),
  canBeWaived: z.boolean(),
});
export const requestSummary = z.object({
  requestId: z.uuid(),
  versionId: sha,
  slot: z.string(),
  state: z.enum(['open', 'approved', 'refused', 'expired']),
  requestedBy: person,
  trainedBy: person,
  requestedAt: instant,
  expiresAt: instant,
  problem: z.string().nullable().describe('why the caller may not approve it; null where they may'),
});

export const listSummary = z.object({
  listId: sha,
  slot: z.string(),
  asOf: instant,
  capacity: z.int(),
  versionId: sha,
  state: z.enum(['draft', 'approved', 'refused', 'expired']),
  signOffs: z.int(),
  candidates: z.int(),
});

export const liveRow = z.object({
  slot: z.string(),
  versionId: sha,
  liveFrom: instant,
  liveUntil: instant.nullable(),
  how: z.enum(['promoted', 'rolled-back']).describe('promoted by a decision, or live again after a roll-back'),
  trainedBy: person,
  requestedBy: person,
  requestedAt: instant,
  decidedBy: person,
  decidedAt: instant,
  requestId: z.uuid(),
  runId: z.uuid(),
  matrixId: z.string(),
  snapshotId: z.string().nullable(),
  code: z.string().nullable(),
  suspended: z.boolean().describe('scoring was suspended'),
  lists: z.array(sha),
  ledger: z.array(z.object({ seq: z.int(), event: z.string() })),
});
