// npm run fuzz:api: schemathesis (hash-locked) over docs/openapi.json, as every role and as nobody, against the product
// with a register, a model that is live and a list. No answer may be a 5xx or outside the document. `-- --examples <n>`
// for more, `-- --role <name>` for one. What it did is in .stack/fuzz/<role>.txt; a role that is done there for this
// document is not asked again.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { bootstrap, ensurePython } from './lib/bootstrap.mjs';
import { build } from './lib/build.mjs';
import { migrate, startApi, startNotary, startWorkers } from './lib/product.mjs';
import { main } from './lib/runtime.mjs';
import { startServices } from './lib/stack.mjs';
import { ROOT, say, sha256Files, STACK } from './lib/util.mjs';

/** A user of the demo for each role; `nobody` carries no token, `stranger` one that nobody here signed. */
const USERS = {
  'data-scientist': 'kari',
  approver: 'ola',
  'control-leader': 'per',
  caseworker: 'nils',
  auditor: 'anne',
  'privacy-officer': 'liv',
  analyst: 'knut',
  admin: 'admin',
};
const STRANGER = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJrYXJpIiwicm9sZXMiOlsiYWRtaW4iXSwiZXhwIjo5OTk5OTk5OTk5fQ.';
/** The stream of progress ends with its run; the others are tried like any operation. */
const LEFT_OUT = ['watchTrainingRun'];
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};

/** What the roles meet: a register, a run, a live version and a draft list, made by the commands that people type. */
function prepare(env, dir) {
  const utplukk = (...args) => {
    const result = spawnSync(process.execPath, [path.join(ROOT, 'bin/utplukk.cjs'), ...args, '--json'], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    if (result.status !== 0)
      throw new Error(
        `utplukk ${args.join(' ')} ended with ${result.status}: ` +
          `${result.stdout.slice(-800)}${result.stderr.slice(-800)}`,
      );
    return JSON.parse(result.stdout || '{}');
  };
  utplukk('login', '--as', 'kari');
  utplukk(
    'register',
    'simulate',
    path.join(dir, 'sim'),
    '--providers',
    '0.06',
    '--volume',
    '0.012',
    '--controls-per-year',
    '500',
    '--years',
    '4',
    '--first-month',
    '2021-01',
  );
  utplukk('register', 'import', path.join(dir, 'sim/register'));
  const experiment = path.join(dir, 'fuzz.yaml');
  fs.writeFileSync(experiment, EXPERIMENT);
  const { versionId } = utplukk('run', 'start', experiment);
  const { requestId } = utplukk('promotion', 'request', versionId);
  utplukk('login', '--as', 'ola');
  utplukk('promotion', 'approve', requestId, '--reason', 'so that there is something live');
  utplukk('login', '--as', 'per');
  utplukk(
    'scoring',
    'start',
    '--slot',
    'post-payment-control/all',
    '--as-of',
    '2025-01-01T00:00:00Z',
    '--capacity',
    '20',
  );
}

/** The tests' small experiment, with one family. */
const EXPERIMENT = fs
  .readFileSync(path.join(ROOT, 'test/support/small-register.yaml'), 'utf8')
  .replace(/ {2}- \{ family: mlp.*\n/, '');

async function tokenOf(env, user) {
  const { signInAsDemoUser } = createRequire(import.meta.url)(path.join(ROOT, 'dist/platform/auth/sign-in.js'));
  return (await signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE ?? 'urn:utplukk:api', user)).accessToken;
}

/** One short pattern for each format: to make text from the document's exact ones, or from none, takes minutes. */
const SHORT = {
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  date: '^[0-9]{4}-[01][0-9]-[0-3][0-9]$',
  'date-time': '^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?Z$',
};

function lighter(dir) {
  const document = JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/openapi.json'), 'utf8'), (_, value) => {
    const pattern = value && typeof value === 'object' ? SHORT[value.format] : undefined;
    if (pattern === undefined) return value;
    const { format, ...rest } = value;
    return { ...rest, pattern, description: rest.description ?? format };
  });
  const file = path.join(dir, 'openapi.json');
  fs.writeFileSync(file, JSON.stringify(document));
  return file;
}

/** Asks as one role; what was found stands in its file. */
function ask({ bin, document, api, role, token, examples, file }) {
  const args = [
    'run',
    document,
    '--url',
    api,
    '--checks',
    CHECKS,
    '--phases',
    'examples,coverage,fuzzing',
    '--max-examples',
    String(examples),
    '--generation-deterministic',
    '--request-timeout',
    '60',
    '--continue-on-failure',
    '--no-color',
    '--workers',
    '2',
  ];
  for (const operation of LEFT_OUT) args.push('--exclude-operation-id', operation);
  if (token !== undefined) args.push('--header', `Authorization: Bearer ${token}`);
  const out = fs.openSync(file, 'w');
  return new Promise((resolve) => {
    const child = spawn(bin, args, {
      stdio: ['ignore', out, out],
      cwd: path.dirname(file),
      env: { ...process.env, COLUMNS: '160' },
    });
    const stop = () => child.kill();
    process.once('exit', stop);
    child.once('exit', (code) => {
      process.off('exit', stop);
      fs.closeSync(out);
      say(`${role}: ${code === 0 ? 'no answer outside the document' : `FAILED, see ${path.relative(ROOT, file)}`}`);
      resolve(code ?? 1);
    });
  });
}

export async function fuzzApi() {
  bootstrap({ requireNative: true });
  build();
  const python = path.join(STACK, 'py-fuzz');
  ensurePython('schemathesis', 'fuzz.lock', python);
  const [only, examples] = [option('role', undefined), Number(option('examples', '30'))];
  const version = sha256Files([path.join(ROOT, 'docs/openapi.json')]).slice(0, 12);
  const results = path.join(STACK, 'fuzz');
  fs.mkdirSync(results, { recursive: true });
  const roles = [...Object.keys(USERS), 'nobody', 'stranger'].filter((role) => only === undefined || role === only);
  const stampOf = (role) => path.join(results, `${role}-${examples}-${version}.done`);
  const remaining = roles.filter((role) => !fs.existsSync(stampOf(role)));
  if (remaining.length === 0) {
    say(`${roles.length} of ${roles.length} done`);
    return 0;
  }
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-fuzz-'));
  fs.chmodSync(home, 0o755);
  const { env, owner, supervisor } = await startServices({ dir: home, given: {} });
  let worst = 0;
  try {
    migrate({ ...env, ...owner });
    await startNotary(supervisor, env, owner);
    await startWorkers(supervisor, env);
    const session = { ...env, UTPLUKK_SESSION: path.join(home, 'session.json') };
    prepare(session, home);
    const api = await startApi(supervisor, { ...env, UTPLUKK_RATE_LIMIT: '1000000' }, owner, { knownPort: false });
    const document = lighter(home);
    for (const role of remaining) {
      const token = role === 'nobody' ? undefined : role === 'stranger' ? STRANGER : await tokenOf(env, USERS[role]);
      const code = await ask({
        bin: path.join(python, 'bin/schemathesis'),
        document,
        api,
        role,
        token,
        examples,
        file: path.join(results, `${role}.txt`),
      });
      if (code === 0) fs.writeFileSync(stampOf(role), '');
      worst = Math.max(worst, code);
      say(`${roles.indexOf(role) + 1} of ${roles.length} done`);
    }
  } finally {
    await supervisor.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
  return worst;
}

if (process.argv[1] === path.join(ROOT, 'scripts/fuzz-api.mjs')) await main(fuzzApi);
