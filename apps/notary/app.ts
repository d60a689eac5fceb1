import Fastify, { type FastifyInstance } from 'fastify';
import { UtplukkError } from '../../domain/errors';
import type { Checkpoint } from '../../platform/ledger/checkpoint';
import { StatementSigner, type StatementSignerDeps } from './statement-signer';

export interface NotaryDeps extends StatementSignerDeps {
  /** Signs a checkpoint of the ledger now; undefined for an empty ledger. */
  readonly checkpoint: () => Promise<Checkpoint | undefined>;
}

const BODY_LIMIT = 4 << 20;

/**
 * The notary holds the only signing key. It signs nothing that it has not checked itself, against keys that are pinned
 * where neither a worker nor a role of the database can write.
 */
export function createNotary(deps: NotaryDeps): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof UtplukkError) {
      const { type, message, next } = error;
      return reply.status(422).send({ type, message, ...(next ? { next } : {}) });
    }
    process.stderr.write(`request ${request.id}: ${error.stack ?? error.message}\n`);
    return reply
      .status(error.statusCode ?? 500)
      .send({ type: 'Internal', message: `internal error of the notary (request id ${request.id})` });
  });

  app.get('/health', () => ({ status: 'ok' }));
  app.get('/v1/keys', () => ({ publicKey: deps.signer.publicKey.toString('base64') }));
  app.post('/v1/checkpoints', async () => {
    const made = await deps.checkpoint();
    return made ? { size: made.size, root: made.root.toString('hex') } : {};
  });
  const sign = new StatementSigner(deps);
  app.post('/v1/versions', ({ body }) => sign.version(body));
  app.post('/v1/label-corrections', ({ body }) => sign.labelCorrection(body));
  app.post('/v1/post-deployment-evaluations', ({ body }) => sign.postDeploymentEvaluation(body));
  app.post('/v1/requests', ({ body }) => sign.request(body));
  app.post('/v1/decisions', ({ body }) => sign.decision(body));
  app.post('/v1/revocations', ({ body }) => sign.revocation(body));
  return app;
}
