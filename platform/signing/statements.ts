import { z } from 'zod';
import { mismatch, notAllowed } from '../../domain/errors';
import { FOUR_EYES, fourEyesProblem } from '../../domain/rules/four-eyes';
import { verifyEnvelope, type Statement } from './dsse';
import { type Binding, verifyStepUpToken, type Person, personKey } from './step-up-token';
import type { Trust } from './trusted-keys';

/** Types of signed statements about a model version. Their subject is always the version's digest. */
export const PREDICATE = {
  version: 'urn:utplukk:model-version:v1',
  request: 'urn:utplukk:promotion-request:v1',
  decision: 'urn:utplukk:promotion-decision:v1',
  revocation: 'urn:utplukk:revocation:v1',
  labelCorrection: 'urn:utplukk:label-correction:v1',
  postDeploymentEvaluation: 'urn:utplukk:post-deployment-evaluation:v1',
} as const;

const person = z.object({ issuer: z.string(), subject: z.string(), token: z.string() });
const versionPredicate = z.object({
  slot: z.string(),
  runId: z.string(),
  at: z.iso.datetime(),
  trainer: z.object({ issuer: z.string(), subject: z.string() }),
  recipe: z.unknown(),
  runtime: z.record(z.string(), z.string()),
});
const requestPredicate = z.object({ requestId: z.string(), slot: z.string(), at: z.iso.datetime(), requester: person });
const decisionPredicate = z.object({
  requestId: z.string(),
  slot: z.string(),
  verdict: z.enum(['approved', 'refused']),
  at: z.iso.datetime(),
  /** Digest of the request's envelope; the decider must be another person than its requester. */
  request: z.string(),
  requestedAt: z.iso.datetime(),
  requester: person,
  trainer: z.object({ issuer: z.string(), subject: z.string() }).optional(),
  decider: person,
});
/** Labels of the version's training data that differ in a later label set. */
export const labelCorrectionSchema = z.object({
  slot: z.string(),
  at: z.iso.datetime(),
  labelSetId: z.string(),
  revisedBy: z.string(),
  rows: z.int(),
  toFinding: z.int(),
  fromFinding: z.int(),
  unsettled: z.int(),
  amounts: z.int(),
  root: z.string(),
});
/** Performance of the version on outcomes that became known after it was trained. */
export const postDeploymentStatementSchema = z.object({
  slot: z.string(),
  at: z.iso.datetime(),
  evaluationId: z.string(),
  asOf: z.iso.datetime(),
  matrixId: z.string(),
  /** Null where the source has no label set of its own. */
  labelSetId: z.string().nullable(),
  documentSha256: z.string(),
  rows: z.int(),
  findings: z.int(),
  /** Null where there is no finding among the outcomes. */
  averagePrecision: z.object({ value: z.number(), lo: z.number(), hi: z.number() }).nullable(),
});
export type PostDeploymentStatement = z.infer<typeof postDeploymentStatementSchema>;
export type LabelCorrection = z.infer<typeof labelCorrectionSchema>;
export type VersionPredicate = z.infer<typeof versionPredicate>;
export type RequestPredicate = z.infer<typeof requestPredicate>;
export type DecisionPredicate = z.infer<typeof decisionPredicate>;

export const statementOf = (slot: string, versionId: string, predicateType: string, predicate: unknown): Statement => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: slot, digest: { sha256: versionId } }],
  predicateType,
  predicate,
});

/** Verifies an envelope and returns the predicate of its statement, parsed. @throws UtplukkError ContentMismatch */
function verifiedPredicate<T>(
  envelope: unknown,
  trust: Trust,
  type: string,
  schema: z.ZodType<T>,
  versionId: string,
): { predicate: T; slot: string } {
  const statement = verifyEnvelope(envelope, trust.notaryKeys);
  if (statement.predicateType !== type)
    throw mismatch(`expected a statement of kind ${type}, got ${statement.predicateType}`);
  const [subject] = statement.subject;
  if (subject.digest.sha256 !== versionId)
    throw mismatch(
      `the statement is about version ${subject.digest.sha256.slice(0, 12)}, not ${versionId.slice(0, 12)}`,
    );
  const parsed = schema.safeParse(statement.predicate);
  if (!parsed.success) throw mismatch(`the statement is not a valid ${type}: ${z.prettifyError(parsed.error)}`);
  return { predicate: parsed.data, slot: subject.name };
}

