import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject, validatorCompiler } from 'fastify-type-provider-zod';
import type { ApiDeps } from './deps';
import { registerDocs } from './docs';
import { registerOidc } from './http/oidc';
import { answerMalformedRequest, notFoundProblem, registerProblems } from './http/problems';
import { authenticate, callerKey } from './http/principal';
import { serializeResponse } from './http/serializer';
import { OPENAPI } from './openapi';
import { ROUTES } from './routes';
import { registerWeb } from './web';

const BODY_LIMIT = 1 << 20;
const SIGN_INS_A_MINUTE = 60;
const YEAR_SECONDS = 31_536_000;

/** Content security policy of pages: our own scripts, styles and requests only, and no framing by other sites. */
const CSP = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  styleSrcAttr: ["'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  frameSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};

/** Builds the API without listening. All of it but /health and the sign-in needs a verified token or a session. */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: answerMalformedRequest,
    routerOptions: { maxParamLength: 200 },
    trustProxy: deps.trustProxy ? [...deps.trustProxy] : false,
    genReqId: () => randomUUID(),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializeResponse);
  registerProblems(app);
  await registerPlugins(app, deps);
  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/health', { schema: { hide: true }, config: { rateLimit: false } }, () => ({ status: 'ok' }));
  await app.register((signIn) => registerSignIn(signIn, deps));
  await app.register((api) => registerOperations(api, deps));
  if (deps.docs !== undefined) await registerDocs(app, deps.docs, CSP);
  if (deps.web !== undefined) await registerWeb(app, deps.web);
  else app.setNotFoundHandler(notFoundProblem);
  return app;
}

async function registerPlugins(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CSP },
    hsts: deps.sessions.secure ? { maxAge: YEAR_SECONDS } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: deps.rateLimit,
    timeWindow: '1 minute',
    hook: 'preValidation',
    keyGenerator: callerKey,
  });
  await app.register(swagger, {
    openapi: OPENAPI,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

async function registerSignIn(signIn: FastifyInstance, deps: ApiDeps): Promise<void> {
  await signIn.register(rateLimit, {
    max: SIGN_INS_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: (request) => request.ip,
  });
  registerOidc(signIn, deps.oidc, deps);
}

async function registerOperations(api: FastifyInstance, deps: ApiDeps): Promise<void> {
  await api.register(etag, { weak: true });
  authenticate(api, deps);
  api.addHook('onSend', (_request, reply, _payload, done) => {
    // A response is for one caller at one moment: it is not stored by proxies, and browsers revalidate it by its ETag.
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
    done();
  });
  for (const register of ROUTES) register(api, deps);
}
