import { execFileSync, type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { ArtifactStore } from '../../platform/artifacts/store';
import { startAuditedAction } from '../../platform/auth/audit-context';
import { stepUpTokenAs, signInAsDemoUser } from '../../platform/auth/sign-in';
import { tokenVerifier, type VerifiedToken } from '../../platform/auth/tokens';
import { type Env, loadEnv, ROOT } from '../../platform/config/env';
import { connect, type Db, type Tx } from '../../platform/postgres/connection';
import { type AuditContext, append } from '../../platform/ledger/append';
import type { Permission } from '../../domain/rules/roles';
import type { RequestContext } from '../../application/request-context';
import { LifecycleClient } from '../../application/workflow-client';
import { NotaryClient } from '../../platform/signing/notary-client';
import { readTrustedKeys, type Trust } from '../../platform/signing/trusted-keys';

/** Settings as environment variables of a child process. */
export const asVariables = (env: Env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** A database and a store of this test file alone, cloned from a template. */
export interface TestDatabase {
  readonly env: Env;
  readonly db: Db;
  readonly store: ArtifactStore;
  /** The same database as its owner, a superuser: what the product never is. */
  readonly ownerUrl: string;
  close(): Promise<void>;
}

/** Address of a database of the tests' own server, as its owner. */
export function databaseUrl(name: string): string {
  const template = process.env['DATABASE_OWNER_URL'];
  if (!template) throw new Error('the servers of the integration tests are not running: run `npm test`');
  return template.replace(/\/utplukk$/, `/${name}`);
}

/** @param source name of the database that is cloned: the migrated one without rows, or another that is complete */
export async function testDatabase(source = 'utplukk'): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: databaseUrl('postgres') });
  await admin.connect();
  await admin.query('select pg_advisory_lock(4711)'); // PostgreSQL copies a template for one at a time
  await admin.query(`create database ${name} template ${source} strategy file_copy`);
  await admin.end();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-store-'));
  const here = (url: string) => url.replace(/\/utplukk$/, `/${name}`);
  const env: Env = { ...loadEnv(), DATABASE_URL: here(loadEnv().DATABASE_URL), UTPLUKK_STORE: dir };
  const db = connect(env.DATABASE_URL, 6);
  return {
    env,
    db,
    store: new ArtifactStore(dir),
    ownerUrl: databaseUrl(name),
    async close() {
      await db.destroy();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}

const tokens = new Map<string, VerifiedToken>();

/** A demo user's verified token, by the real sign-in. */
export async function tokenOf(env: Env, user: string): Promise<VerifiedToken> {
  const known = tokens.get(user);
  if (known) return known;
  const verify = tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE });
  const token = await verify((await signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, user)).accessToken);
  tokens.set(user, token);
  return token;
}

export async function auditContextFor(
  { env, db }: Pick<TestDatabase, 'env' | 'db'>,
  user: string,
  permission: Permission,
): Promise<AuditContext> {
  const token = await tokenOf(env, user);
  return db.transaction(async (tx) => {
    const begun = await startAuditedAction(tx, token, permission, 'test');
    await append(tx, begun, { event: 'action.started', subject: { kind: 'action', id: begun.actionId } }, new Date());
    return begun;
  });
}

/** Writes rows that a test needs directly, without the services; the ledger gets its entry all the same. */
export const prepared = (
  { db }: Pick<TestDatabase, 'db'>,
  audit: AuditContext,
  work: (tx: Tx) => Promise<void>,
): Promise<void> =>
  db.transaction(async (tx) => {
    await work(tx);
    await append(tx, audit, { event: 'test.prepared', subject: { kind: 'test', id: 'rows' } }, new Date());
  });

