import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { signInAsDemoUser } from '../../platform/auth/sign-in';
import { ROOT } from '../../platform/config/env';
import { asVariables, type TestDatabase } from './environment';

type Parts = Pick<TestDatabase, 'env'>;

export interface Answer<T = unknown> {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: T;
}

/** The API as it is shipped, a process of its own with its own role in the database. */
export interface TestApi {
  readonly url: string;
  /** A call as a demo user, or as nobody. */
  call<T = unknown>(
    user: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  stop(): Promise<void>;
}

const tokens = new Map<string, Promise<string>>();
export const bearerOf = ({ env }: Parts, user: string): Promise<string> => {
  const found =
    tokens.get(user) ??
    signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, user).then(({ accessToken }) => accessToken);
  tokens.set(user, found);
  return found;
};

/** The API's role on this test's database. */
export const apiDatabase = ({ env }: Parts): string =>
  process.env['UTPLUKK_API_DATABASE_URL']!.replace(/\/utplukk$/, new URL(env.DATABASE_URL).pathname);

export async function testApi(t: Parts, extra: Record<string, string> = {}): Promise<TestApi> {
  const child: ChildProcess = spawn(
    'setpriv',
    ['--pdeathsig', 'TERM', '--', process.execPath, path.join(ROOT, 'dist/apps/api/server.js')],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...asVariables(t.env),
        DATABASE_URL: apiDatabase(t),
        PORT: '0',
        UTPLUKK_RATE_LIMIT: '1000000',
        ...extra,
      },
    },
  );
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    const look = (data: Buffer) => {
      text += data.toString();
      const address = /api ready (\S+)/.exec(text)?.[1];
      if (address) resolve(address);
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', (data: Buffer) => {
      look(data);
      process.stderr.write(data); // what a 500 does not say
    });
    child.once('exit', (code) => reject(new Error(`the API ended (${code}): ${text.slice(-1500)}`)));
  });
  return {
    url,
    async call<T>(
      user: string | undefined,
      method: string,
      at: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const response = await fetch(url + at, {
        method,
        headers: {
          ...(user === undefined ? {} : { authorization: `Bearer ${await bearerOf(t, user)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const type = response.headers.get('content-type');
      const raw = await response.text();
      return {
        status: response.status,
        type,
        headers: response.headers,
        body: (type?.includes('json') && raw !== '' ? JSON.parse(raw) : raw) as T,
      };
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await gone;
    },
  };
}
