import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { Command } from 'commander';
import { COMPUTE_ENTRY } from '../../../compute/spawn-job';
import { type Env, loadEnv, ROOT } from '../../../platform/config/env';
import { connect } from '../../../platform/postgres/connection';
import { readCheckpoint } from '../../../platform/ledger/checkpointer';
import { anchorsOf } from '../../../platform/signing/anchors';
import { type Out, print, table } from '../output';
import { EXIT, explainError } from '../session';

interface Finding {
  readonly part: string;
  readonly ok: boolean;
  readonly found: string;
  readonly mend: string;
}

const TIMEOUT_MS = 5000;

async function check(part: string, mend: string, look: () => Promise<string> | string): Promise<Finding> {
  try {
    return { part, ok: true, found: await look(), mend: '' };
  } catch (error) {
    return { part, ok: false, found: explainError(error).text.split('\n')[0]!, mend };
  }
}

async function answers(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return url;
}

/** Asks the database one thing; `tell` puts the answer in words, or throws what is wrong with it. */
async function asked<Row>(env: Env, sql: string, tell: (row: Row) => string): Promise<string> {
  const db = connect(env.DATABASE_URL, 1, { silent: true });
  try {
    const { rows } = await db.raw<{ rows: Row[] }>(sql);
    return tell(rows[0]!);
  } finally {
    await db.destroy();
  }
}

const START = 'Run `npm start`, or set its variable (.env.example) to a server that runs.';

async function servers(env: Env): Promise<Finding[]> {
  return [
    await check('PostgreSQL', START, () =>
      asked<{ v: string; n: number }>(
        env,
        "select current_setting('server_version') as v, (select count(*) from schema_migration) as n",
        ({ v, n }) => `${v}, ${n} migrations`,
      ),
    ),
    await check(
      'database role',
      'Point DATABASE_URL at the role utplukk_product; DATABASE_OWNER_URL is for migrations.',
      () =>
        asked<{ name: string; special: boolean }>(
          env,
          'select rolname as name, rolsuper or rolcreaterole or rolbypassrls as special from pg_roles where ' +
            'rolname = current_user',
          ({ name, special }) => {
            if (special) throw new Error(`the product connects as ${name}, who may switch its safeguards off`);
            return name;
          },
        ),
    ),
    await check('Temporal', START, async () => {
      const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS, connectTimeout: TIMEOUT_MS });
      await connection.workflowService.describeNamespace({ namespace: env.TEMPORAL_NAMESPACE });
      await connection.close();
      return `${env.TEMPORAL_ADDRESS}, namespace ${env.TEMPORAL_NAMESPACE}`;
    }),
    await check('MLflow', `${START} Training goes on without it; the mirror catches up later.`, () =>
      answers(`${env.MLFLOW_TRACKING_URI}/health`),
    ),
    await check('notary', `${START} Without it nobody can ask, decide or register a version.`, () =>
      answers(`${env.UTPLUKK_NOTARY}/health`),
    ),
    await check('checkpoints', 'The notary writes them; its log says why it does not.', () => {
      const anchors = anchorsOf(env);
      const latest = anchors && readCheckpoint(anchors.anchor, anchors.keys);
      if (!latest) throw new Error('none was signed yet');
      return `${latest.size} entries, ${latest.at}`;
    }),
    await check('identity provider', START, () => answers(`${env.OIDC_ISSUER}/.well-known/openid-configuration`)),
  ];
}

export async function diagnose(): Promise<Finding[]> {
  const findings = [
    await check('Node', 'Install Node 20.19 or later.', () => {
      const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
      if (major < 20 || (major === 20 && minor < 19)) throw new Error(`${process.versions.node} is too old`);
      return process.versions.node;
    }),
    await check(
      'TensorFlow.js',
      'Install g++ (Debian: sudo apt-get install g++) and run `npm start`; until then the slower WASM backend ' +
        'computes.',
      () => {
        const probe = spawnSync(
          process.execPath,
          ['-e', "const tf = require('@tensorflow/tfjs-node'); process.stdout.write(tf.backend().binding.TF_Version)"],
          { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } },
        );
        if (probe.status !== 0) throw new Error('the native addon does not load');
        return `native, TensorFlow ${probe.stdout}`;
      },
    ),
    await check('local servers', 'Run `npm start`: it installs them from python/requirements.lock.', () => {
      for (const name of ['temporal', 'mlflow', 'temporal-test-server'])
        if (!fs.existsSync(path.join(ROOT, '.stack/py/bin', name))) throw new Error(`${name} is not installed`);
      return 'temporal, mlflow, temporal-test-server';
    }),
    await check('build', 'Run `npm run build`.', () => {
      if (!fs.existsSync(COMPUTE_ENTRY)) throw new Error(`${COMPUTE_ENTRY} is missing`);
      return 'dist/';
    }),
  ];
  let env: Env;
  try {
    env = loadEnv();
  } catch (error) {
    return [
      ...findings,
      { part: 'environment', ok: false, found: explainError(error).text.split('\n')[0]!, mend: START },
    ];
  }
  return [...findings, ...(await servers(env))];
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what is there, what is missing and how to mend it')
    .addHelpText('after', '\nExample: utplukk doctor')
    .action(async (options: Out) => {
      const findings = await diagnose();
      if (findings.some((finding) => !finding.ok)) process.exitCode = EXIT.away;
      print(options, findings, () =>
        table(
          ['part', '', 'found', 'how to mend'],
          findings.map((f) => [f.part, f.ok ? 'ok' : 'MISSING', f.found, f.mend]),
        ),
      );
    });
}
