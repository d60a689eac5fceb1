import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { UtplukkError } from '../../domain/errors';
import { explain } from '../../domain/schemas/parse';

/** The repository root, found above this file, both for source under Jest and for dist/. */
export const ROOT = (() => {
  let dir = __dirname;
  while (!fs.existsSync(path.join(dir, 'package-lock.json'))) {
    const up = path.dirname(dir);
    if (up === dir) throw new Error(`no package-lock.json above ${__dirname}`);
    dir = up;
  }
  return dir;
})();

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  TEMPORAL_ADDRESS: z.string().min(1),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_UI: z.string().optional(),
  MLFLOW_TRACKING_URI: z.url(),
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: z.string().default('urn:utplukk:api'),
  UTPLUKK_HOME: z.string().min(1),
  UTPLUKK_STORE: z.string().min(1),
  /** The process that signs; it holds the only key. */
  UTPLUKK_NOTARY: z.url(),
  /** Checkpoints and leaf hashes of the ledger, outside the database. */
  UTPLUKK_ANCHORS: z.string().min(1),
  /** Pinned keys of the notary and of identity providers. */
  UTPLUKK_TRUST: z.string().min(1),
  /** Channels of notifications: log, mail:<folder>, webhook:<url>, joined by commas. */
  UTPLUKK_NOTIFY: z.string().default('log'),
  /** Mail address of the approvers. */
  UTPLUKK_APPROVERS: z.string().optional(),
  /** `off` disables the reconciliation of MLflow. */
  UTPLUKK_MLFLOW_WATCH: z.enum(['on', 'off']).default('on'),
  UTPLUKK_API: z.string().optional(),
  /** URL at which browsers reach the API; if it is https, cookies are sent over https only. */
  UTPLUKK_WEB_URL: z.url().optional(),
  /** 32 bytes in base64 that encrypt web sessions; by default created and kept in UTPLUKK_HOME. */
  UTPLUKK_SESSION_KEY: z.string().min(1).optional(),
  /** Secret of the web client at the identity provider; without it the client is public and uses PKCE. */
  UTPLUKK_WEB_SECRET: z.string().optional(),
  /** Calls per minute that one principal may make. */
  UTPLUKK_RATE_LIMIT: z
    .string()
    .regex(/^[1-9]\d{1,6}$/, 'expected a whole number of calls from 10')
    .default('1200'),
  /** Explanations that the API computes at the same time for pages, each in a process of its own. */
  UTPLUKK_EXPLAIN_PROCESSES: z.coerce.number().int().min(1).max(64).default(1),
  /** Explanations that may wait for one that is computed; above that the API answers 503. */
  UTPLUKK_EXPLAIN_WAITING: z.coerce.number().int().min(0).max(1000).default(8),
  /**
   * Addresses or ranges of the proxies before the API whose forwarded client address is trusted, joined by commas; by
   * default none.
   */
  UTPLUKK_TRUST_PROXY: z
    .string()
    .regex(/^([0-9a-f.:/]+(,[0-9a-f.:/]+)*)?$/i, 'expected addresses or ranges joined by commas, such as 10.0.0.0/8')
    .optional(),
  UTPLUKK_SERVICE_SCHEDULE_SECRET: z.string().optional(),
  UTPLUKK_SERVICE_LOADER_SECRET: z.string().optional(),
});
export type Env = z.infer<typeof schema>;

/** Folder of the local stack's state. `npm start` writes env.json there, so that CLI commands find the same servers. */
export const localHome = (): string => process.env['UTPLUKK_HOME'] ?? path.join(ROOT, '.stack/run');

/**
 * Reads the environment, which no other module does. Variables that are set override those in env.json of `npm start`.
 */
export function loadEnv(): Env {
  const file = path.join(localHome(), 'env.json');
  const local: unknown = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const merged = { ...(local as Record<string, string>), ...process.env };
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  throw new UtplukkError(
    'InvalidInput',
    `the environment does not say where the servers are:\n  ${explain(result.error, merged)}`,
    'Run `npm start` in another terminal, or set the variables of .env.example.',
  );
}

/**
 * The database owner, and the URLs of the roles that may sign in. The product itself never gets the owner's URL;
 * without one, its own URL is used, for databases with a single role.
 */
export function databaseOwner(env: Env): { ownerUrl: string; roleUrls: string[] } {
  const {
    DATABASE_OWNER_URL: owner,
    UTPLUKK_TRUTH_DATABASE_URL: truth,
    UTPLUKK_NOTARY_DATABASE_URL: notary,
    UTPLUKK_API_DATABASE_URL: api,
  } = process.env;
  const others = [truth, notary, api].filter((url) => url !== undefined);
  return { ownerUrl: owner ?? env.DATABASE_URL, roleUrls: owner ? [env.DATABASE_URL, ...others] : [] };
}

/** Database in which a simulation stores its ground truth; undefined for all processes of the product. */
export const truthDatabase = (): string | undefined => process.env['UTPLUKK_TRUTH_DATABASE_URL'];

export type ServiceAccount = 'service-schedule' | 'service-loader';

/** Secret of a service account, from the environment or, in the demo, from the folder of the identity provider. */
export function serviceSecret(env: Env, service: ServiceAccount): string {
  const given =
    service === 'service-schedule' ? env.UTPLUKK_SERVICE_SCHEDULE_SECRET : env.UTPLUKK_SERVICE_LOADER_SECRET;
  const file = path.join(env.UTPLUKK_HOME, 'identity-services.json');
  const local = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>)[service]
    : undefined;
  const secret = given ?? local;
  if (secret) return secret;
  const name = `UTPLUKK_${service.replaceAll('-', '_').toUpperCase()}_SECRET`;
  throw new UtplukkError('NotAllowed', `no secret for the service account ${service}`, `Set ${name}.`);
}

/** File in which the CLI keeps the session, readable by its owner only. */
export const sessionFile = (): string =>
  process.env['UTPLUKK_SESSION'] ??
  path.join(process.env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local/state'), 'utplukk/session.json');
