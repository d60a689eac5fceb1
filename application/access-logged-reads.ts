import { conflict, notAllowed, notFound, UtplukkError } from '../domain/errors';
import type { Purpose } from '../domain/rules/permissions';
import { mayDo } from '../domain/rules/roles';
import { knownPrincipal } from '../platform/auth/audit-context';
import type { VerifiedToken } from '../platform/auth/tokens';
import type { Db } from '../platform/postgres/connection';
import {
  findProvider,
  hasOwnCase,
  isToAssess,
  linePage,
  type LineQuery,
  type LineView,
} from '../platform/db/read-models/selection';
import { recordAccess } from './access-log';

/** Who looks, at what and when: the same on the pages, in the API and in a terminal. */
export interface Viewer {
  readonly db: Db;
  readonly token: VerifiedToken;
  readonly clock: () => Date;
  /** Provider groups in scope; undefined for all. */
  readonly groups: readonly string[] | undefined;
}

/** Somebody who never acted has judged nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Whoever assesses providers sees neither rank nor reasons of those that are to be judged blind, until they have. */
export const blindAssessorOf = async (db: Db, token: VerifiedToken): Promise<string | undefined> =>
  mayDo(token.roles, 'list.assess') ? ((await knownPrincipal(db, token)) ?? NOBODY) : undefined;

/** Lines by rank, and whether there are more; what is shown is on record before it is. */
export async function readLines(
  { db, token, clock, groups }: Viewer,
  { after, limit, ...query }: Pick<LineQuery, 'listId' | 'after' | 'limit' | 'selectedOnly'>,
): Promise<{ rows: LineView[]; more: boolean }> {
  const found = await linePage(db, {
    ...query,
    after,
    limit: limit + 1,
    groups,
    judge: await blindAssessorOf(db, token),
  });
  const rows = found.slice(0, limit);
  await recordAccess(
    db,
    token,
    {
      kind: 'list',
      subjectId: query.listId,
      purpose: 'list',
      rows: [rows[0]?.rank ?? after, rows.at(-1)?.rank ?? after],
    },
    clock(),
  );
  return { rows, more: found.length > limit };
}

/** One line of a list by its rank. @throws UtplukkError NotFound where there is none that this person may see (yet) */
export async function readLine({ db, token, clock, groups }: Viewer, listId: string, rank: number): Promise<LineView> {
  const [line] = await linePage(db, {
    listId,
    after: rank - 1,
    limit: 1,
    selectedOnly: false,
    groups,
    judge: await blindAssessorOf(db, token),
  });
  if (line?.rank !== rank)
    throw notFound(
      `list ${listId.slice(0, 12)} shows you no line ${rank}`,
      'It has none, it is outside your groups, or you are to assess it first.',
    );
  await recordAccess(db, token, { kind: 'list', subjectId: listId, purpose: 'list', rows: [rank, rank] }, clock());
  return line;
}

/**
 * Opens scored entities of a list, each with its purpose, before anything about them is shown.
 * @throws UtplukkError NotFound, NotAllowed outside the scope, Conflict for one that is to be assessed blind
 */
export async function assertMayOpen(
  { db, token, clock, groups }: Viewer,
  listId: string,
  entities: readonly string[],
  purpose: Purpose,
): Promise<void> {
  const judge = await blindAssessorOf(db, token);
  const own = new Map<string, boolean>();
  for (const entity of entities) {
    const line = await db('sel.line').where({ list_id: listId, entity }).first<{ grp: string } | undefined>('grp');
    if (!line) throw notFound(`${entity} was not scored`, 'Entities stand in the list and its CSV.');
    if (groups && !groups.includes(line.grp)) throw notAllowed(`${entity} is outside the provider groups of your team`);
    if (judge !== undefined && (await isToAssess(db, listId, entity, judge)))
      throw conflict(
        `${entity} is to be assessed before its rank and reasons are shown`,
        'Assess it on the page of the list.',
      );
    own.set(entity, await isOwnCase(db, entity, token.caseworker));
  }
  // All may be opened: only now is anything on record, so that a look that was refused is none.
  for (const [subjectId, ownCase] of own)
    await recordAccess(db, token, { kind: 'provider', subjectId, purpose, ownCase }, clock());
}

/** A prepared table's entities are in no register, so nobody has a case of theirs. */
async function isOwnCase(db: Db, entity: string, caseworker: string | undefined): Promise<boolean> {
  try {
    return await hasOwnCase(db, (await findProvider(db, entity)).providerId, caseworker, undefined);
  } catch (error) {
    if (error instanceof UtplukkError && error.type === 'NotFound') return false;
    throw error;
  }
}
