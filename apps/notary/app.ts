import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notAllowed, UtplukkError } from '../../domain/errors';
import { parseOrExplain } from '../../domain/schemas/parse';
import type { TokenVerifier } from '../../platform/auth/tokens';
import type { Checkpoint } from '../../platform/ledger/checkpoint';
import { envelopeDigest, envelopeSchema, signStatement } from '../../platform/signing/dsse';
import { checkEvidence, personKey } from '../../platform/signing/step-up-token';
import type { Signer } from '../../platform/ledger/signer';
import {
  type DecisionPredicate,
  type LabelCorrection,
  labelCorrectionSchema,
  type PostDeploymentDocument,
  postDeploymentDocumentSchema,
  verifyRequest,
  verifyVersion,
  PREDICATE,
  refuseOneForBoth,
  type RequestPredicate,
  statementOf,
  type VersionPredicate,
} from '../../platform/signing/statements';
import type { Trust } from '../../platform/signing/trusted-keys';

export interface NotaryDeps {
  readonly signer: Signer;
  readonly trust: Trust;
  readonly verify: TokenVerifier;
  readonly checkpoint: () => Promise<Checkpoint | undefined>;
  readonly clock: () => Date;
}

const about = { slot: z.string().min(1), versionId: z.string().regex(/^[0-9a-f]{64}$/) };
const versionBody = z.strictObject({
  ...about,
  runId: z.uuid(),
  trainer: z.strictObject({ issuer: z.string(), subject: z.string() }),
  recipe: z.unknown(),
  engine: z.record(z.string(), z.string()),
  serviceToken: z.string(),
});
const labelCorrectionBody = labelCorrectionSchema
  .omit({ at: true })
  .extend({ ...about, serviceToken: z.string() })
  .strict();
const postDeploymentBody = postDeploymentDocumentSchema
  .omit({ at: true })
  .extend({ ...about, serviceToken: z.string() })
  .strict();
const requestBody = z.strictObject({ ...about, requestId: z.uuid(), idToken: z.string() });
const decisionBody = z.strictObject({
  ...about,
  requestId: z.uuid(),
  verdict: z.enum(['approved', 'refused']),
  idToken: z.string(),
  request: envelopeSchema,
  version: envelopeSchema,
});
const revocationBody = z.strictObject({ ...about, requestId: z.uuid(), idToken: z.string() });

/**
 * The notary holds the signing key and signs nothing that it has not checked itself, against keys that were pinned
 * where neither a worker nor a role of the database can write.
 */
export function createNotary({ signer, trust, verify, checkpoint, clock }: NotaryDeps): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: 4 << 20 });
  const instant = () => new Date(Math.floor(clock().getTime() / 1000) * 1000);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof UtplukkError)
      return reply
        .status(422)
        .send({ type: error.type, message: error.message, ...(error.next ? { next: error.next } : {}) });
    process.stderr.write(`${error.stack ?? error.message}\n`);
    return reply
      .status(error.statusCode ?? 500)
      .send({ type: 'Internal', message: 'the notary failed; its log says why' });
  });

  app.get('/health', () => ({ status: 'ok' }));
  app.get('/v1/keys', () => ({ publicKey: signer.publicKey.toString('base64') }));
  app.post('/v1/checkpoints', async () => {
    const made = await checkpoint();
    return made ? { size: made.size, root: made.root.toString('hex') } : {};
  });

  app.post('/v1/versions', async (request) => {
    const { slot, versionId, serviceToken, ...rest } = parseOrExplain(versionBody, request.body, 'the version to sign');
    const caller = await verify(serviceToken);
    if (caller.kind !== 'service') throw notAllowed('versions are registered by a service account');
    const predicate: VersionPredicate = { slot, at: instant().toISOString(), ...rest };
    return signStatement(statementOf(slot, versionId, PREDICATE.version, predicate), signer);
  });

  app.post('/v1/label-corrections', async (request) => {
    const { serviceToken, versionId, ...rest } = parseOrExplain(
      labelCorrectionBody,
      request.body,
      'the label correction to sign',
    );
    const caller = await verify(serviceToken);
    if (caller.kind !== 'service') throw notAllowed('label corrections are noted by a service account');
    const predicate: LabelCorrection = { ...rest, at: instant().toISOString() };
    return signStatement(statementOf(rest.slot, versionId, PREDICATE.labelCorrection, predicate), signer);
  });

  app.post('/v1/later-evaluations', async (request) => {
    const { serviceToken, versionId, ...rest } = parseOrExplain(
      postDeploymentBody,
      request.body,
      'the later evaluation to sign',
    );
    const caller = await verify(serviceToken);
    if (caller.kind !== 'service') throw notAllowed('later evaluations are made by a service account');
    const predicate: PostDeploymentDocument = { ...rest, at: instant().toISOString() };
    return signStatement(statementOf(rest.slot, versionId, PREDICATE.postDeploymentDocument, predicate), signer);
  });

  app.post('/v1/requests', async (request) => {
    const { slot, versionId, requestId, idToken } = parseOrExplain(requestBody, request.body, 'the request to sign');
    const at = instant();
    const { issuer, subject } = await checkEvidence(
      idToken,
      { permission: 'promotion.request', slot, versionId, requestId },
      trust,
      at,
    );
    const predicate: RequestPredicate = {
      requestId,
      slot,
      at: at.toISOString(),
      requester: { issuer, subject, token: idToken },
    };
    return signStatement(statementOf(slot, versionId, PREDICATE.request, predicate), signer);
  });

  app.post('/v1/decisions', async (request) => {
    const body = parseOrExplain(decisionBody, request.body, 'the decision to sign');
    const { slot, versionId, requestId, verdict, idToken } = body;
    const at = instant();
    const version = verifyVersion(body.version, trust, versionId);
    const asked = await verifyRequest(body.request, trust, { slot, versionId, requestId });
    const permission = verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse';
    const decider = await checkEvidence(idToken, { permission, slot, versionId, requestId }, trust, at);
    if (verdict === 'approved') refuseOneForBoth({ requester: asked.requester, trainer: version.trainer, decider });
    const predicate: DecisionPredicate = {
      requestId,
      slot,
      verdict,
      at: at.toISOString(),
      request: envelopeDigest(body.request),
      requestedAt: asked.predicate.at,
      requester: asked.predicate.requester,
      trainer: version.trainer,
      decider: { issuer: decider.issuer, subject: decider.subject, token: idToken },
    };
    return signStatement(statementOf(slot, versionId, PREDICATE.decision, predicate), signer);
  });

  app.post('/v1/revocations', async (request) => {
    const { slot, versionId, requestId, idToken } = parseOrExplain(
      revocationBody,
      request.body,
      'the revocation to sign',
    );
    const at = instant();
    const person = await checkEvidence(
      idToken,
      { permission: 'version.revoke', slot, versionId, requestId },
      trust,
      at,
    );
    if (!person.roles.includes('approver')) throw notAllowed(`${personKey(person)} does not carry the role approver`);
    const by = { issuer: person.issuer, subject: person.subject, token: idToken };
    return signStatement(
      statementOf(slot, versionId, PREDICATE.revocation, { requestId, slot, at: at.toISOString(), by }),
      signer,
    );
  });
  return app;
}
