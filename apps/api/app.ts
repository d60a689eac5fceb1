import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type FailureType } from '../../domain/failure-types';
import { invalid, notAllowed, UtplukkError } from '../../domain/errors';
import type { ArtifactStore } from '../../platform/artifacts/store';
import type { TokenVerifier, VerifiedToken } from '../../platform/auth/tokens';
import type { Db } from '../../platform/db/connection';
import { lineageOf } from '../../platform/db/read-models/lineage';
import { liveAt } from '../../platform/db/read-models/live-at';
import { getRequest, listRequests } from '../../platform/db/stores/promotions';
import { evaluationOf, getRun, listRuns } from '../../platform/db/stores/runs';
import { championOf, getVersion, listVersions } from '../../platform/db/stores/versions';
import { findNode, lineageGraph } from '../../platform/lineage/graph';
import { type Anchors, verifyLedger } from '../../platform/ledger/verify';
import { getList, listLines, listLists, sealList } from '../../platform/services/lists';
import { decide, propose } from '../../platform/services/promotion';
import type { LifecycleClient } from '../../platform/temporal/lifecycle-client';
import { type Binding, nonceOf } from '../../platform/trust/evidence';
import type { NotaryClient } from '../../platform/trust/notary-client';

export interface ApiDeps {
  readonly db: Db;
  readonly store: ArtifactStore;
  readonly temporal: LifecycleClient;
  readonly notary: NotaryClient;
  /** Checkpoints outside the database; undefined where there are none. */
  readonly anchors: () => Anchors | undefined;
  readonly verify: TokenVerifier;
  readonly clock: () => Date;
}

const STATUS: Record<FailureType, number> = {
  InvalidInput: 400,
  NotFound: 404,
  NotAllowed: 403,
  Conflict: 409,
  GateRefused: 409,
  NoLabels: 422,
  LeakFound: 422,
  ContentMismatch: 500,
  EngineMissing: 503,
  SourceAway: 503,
};

