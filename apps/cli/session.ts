import {
  ActivityFailure,
  ApplicationFailure,
  TimeoutFailure,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { notAllowed, UtplukkError } from '../../domain/errors';
import { ACCESS, groupsInScope, mayCall, type Operation } from '../../domain/rules/permissions';
import type { DevicePrompt } from '../../platform/auth/device';
import { stepUpTokenInBrowser } from '../../platform/auth/loopback';
import { stepUpTokenAs, loadSession } from '../../platform/auth/sign-in';
import { tokenVerifier, type VerifiedToken } from '../../platform/auth/tokens';
import { type Env, loadEnv } from '../../platform/config/env';
import type { RequestContext } from '../../application/request-context';
import type { Trust } from '../../platform/signing/trusted-keys';
import { LifecycleClient } from '../../application/workflow-client';
import { compose } from '../compose';

/** Exit codes that mean something; --help of the program lists them. */
export const EXIT = { ok: 0, internal: 1, invalid: 2, notAllowed: 3, state: 4, away: 5 } as const;

type Runtime = Pick<RequestContext, 'db' | 'store' | 'clock' | 'notary'> & {
  readonly env: Env;
  readonly trust: () => Trust;
};
/** What a reading command works with: who reads, and which provider groups they may see (undefined for all). */
export type Reading = Runtime & { readonly token: VerifiedToken; readonly groups: readonly string[] | undefined };

/** Tells a person at a terminal where to go; on stderr, so that what a command prints stays its own. */
export function showPrompt({ url, code, seconds }: DevicePrompt): void {
  const compare =
    code === undefined ? 'in a browser on this machine and confirm' : `and see that it shows the code ${code}`;
  process.stderr.write(`Open ${url}\n${compare}. Waiting for at most ${Math.round(seconds / 60)} minutes …\n`);
}

/** The product's parts for whoever runs them without a person, such as the demo. */
export async function withRuntime<T>(work: (parts: Runtime) => Promise<T>): Promise<T> {
  const env = loadEnv();
  const deps = compose(env, { connections: 4 });
  try {
    return await work({
      db: deps.db,
      store: deps.store,
      clock: deps.clock,
      notary: deps.notary,
      trust: deps.trust,
      env,
    });
  } finally {
    await deps.close();
  }
}

const verified = (env: Env, accessToken: string): Promise<VerifiedToken> =>
  tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE })(accessToken);

/** For commands that only read: the same people may as on the pages, by the API's operation that answers the same. */
export async function withReadContext<T>(operation: Operation, work: (context: Reading) => Promise<T>): Promise<T> {
  return withRuntime(async (parts) => {
    const token = await verified(parts.env, loadSession().accessToken);
    if (!mayCall(token.roles, operation))
      throw notAllowed(
        `${token.subject} has ${token.roles.length > 0 ? `the role ${token.roles.join(', ')}` : 'no role'}; ` +
          `this needs one of: ${ACCESS[operation].join(', ')}`,
        'Sign in as someone with that role: `npx utplukk login`.',
      );
    return work({ ...parts, token, groups: groupsInScope(token.roles, operation, token.providerGroups) });
  });
}

/** For commands that change something: the signed-in principal's token is verified first. */
export async function withAuthenticatedContext<T>(
  work: (request: RequestContext & Runtime) => Promise<T>,
  accessToken?: string,
): Promise<T> {
  return withRuntime(async (context) => {
    const { env } = context;
    const session = accessToken === undefined ? loadSession() : { accessToken, device: false };
    const token = await verified(env, session.accessToken);
    const stepUpToken = session.device ? stepUpTokenInBrowser(env, showPrompt) : stepUpTokenAs(env, token.subject);
    const temporal = await LifecycleClient.connect(env);
    try {
      return await work({ ...context, temporal, token, stepUpToken });
    } finally {
      await temporal.close();
    }
  });
}

/** What to print of an error, and the exit code. */
export function explainError(error: unknown): { text: string; code: number; type: string } {
  if (error instanceof UtplukkError) {
    const code =
      {
        InvalidInput: EXIT.invalid,
        NoLabels: EXIT.invalid,
        LeakageFound: EXIT.invalid,
        NotAllowed: EXIT.notAllowed,
        SourceUnavailable: EXIT.away,
        EngineMissing: EXIT.away,
      }[error.type as 'InvalidInput'] ?? EXIT.state;
    return { text: `${error.message}${error.next ? `\n${error.next}` : ''}`, code, type: error.type };
  }
  if (
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError ||
    error instanceof ActivityFailure
  )
    return explainError(error.cause);
  if (error instanceof ApplicationFailure)
    return {
      text: error.message,
      code:
        error.type === 'NotAllowed'
          ? EXIT.notAllowed
          : error.type === 'InvalidInput' || error.type === 'NoLabels'
            ? EXIT.invalid
            : error.type === 'Unexpected' || error.type === 'ComputingFailed'
              ? EXIT.internal
              : EXIT.state,
      type: error.type ?? 'Failure',
    };
  if (error instanceof TimeoutFailure)
    return { text: `a step had no answer in time (${error.message})`, code: EXIT.away, type: 'TimedOut' };
  const code = (error as { code?: unknown }).code;
  if (code === 'ECONNREFUSED' || code === 14)
    return {
      text: 'a server does not answer.\nIs `npm start` running? `utplukk doctor` tells what is missing.',
      code: EXIT.away,
      type: 'SourceUnavailable',
    };
  const text =
    error instanceof Error
      ? process.env['UTPLUKK_DEBUG']
        ? (error.stack ?? error.message)
        : error.message
      : String(error);
  return { text, code: EXIT.internal, type: 'Internal' };
}
