import { z } from 'zod';
import { envelopeSchema } from '../../platform/signing/dsse';
import { labelCorrectionSchema, postDeploymentStatementSchema } from '../../platform/signing/statements';

/** The version that every statement is about. */
const about = { slot: z.string().min(1), versionId: z.string().regex(/^[0-9a-f]{64}$/) };
const byService = { ...about, serviceToken: z.string() };
const byPerson = { ...about, requestId: z.uuid(), idToken: z.string() };

export const versionBody = z.strictObject({
  ...byService,
  runId: z.uuid(),
  trainer: z.strictObject({ issuer: z.string(), subject: z.string() }),
  recipe: z.unknown(),
  runtime: z.record(z.string(), z.string()),
});
export const labelCorrectionBody = labelCorrectionSchema.omit({ at: true }).extend(byService).strict();
export const postDeploymentBody = postDeploymentStatementSchema.omit({ at: true }).extend(byService).strict();
export const requestBody = z.strictObject(byPerson);
export const decisionBody = z.strictObject({
  ...byPerson,
  verdict: z.enum(['approved', 'refused']),
  request: envelopeSchema,
  version: envelopeSchema,
});
export const revocationBody = z.strictObject(byPerson);
