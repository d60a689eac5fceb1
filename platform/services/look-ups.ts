import { conflict, notAllowed, notFound } from '../../domain/errors';
import type { Purpose } from '../../domain/rules/access';
import { mayDo } from '../../domain/rules/roles';
import { knownPrincipal } from '../auth/acts';
import type { VerifiedToken } from '../auth/tokens';
import type { Db } from '../db/connection';
import { findActor, hasOwnCase, isToJudge, linePage, type LineQuery, type LineView } from '../db/read-models/selection';
import { recordAccess } from './access';

/** Who looks, at what and when: the same on the pages, in the API and in a terminal. */
export interface Looker {
  readonly db: Db;
  readonly token: VerifiedToken;
  readonly clock: () => Date;
  /** Provider groups in scope; undefined for all. */
  readonly groups: readonly string[] | undefined;
}

/** Somebody who never acted has judged nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Whoever assesses actors sees neither rank nor reasons of those that are to be judged blind, until they have. */
export const judgeOf = async (db: Db, token: VerifiedToken): Promise<string | undefined> =>
  mayDo(token.roles, 'list.assess') ? ((await knownPrincipal(db, token)) ?? NOBODY) : undefined;

/** Lines by rank, and whether there are more; what is shown is on record before it is. */
export async function readLines(
  { db, token, clock, groups }: Looker,
  { after, limit, ...query }: Pick<LineQuery, 'listId' | 'after' | 'limit' | 'selectedOnly'>,
): Promise<{ rows: LineView[]; more: boolean }> {
  const found = await linePage(db, { ...query, after, limit: limit + 1, groups, judge: await judgeOf(db, token) });
  const rows = found.slice(0, limit);
  await recordAccess(db, token, { kind: 'list', subjectId: query.listId, purpose: 'list', rows: [rows[0]?.rank ?? after, rows.at(-1)?.rank ?? after] }, clock()); // prettier-ignore
  return { rows, more: found.length > limit };
}

/**
 * Opens scored entities of a list, each with its purpose, before anything about them is shown.
 * @throws UtplukkError NotFound, NotAllowed outside the scope, Conflict for one that is to be assessed blind
 */
export async function openScored({ db, token, clock, groups }: Looker, listId: string, entities: readonly string[], purpose: Purpose): Promise<void> {
  const judge = await judgeOf(db, token);
  for (const entity of entities) {
    const line = await db('sel.line').where({ list_id: listId, entity }).first<{ grp: string } | undefined>('grp');
    if (!line) throw notFound(`${entity} was not scored`, 'Entities stand in the list and its CSV.');
    if (groups && !groups.includes(line.grp)) throw notAllowed(`${entity} is outside the provider groups of your team`);
    if (judge !== undefined && (await isToJudge(db, listId, entity, judge)))
      throw conflict(`${entity} is to be assessed before its rank and reasons are shown`, 'Assess it on the page of the list.');
    const actor = await findActor(db, entity).catch(() => undefined); // a table's entities are in no register
    const ownCase = actor ? await hasOwnCase(db, actor.providerId, token.caseworker, undefined) : false;
    await recordAccess(db, token, { kind: 'actor', subjectId: entity, purpose, ownCase }, clock());
  }
} // prettier-ignore
