import { z } from 'zod';
import { FAMILY_NAMES } from '../../../domain/schemas/families';

/** Shapes that several operations answer with. Instants are UTC text, money is whole øre. */
export const instant = z.iso.datetime();
export const sha = z.string().regex(/^[0-9a-f]{64}$/);
export const day = z.iso.date();
export const ore = z.int().describe('whole øre');
/** Who acted, as the identity provider names them; null where nobody is named, such as an expiry. */
export const person = z.string().nullable();

export const idParam = <K extends string>(name: K) =>
  z.object({
    [name]: z
      .string()
      .regex(/^[0-9a-f-]{6,64}$/, 'expected six or more characters of an id')
      .describe('the id, or six or more of its first characters'),
  } as Record<K, z.ZodString>);

export const estimate = z.object({ value: z.number(), lo: z.number(), hi: z.number(), n: z.int() });
export const metric = estimate.extend({ metric: z.string(), k: z.int() });
export const evaluationRow = metric.extend({ family: z.string(), slice: z.string(), method: z.string() });

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
  selectable: z.boolean().describe('false where it knows who looked: such a model may be studied, never promoted'),
  registeredAt: instant,
  live: z.boolean(),
});

export const gate = z.object({
  gate: z.string(),
  passed: z.boolean(),
  reason: z.string(),
  reasonNb: z.string().nullable().describe('Null for verdicts from before it was written'),
  overrides: z.int(),
  canBePassedOver: z.boolean(),
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
  /** Why the caller may not approve it; null where they may. */
  problem: z.string().nullable(),
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
  how: z.enum(['promoted', 'returned']),
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
  stopped: z.boolean(),
  lists: z.array(sha),
  ledger: z.array(z.object({ seq: z.int(), event: z.string() })),
});