export interface TestNotary {
  readonly client: NotaryClient;
  readonly url: string;
  readonly home: string;
  readonly anchors: string;
  readonly trustFile: string;
  readonly trust: () => Trust;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A notary of this test's database alone, with key and anchors in `dir`, which it finds again when restarted. */
export async function testNotary(
  { env }: Pick<TestDatabase, 'env'>,
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-notary-')),
): Promise<TestNotary> {
  const database = process.env['UTPLUKK_NOTARY_DATABASE_URL']!.replace(
    /\/utplukk$/,
    new URL(env.DATABASE_URL).pathname,
  );
  const [home, anchors, trustFile] = ['home', 'anchors', 'trust.json'].map((name) => path.join(dir, name)) as [
    string,
    string,
    string,
  ];
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'TERM', '--', process.execPath, path.join(ROOT, 'dist/apps/notary/main.js')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        UTPLUKK_NOTARY_DATABASE_URL: database,
        UTPLUKK_NOTARY_HOME: home,
        UTPLUKK_ANCHORS: anchors,
        UTPLUKK_TRUST: trustFile,
        PORT: '0',
      },
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      const port = /notary ready .*"port":(\d+)/.exec(text)?.[1];
      if (port) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', (code) => reject(new Error(`the notary ended (${code})`)));
  });
  return {
    client: new NotaryClient(url),
    url,
    home,
    anchors,
    trustFile,
    trust: () => readTrustedKeys(trustFile),
    stop: (signal = 'SIGTERM') => ended(child, signal),
  };
}

/** The product's own processes on a Temporal namespace of this test file alone. */
export interface TestProduct extends TestDatabase {
  readonly temporal: LifecycleClient;
  readonly notary: TestNotary;
  as(user: string): Promise<RequestContext & { readonly trust: () => Trust }>;
  startWorker(queue: 'lifecycle' | 'training', extra?: Record<string, string>): Promise<ChildProcess>;
}

/** Ends a child process and waits until it has exited, unless it has already. */
async function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await gone;
}

/** @param source as of `testDatabase` */
export async function testProduct(source?: string): Promise<TestProduct> {
  const database = await testDatabase(source);
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const notary = await testNotary(database);
  const env: Env = {
    ...database.env,
    TEMPORAL_NAMESPACE: namespace,
    UTPLUKK_NOTARY: notary.url,
    UTPLUKK_ANCHORS: notary.anchors,
    UTPLUKK_TRUST: notary.trustFile,
    UTPLUKK_MLFLOW_WATCH: 'off',
  };
  const cli = path.join(ROOT, '.stack/py/bin/temporal');
  const at = ['--address', env.TEMPORAL_ADDRESS];
  execFileSync(cli, ['operator', 'namespace', 'create', '-n', namespace, '--retention', '72h', ...at], {
    stdio: 'ignore',
  });
  for (let attempt = 0; ; attempt++) {
    try {
      execFileSync(
        cli,
        [
          'operator',
          'search-attribute',
          'create',
          '--name',
          'UtplukkSlot',
          '--type',
          'Keyword',
          '--name',
          'UtplukkExperiment',
          '--type',
          'Keyword',
          '-n',
          namespace,
          ...at,
        ],
        { stdio: 'pipe' },
      );
      break;
    } catch (error) {
      const text = String((error as { stderr?: Buffer }).stderr);
      if (/already/i.test(text)) break;
      if (attempt > 40) throw error; // the server knows a new namespace after a moment
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  const temporal = await LifecycleClient.connect(env);
  const workers: ChildProcess[] = [];
  return {
    ...database,
    env,
    temporal,
    notary,
    as: async (user) => ({
      db: database.db,
      store: database.store,
      temporal,
      token: await tokenOf(env, user),
      notary: notary.client,
      trust: notary.trust,
      stepUpToken: stepUpTokenAs(env, user),
      clock: () => new Date(),
    }),
    async startWorker(queue, extra = {}) {
      // The kernel ends the worker with this process, however that ends, so a failed test leaves no process behind.
      const child = spawn(
        'setpriv',
        ['--pdeathsig', 'TERM', '--', process.execPath, path.join(ROOT, 'dist/apps/worker/main.js'), queue],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ...asVariables(env), ...extra },
        },
      );
      workers.push(child);
      let text = '';
      await new Promise<void>((resolve, reject) => {
        const look = (data: Buffer) => {
          text += data.toString();
          if (text.includes(' ready\n')) resolve();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.once('exit', (code) => reject(new Error(`worker ${queue} ended (${code}): ${text.slice(-1500)}`)));
      });
      return child;
    },
    async close() {
      await Promise.all(workers.map((worker) => ended(worker)));
      await notary.stop();
      await temporal.close();
      await database.close();
    },
  };
}
