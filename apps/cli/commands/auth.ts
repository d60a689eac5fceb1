import type { Command } from 'commander';
import { signInOnDevice } from '../../../platform/auth/device';
import { saveSession, signInAsDemoUser } from '../../../platform/auth/sign-in';
import { tokenVerifier } from '../../../platform/auth/tokens';
import { loadEnv } from '../../../platform/config/env';
import { type Out, print } from '../output';
import { showPrompt } from '../session';

function login(program: Command): void {
  program
    .command('login')
    .description('sign in with a browser, on this machine or another; in the demo also as one of its named users')
    .option(
      '--as <user>',
      'demo only: kari (data scientist), ola, ingrid (approvers), per, siri (control leaders), anne (auditor), …',
    )
    .addHelpText('after', '\nExamples: utplukk login\n          utplukk login --as kari')
    .action(async (options: { as?: string } & Out) => {
      const env = loadEnv();
      const { as } = options;
      const { accessToken } =
        as === undefined
          ? await signInOnDevice(env, showPrompt)
          : await signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, as);
      const { subject: user, roles } = await tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE })(
        accessToken,
      );
      saveSession({ user, accessToken, device: as === undefined });
      print(options, { user, roles }, () => `Signed in as ${user} (${roles.join(', ')}).`);
    });
}

/** Signing in. */
export function authCommands(program: Command): void {
  login(program);
}
