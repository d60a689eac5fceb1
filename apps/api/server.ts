import fs from 'node:fs';
import path from 'node:path';
import { loadEnv, ROOT } from '../../platform/config/env';
import { tokenVerifier } from '../../platform/auth/tokens';
import { settleWaiting } from '../../application/access-log';
import { anchorsOf } from '../../platform/signing/anchors';
import { LifecycleClient } from '../../application/workflow-client';
import { compose } from '../compose';
import { createApi } from './app';
import { sessionKey, Sessions } from './http/session';

const DEFAULT_PORT = 8080;
const CONNECTIONS = 20;
/** Look-ups that were put aside come into the ledger at this pace. */
const SETTLE_EVERY_MS = 2000;

async function main(): Promise<void> {
  const env = loadEnv();
  const deps = compose(env, { connections: CONNECTIONS });
  const temporal = await LifecycleClient.connect(env);
  const web = path.join(ROOT, 'dist/web');
  const api = await createApi({
    db: deps.db,
    databaseUrl: env.DATABASE_URL,
    store: deps.store,
    clock: deps.clock,
    notary: deps.notary,
    anchors: () => anchorsOf(env),
    temporal,
    verify: tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE }),
    sessions: new Sessions(
      sessionKey(env.UTPLUKK_HOME, env.UTPLUKK_SESSION_KEY),
      env.UTPLUKK_WEB_URL?.startsWith('https:') ?? false,
      deps.clock,
    ),
    oidc: {
      issuer: env.OIDC_ISSUER,
      audience: env.OIDC_AUDIENCE,
      webUrl: env.UTPLUKK_WEB_URL,
      secret: env.UTPLUKK_WEB_SECRET,
    },
    rateLimit: Number(env.UTPLUKK_RATE_LIMIT),
    trustProxy: env.UTPLUKK_TRUST_PROXY ? env.UTPLUKK_TRUST_PROXY.split(',') : undefined,
    web: fs.existsSync(path.join(web, 'index.html')) ? web : undefined,
    links: {
      temporal: env.TEMPORAL_UI && `${env.TEMPORAL_UI}/namespaces/${env.TEMPORAL_NAMESPACE}`,
      mlflow: env.MLFLOW_TRACKING_URI,
    },
  });
  const settling = setInterval(
    () =>
      void settleWaiting(deps.db).catch((error: Error) => process.stderr.write(`look-ups wait: ${error.message}\n`)),
    SETTLE_EVERY_MS,
  );
  const close = async () => {
    clearInterval(settling);
    await api.close();
    await temporal.close();
    await deps.close();
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
