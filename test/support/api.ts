import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { signInAsDemoUser } from '../../platform/auth/sign-in';
import { ROOT } from '../../platform/config/env';
import { asVariables, type TestDatabase } from './environment';

type TestEnv = Pick<TestDatabase, 'env'>;

export interface Answer<T = unknown> {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: T;
}

/** The built API: a process of its own with its own role in the database. */
export interface TestApi {
  readonly url: string;
  /** A request as a demo user, or without a sign-in. */
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
export const bearerOf = ({ env }: TestEnv, user: string): Promise<string> => {
  const found =
    tokens.get(user) ??
    signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, user).then(({ accessToken }) => accessToken);
  tokens.set(user, found);
  return found;
};

/** The API's role on this test's database. */
export const apiDatabase = ({ env }: TestEnv): string =>
  process.env['UTPLUKK_API_DATABASE_URL']!.replace(/\/utplukk$/, new URL(env.DATABASE_URL).pathname);

export async function testApi(t: TestEnv, extra: Record<string, string> = {}): Promise<TestApi> {
  const child = spawn(
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
  const url = await listening(child);
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
      return answerOf<T>(response);
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The address that the API prints once it listens. */
function listening(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      text += data.toString();
      const address = /api ready (\S+)/.exec(text)?.[1];
      if (address) resolve(address);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', (data: Buffer) => {
      read(data);
      process.stderr.write(data); // why a request was answered with 500
    });
    child.once('exit', (code) => reject(new Error(`the API ended (${code}): ${text.slice(-1500)}`)));
  });
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const type = response.headers.get('content-type');
  const raw = await response.text();
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: (type?.includes('json') && raw !== '' ? JSON.parse(raw) : raw) as T,
  };
}