export const verifyVersion = (envelope: unknown, trust: Trust, versionId: string): VersionPredicate =>
  verifiedPredicate(envelope, trust, PREDICATE.version, versionPredicate, versionId).predicate;

export const verifyLabelCorrection = (envelope: unknown, trust: Trust, versionId: string): LabelCorrection =>
  verifiedPredicate(envelope, trust, PREDICATE.labelCorrection, labelCorrectionSchema, versionId).predicate;

export const verifyPostDeploymentStatement = (
  envelope: unknown,
  trust: Trust,
  versionId: string,
): PostDeploymentStatement =>
  verifiedPredicate(envelope, trust, PREDICATE.postDeploymentEvaluation, postDeploymentStatementSchema, versionId)
    .predicate;

/** Verifies a signed request, and its requester's token as of the time of the request. */
export async function verifyRequest(
  envelope: unknown,
  trust: Trust,
  expected: { versionId: string; slot: string; requestId: string },
): Promise<{ predicate: RequestPredicate; requester: Person }> {
  const { predicate } = verifiedPredicate(envelope, trust, PREDICATE.request, requestPredicate, expected.versionId);
  assertSameRequest(predicate, expected);
  const requester = await verifyStepUpToken(
    predicate.requester.token,
    { permission: 'promotion.request', ...expected },
    trust,
    new Date(predicate.at),
  );
  assertSamePerson(predicate.requester, requester);
  return { predicate, requester };
}

/**
 * Verifies a signed decision: the notary's signature, slot, request and version, both people's tokens against pinned
 * keys as of the time they were used, that the people differ, and the decider's role.
 */
export async function verifyDecision(
  envelope: unknown,
  trust: Trust,
  expected: { versionId: string; slot: string; requestId: string },
): Promise<DecisionPredicate> {
  const { predicate } = verifiedPredicate(envelope, trust, PREDICATE.decision, decisionPredicate, expected.versionId);
  assertSameRequest(predicate, expected);
  const permission: Binding['permission'] = predicate.verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse';
  const decider = await verifyStepUpToken(
    predicate.decider.token,
    { permission, ...expected },
    trust,
    new Date(predicate.at),
  );
  assertSamePerson(predicate.decider, decider);
  const requester = await verifyStepUpToken(
    predicate.requester.token,
    { permission: 'promotion.request', ...expected },
    trust,
    new Date(predicate.requestedAt),
  );
  assertSamePerson(predicate.requester, requester);
  if (predicate.verdict === 'approved') assertFourEyes({ requester, trainer: predicate.trainer, decider });
  return predicate;
}

/** @throws UtplukkError NotAllowed if the decider is the requester or the trainer, or lacks the required role */
export function assertFourEyes(parties: {
  requester: Person;
  trainer: Pick<Person, 'issuer' | 'subject'> | undefined;
  decider: Person;
}): void {
  const { requester, trainer, decider } = parties;
  const problem = fourEyesProblem('promotion.approve', {
    requester: personKey(requester),
    trainer: trainer && personKey(trainer),
    decider: personKey(decider),
  });
  if (problem) throw notAllowed(problem, 'Someone else with the role approver decides.');
  const { role } = FOUR_EYES['promotion.approve'];
  if (!decider.roles.includes(role)) throw notAllowed(`the decider's token does not carry the role ${role}`);
}

function assertSameRequest(
  found: { slot: string; requestId: string },
  expected: { slot: string; requestId: string },
): void {
  if (found.slot !== expected.slot) throw mismatch(`the statement is for slot ${found.slot}, not ${expected.slot}`);
  if (found.requestId !== expected.requestId)
    throw mismatch(`the statement belongs to request ${found.requestId}, not ${expected.requestId}`);
}

function assertSamePerson(claimed: { issuer: string; subject: string }, proven: Person): void {
  if (personKey(claimed) !== personKey(proven))
    throw mismatch('the statement names another person than its token does');
}
