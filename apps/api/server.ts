import { loadEnv } from '../../platform/config/env';
import { tokenVerifier } from '../../platform/auth/tokens';
import { anchorsOf } from '../../platform/trust/anchors';
import { LifecycleClient } from '../../platform/temporal/lifecycle-client';
import { compose } from '../compose';
import { createApi } from './app';

const DEFAULT_PORT = 8080;

async function main(): Promise<void> {
  const env = loadEnv();
  const deps = compose(env);
  const temporal = await LifecycleClient.connect(env);
  const api = createApi({
    db: deps.db,
    store: deps.store,
    clock: deps.clock,
    notary: deps.notary,
    anchors: () => anchorsOf(env),
    temporal,
    verify: tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE }),
  });
  const close = async () => {
    await api.close();
    await temporal.close();
    await deps.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void close().then(() => process.exit(0)));
  await api.listen({ host: process.env['HOST'] ?? '127.0.0.1', port: Number(process.env['PORT'] ?? DEFAULT_PORT) });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