/** Builds the API without listening, so that tests inject requests. Everything but /health needs a verified token. */
export function createApi(deps: ApiDeps): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: 1 << 20 });
  const { db } = deps;

  app.setErrorHandler((error: Error & { statusCode?: number; validation?: unknown }, _request, reply) => {
    const problem =
      error instanceof UtplukkError
        ? { status: STATUS[error.type], code: error.type, title: error.message, next: error.next }
        : {
            status: error.statusCode ?? 500,
            code: error.validation ? 'InvalidInput' : 'Internal',
            title: (error.statusCode ?? 500) < 500 ? error.message : 'The server failed; its log says why.',
          };
    if (problem.status >= 500) process.stderr.write(`${error.stack ?? error.message}\n`);
    return reply.status(problem.status).type('application/problem+json').send(problem);
  });

  app.get('/health', () => ({ status: 'ok' }));
  app.get('/', (_request, reply) => reply.type('text/html').send(INDEX));

  void app.register((secured, _options, done) => {
    const tokens = new WeakMap<FastifyRequest, VerifiedToken>();
    secured.addHook('onRequest', async (request) => {
      const header = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
      if (!header) throw notAllowed('a bearer token is needed', 'Sign in with `npx utplukk login --as <user>`.');
      tokens.set(request, await deps.verify(header));
    });
    const command = (request: FastifyRequest) => ({
      db,
      store: deps.store,
      temporal: deps.temporal,
      clock: deps.clock,
      notary: deps.notary,
      // The caller signed in for the act and sends the ID token along; the notary checks that it is for this very act.
      evidence: () => Promise.resolve((request.body as { idToken?: string }).idToken ?? ''),
      token: tokens.get(request)!,
    });
    const id = (request: FastifyRequest) => (request.params as { id: string }).id;

    secured.get('/v1/training-runs', () => listRuns(db));
    secured.get('/v1/training-runs/:id', async (request) => ({
      run: await getRun(db, uuid(id(request))),
      evaluation: await evaluationOf(db, uuid(id(request))),
    }));
    secured.get('/v1/model-versions', () => listVersions(db));
    secured.get('/v1/model-versions/:id', (request) => getVersion(db, id(request)));
    secured.get('/v1/promotions', () => listRequests(db));
    secured.get('/v1/promotions/:id', (request) => getRequest(db, id(request)));
    secured.get('/v1/live/:purpose/:group', async (request) => {
      const { purpose, group } = request.params as { purpose: string; group: string };
      return (await championOf(db, `${purpose}/${group}`)) ?? { versionId: null };
    });
    secured.get('/v1/selection-lists', () => listLists(db));
    secured.get('/v1/selection-lists/:id', (request) => getList(db, id(request)));
    secured.get('/v1/selection-lists/:id/lines', async (request) => listLines(db, (await getList(db, id(request))).listId));
    secured.get('/v1/live-at/:instant', (request) => {
      const at = new Date((request.params as { instant: string }).instant);
      if (Number.isNaN(at.getTime())) throw invalid(`"${(request.params as { instant: string }).instant}" is not an instant`);
      return liveAt(db, at, (request.query as { slot?: string }).slot);
    });
    secured.get('/v1/lineage-graph/:id', async (request) => lineageGraph(db, await findNode(db, id(request))));
    secured.get('/v1/lineage/:id', (request) => lineageOf(db, id(request)));
    secured.get('/v1/ledger/verification', () => verifyLedger(db, deps.anchors()));

    const words = { type: 'string', minLength: 3, maxLength: 2000 };
    const idToken = { type: 'string', minLength: 20, maxLength: 20_000 };
    const body = (properties: Record<string, object>) => ({
      body: { type: 'object', required: Object.keys(properties), additionalProperties: false, properties },
    });
    const reason = body({ reason: words });
    /** The nonce to sign in with for an act; the ID token that carries it goes along with the act. */
    secured.get('/v1/nonces', { schema: { querystring: NONCE_QUERY } }, async (request) => {
      const { act, version, requestId } = request.query as { act: Binding['act']; version: string; requestId: string };
      const { versionId, slot } = await getVersion(db, version);
      return { nonce: nonceOf({ act, slot, versionId, requestId }) };
    });
    const proposal = body({ requestId: { type: 'string', format: 'uuid' }, idToken });
    secured.post('/v1/model-versions/:id/promotions', { schema: proposal }, async (request, reply) => {
      const { requestId } = request.body as { requestId: string };
      const asked = await propose(command(request), id(request), { openDays: 14, purpose: 'promotion', requestId });
      return reply.status(201).send(asked);
    });
    for (const [path, verdict] of [
      ['approval', 'approved'],
      ['refusal', 'refused'],
    ] as const) {
      secured.post(`/v1/promotions/:id/${path}`, { schema: body({ reason: words, idToken }) }, (request) =>
        decide(command(request), id(request), verdict, (request.body as { reason: string }).reason),
      );
    }
    secured.post('/v1/selection-lists/:id/seals', { schema: reason }, (request) =>
      sealList(command(request), id(request), 'sealed', (request.body as { reason: string }).reason),
    );
    done();
  });
  return app;
}

const NONCE_QUERY = {
  type: 'object',
  required: ['act', 'version', 'requestId'],
  properties: {
    act: { enum: ['promotion.request', 'promotion.approve', 'promotion.refuse'] },
    version: { type: 'string' },
    requestId: { type: 'string', format: 'uuid' },
  },
};

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw invalid(`"${text}" is not the id of a training run`);
  return text;
}

const INDEX = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Utplukk</title>
<body style="font-family: system-ui; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; line-height: 1.5"><h1>Utplukk</h1>
<p>Chooses which health actors to control after payment, and proves how every choice was made. Selected does not mean suspected.</p>
<p>This is the API. Every call but <a href="/health">/health</a> needs a bearer token.</p>
<ul><li>GET /v1/training-runs, /v1/model-versions, /v1/promotions, /v1/selection-lists, /v1/selection-lists/{id}/lines</li>
<li>GET /v1/live/{purpose}/{group}, /v1/live-at/{instant}, /v1/lineage/{id}, /v1/lineage-graph/{id}, /v1/ledger/verification, /v1/nonces</li>
<li>POST /v1/model-versions/{id}/promotions, /v1/promotions/{id}/approval, /v1/promotions/{id}/refusal, /v1/selection-lists/{id}/seals</li></ul></body></html>`;
