import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { jwksOf, tokenVerifier } from '../../platform/auth/tokens';
import { connect } from '../../platform/postgres/connection';
import { Checkpointer } from '../../platform/ledger/checkpointer';
import { DirectoryAnchor } from '../../platform/ledger/tiles';
import { fileSigner, type Signer } from '../../platform/ledger/signer';
import { readTrustedKeys, type TrustedKeysFile } from '../../platform/signing/trusted-keys';
import { createNotary } from './app';

const TICK_MS = 1000;
const settings = z.object({
  /** A role that may read leaf hashes and nothing else. */
  UTPLUKK_NOTARY_DATABASE_URL: z.string().min(1),
  UTPLUKK_NOTARY_HOME: z.string().min(1),
  UTPLUKK_ANCHORS: z.string().min(1),
  UTPLUKK_TRUST: z.string().min(1),
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: z.string().default('urn:utplukk:api'),
  PORT: z.coerce.number().default(8089),
  HOST: z.string().default('127.0.0.1'),
});

/**
 * Writes the trusted keys of the demo: the notary's own key, and those of the identity provider, also when that moved
 * to another port. In production an operator writes the file, and nothing starts without it.
 */
async function pinForDemo(file: string, signer: Signer, issuer: string): Promise<void> {
  if (process.env['NODE_ENV'] === 'production') return;
  const before: TrustedKeysFile | undefined = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, 'utf8')) as TrustedKeysFile)
    : undefined;
  if (before?.issuers.some((known) => known.issuer === issuer)) return;
  const trust: TrustedKeysFile = {
    notaryKeys: before?.notaryKeys ?? [signer.publicKey.toString('base64')],
    issuers: [
      ...(before?.issuers ?? []),
      { issuer, audiences: ['utplukk-cli', 'utplukk-web'], jwks: await jwksOf(issuer) },
    ],
  };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(trust, null, 1)}\n`, { mode: 0o644 });
}

async function main(): Promise<void> {
  const env = settings.parse(process.env);
  const signer = fileSigner(path.join(env.UTPLUKK_NOTARY_HOME, 'key.pem'));
  if (process.argv.includes('--public-key')) {
    process.stdout.write(`${signer.publicKey.toString('base64')}\n`);
    return;
  }
  await pinForDemo(env.UTPLUKK_TRUST, signer, env.OIDC_ISSUER);
  const trust = readTrustedKeys(env.UTPLUKK_TRUST);
  if (!trust.notaryKeys.some((key) => key.equals(signer.publicKey)))
    throw new Error(`${env.UTPLUKK_TRUST} does not name this notary's key ${signer.publicKey.toString('base64')}`);
  const pinned = trust.issuers.find(({ issuer }) => issuer === env.OIDC_ISSUER);
  if (!pinned) throw new Error(`${env.UTPLUKK_TRUST} does not pin the keys of ${env.OIDC_ISSUER}`);
  const db = connect(env.UTPLUKK_NOTARY_DATABASE_URL, 2);
  const checkpoint = oneAtATime(
    new Checkpointer(db, new DirectoryAnchor(env.UTPLUKK_ANCHORS), signer, () => new Date()),
  );
  const app = createNotary({
    signer,
    trust,
    verify: tokenVerifier({ issuer: pinned.issuer, audience: env.OIDC_AUDIENCE, pinned: pinned.jwks }),
    checkpoint: () => checkpoint(true),
    clock: () => new Date(),
  });
  const timer = checkpointEverySecond(checkpoint);
  const stop = async () => {
    clearInterval(timer);
    await app.close();
    await checkpoint(true).catch((error: Error) => process.stderr.write(`no last checkpoint: ${error.message}\n`));
    await db.destroy();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0)));
  await app.listen({ host: env.HOST, port: env.PORT });
  process.stdout.write(`notary ready ${JSON.stringify(app.addresses()[0])}\n`);
}

type MakeCheckpoint = (force: boolean) => ReturnType<Checkpointer['tick']>;

/** Makes checkpoints one after the other: one that is requested waits for the one in progress. */
function oneAtATime(checkpointer: Checkpointer): MakeCheckpoint {
  let previous: Promise<unknown> = Promise.resolve();
  return (force) => {
    const next = previous.then(() => checkpointer.tick(force));
    previous = next.catch(() => undefined);
    return next;
  };
}

/** A failure is logged once, until it is another one or checkpoints succeed again. */
function checkpointEverySecond(checkpoint: MakeCheckpoint): NodeJS.Timeout {
  let logged = '';
  return setInterval(() => {
    checkpoint(false).then(
      () => (logged = ''),
      (error: Error) => {
        if (error.message !== logged)
          process.stderr.write(`${new Date().toISOString()} no checkpoint: ${error.message}\n`);
        logged = error.message;
      },
    );
  }, TICK_MS);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
