import { mayDo } from '../../../domain/rules/roles';
import { knownPrincipal } from '../../../platform/auth/acts';
import type { VerifiedToken } from '../../../platform/auth/tokens';
import type { ApiDeps } from '../deps';

/** Somebody who never acted has judged nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Whoever assesses actors sees neither rank nor reasons of those that are to be judged blind, until they have. */
export const judgeOf = async (db: ApiDeps['db'], token: VerifiedToken): Promise<string | undefined> =>
  mayDo(token.roles, 'list.assess') ? ((await knownPrincipal(db, token)) ?? NOBODY) : undefined;
