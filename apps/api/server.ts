import fs from 'node:fs';
import path from 'node:path';
import { type Env, loadEnv, ROOT } from '../../platform/config/env';
import { tokenVerifier } from '../../platform/auth/tokens';
import { writeDeferredAccesses } from '../../application/access-log';
import { reasonsOf } from '../../application/explanation';
import { ExplanationQueue } from '../../application/explanation-queue';
import { anchorsOf } from '../../platform/signing/anchors';
import { LifecycleClient } from '../../application/workflow-client';
import { compose } from '../compose';
import { createApi } from './app';
import type { ApiDeps } from './deps';
import { sessionKey, Sessions } from './http/session';
import { RefundTotals } from './routes/refund-totals';

const DEFAULT_PORT = 8080;
const CONNECTIONS = 20;
/** How often deferred accesses are written to the ledger. */
const WRITE_DEFERRED_MS = 2000;

/** What the API works with, from the environment. */
async function apiDeps(env: Env, { db, store, clock, notary }: ReturnType<typeof compose>): Promise<ApiDeps> {
  const web = path.join(ROOT, 'dist/web');
  const docs = path.join(ROOT, 'dist/docs');
  const secureCookies = env.UTPLUKK_WEB_URL?.startsWith('https:') ?? false;
  return {
    db,
    databaseUrl: env.DATABASE_URL,
    store,
    clock,
    notary,
    anchors: () => anchorsOf(env),
    temporal: await LifecycleClient.connect(env),
    explanations: new ExplanationQueue(
      async (listId, entity, signal) => (await reasonsOf({ db, store }, listId, [entity], signal))[0]!,
      { concurrency: env.UTPLUKK_EXPLAIN_PROCESSES, waiting: env.UTPLUKK_EXPLAIN_WAITING },
    ),
    refundTotals: new RefundTotals(db, store),
    verify: tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE }),
    sessions: new Sessions(sessionKey(env.UTPLUKK_HOME, env.UTPLUKK_SESSION_KEY), secureCookies, clock),
    oidc: {
      issuer: env.OIDC_ISSUER,
      audience: env.OIDC_AUDIENCE,
      webUrl: env.UTPLUKK_WEB_URL,
      secret: env.UTPLUKK_WEB_SECRET,
    },
    rateLimit: Number(env.UTPLUKK_RATE_LIMIT),
    trustProxy: env.UTPLUKK_TRUST_PROXY ? env.UTPLUKK_TRUST_PROXY.split(',') : undefined,
    web: fs.existsSync(path.join(web, 'index.html')) ? web : undefined,
    docs: fs.existsSync(path.join(docs, 'csp-hashes.json')) ? docs : undefined,
    links: {
      temporal: env.TEMPORAL_UI && `${env.TEMPORAL_UI}/namespaces/${env.TEMPORAL_NAMESPACE}`,
      mlflow: env.MLFLOW_TRACKING_URI,
    },
  };
}

async function main(): Promise<void> {
  const env = loadEnv();
  const composed = compose(env, { connections: CONNECTIONS });
  const deps = await apiDeps(env, composed);
  const api = await createApi(deps);
  const writeDeferred = () =>
    void writeDeferredAccesses(deps.db).catch((error: Error) =>
      process.stderr.write(`deferred accesses are not in the ledger yet: ${error.message}\n`),
    );
  const timer = setInterval(writeDeferred, WRITE_DEFERRED_MS);
  const close = async () => {
    clearInterval(timer);
    await api.close();
    await deps.temporal.close();
    await composed.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void close().then(() => process.exit(0)));
  const address = await api.listen({
    host: process.env['HOST'] ?? '127.0.0.1',
    port: Number(process.env['PORT'] ?? DEFAULT_PORT),
  });
  process.stdout.write(`api ready ${address}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
