import cookie from '@fastify/cookie';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject, validatorCompiler } from 'fastify-type-provider-zod';
import type { ApiDeps } from './deps';
import { registerOidc } from './http/oidc';
import { answerBrokenCall, notFoundProblem, registerProblems } from './http/problems';
import { authenticate, callerKey } from './http/principal';
import { serializeWire } from './http/serializer';
import { OPENAPI } from './openapi';
import { providerRoutes } from './routes/providers';
import { auditRoutes } from './routes/audit';
import { dataRoutes } from './routes/data';
import { lineageRoutes } from './routes/lineage';
import { listRoutes } from './routes/lists';
import { overviewRoutes } from './routes/overview';
import { trainingRoutes } from './routes/training';
import { postDeploymentRoutes } from './routes/post-deployment-evaluations';
import { promotionRoutes, versionRoutes } from './routes/versions';
import { registerWeb } from './web';

const BODY_LIMIT = 1 << 20;
const SIGN_INS_A_MINUTE = 60;

/** What a page may do: our own scripts, styles and calls, nothing from elsewhere, in nobody's frame. */
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

/** Builds the API without listening. Everything but /health and the sign-in needs a verified token or a session. */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: answerBrokenCall,
    routerOptions: { maxParamLength: 200 },
    trustProxy: deps.trustProxy ? [...deps.trustProxy] : false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializeWire);
  registerProblems(app);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CSP },
    hsts: deps.sessions.secure ? { maxAge: 31_536_000 } : false,
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

  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/health', { schema: { hide: true }, config: { rateLimit: false } }, () => ({ status: 'ok' }));
  await app.register(async (signIn) => {
    await signIn.register(rateLimit, {
      max: SIGN_INS_A_MINUTE,
      timeWindow: '1 minute',
      keyGenerator: (request) => request.ip,
    });
    registerOidc(signIn, deps.oidc, deps);
  });
  await app.register(async (api) => {
    await api.register(etag, { weak: true });
    authenticate(api, deps);
    api.addHook('onSend', (_request, reply, _payload, done) => {
      // Answers are about one caller and one moment: kept nowhere, asked for again with their tag.
      if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
      done();
    });
    for (const register of [
      overviewRoutes,
      trainingRoutes,
      versionRoutes,
      postDeploymentRoutes,
      promotionRoutes,
      lineageRoutes,
      listRoutes,
      providerRoutes,
      auditRoutes,
      dataRoutes,
    ])
      register(api, deps);
  });
  if (deps.web !== undefined) await registerWeb(app, deps.web);
  else app.setNotFoundHandler(notFoundProblem);
  return app;
}
