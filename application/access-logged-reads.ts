import { conflict, notAllowed, notFound, UtplukkError } from '../domain/errors';
import type { Purpose } from '../domain/rules/permissions';
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
import { blindAssessorOf, pendingAssessments } from './blind-assessment';

/** Who reads, and within which scope: the same for pages, API and terminal. */
export interface Viewer {
  readonly db: Db;
  readonly token: VerifiedToken;
  readonly clock: () => Date;
  /** Provider groups in scope; undefined for all. */
  readonly groups: readonly string[] | undefined;
}

/** Lines by rank, and whether there are more. The access is recorded before the lines are returned. */
export async function readLines(
  { db, token, clock, groups }: Viewer,
  { after, limit, ...query }: Pick<LineQuery, 'listId' | 'after' | 'limit' | 'selectedOnly'>,
): Promise<{ rows: LineView[]; more: boolean }> {
  const blindAssessor = await blindAssessorOf(db, token);
  const found = await linePage(db, { ...query, after, limit: limit + 1, groups, blindAssessor });
  const rows = found.slice(0, limit);
  const shown = [rows[0]?.rank ?? after, rows.at(-1)?.rank ?? after] as const;
  await recordAccess(db, token, { kind: 'list', subjectId: query.listId, purpose: 'list', rows: shown }, clock());
  return { rows, more: found.length > limit };
}

/** One line of a list by its rank. @throws UtplukkError NotFound where there is none that this person may see (yet) */
export async function readLine({ db, token, clock, groups }: Viewer, listId: string, rank: number): Promise<LineView> {
  const blindAssessor = await blindAssessorOf(db, token);
  const [line] = await linePage(db, { listId, after: rank - 1, limit: 1, selectedOnly: false, groups, blindAssessor });
  if (line?.rank !== rank)
    throw notFound(
      `list ${listId.slice(0, 12)} has no line ${rank} that you may see`,
      'It has none, it is outside your provider groups, or you have to assess the provider first.',
    );
  await recordAccess(db, token, { kind: 'list', subjectId: listId, purpose: 'list', rows: [rank, rank] }, clock());
  return line;
}

const EXPORT_PAGE_ROWS = 5000;

/**
 * All lines in scope, for an export that is recorded as such.
 * @throws UtplukkError Conflict for a person who has yet to assess some of them blind
 */
export async function exportLines(
  { db, token, clock, groups }: Viewer,
  { listId, selectedOnly }: Pick<LineQuery, 'listId' | 'selectedOnly'>,
): Promise<LineView[]> {
  if ((await pendingAssessments(db, token, listId, groups)).length > 0)
    throw conflict(
      'you have to assess some providers of this list before their rank is shown',
      'Assess them on the page of the list first.',
    );
  const blindAssessor = await blindAssessorOf(db, token);
  const lines: LineView[] = [];
  for (let after = 0; ; after = lines.at(-1)!.rank) {
    const query = { listId, after, limit: EXPORT_PAGE_ROWS, selectedOnly, groups, blindAssessor };
    const rows = await linePage(db, query);
    lines.push(...rows);
    if (rows.length < EXPORT_PAGE_ROWS) break;
  }
  const shown = [lines[0]?.rank ?? 0, lines.at(-1)?.rank ?? 0] as const;
  await recordAccess(db, token, { kind: 'list-export', subjectId: listId, purpose: 'list', rows: shown }, clock());
  return lines;
}

/**
 * Checks that a person may open scored providers of a list, and records an access of each, before anything about
 * them is shown.
 * @throws UtplukkError NotFound, NotAllowed outside the scope, Conflict for one that this person has yet to assess
 *   blind
 */
export async function assertMayOpen(
  { db, token, clock, groups }: Viewer,
  listId: string,
  entities: readonly string[],
  purpose: Purpose,
): Promise<void> {
  const blindAssessor = await blindAssessorOf(db, token);
  const ownCases = new Map<string, boolean>();
  for (const entity of entities) {
    const line = await db('sel.line')
      .where({ list_id: listId, entity })
      .first<{ provider_group: string } | undefined>('provider_group');
    if (!line) throw notFound(`${entity} was not scored`, 'The list and its CSV name those that were.');
    if (groups && !groups.includes(line.provider_group))
      throw notAllowed(`${entity} is outside the provider groups of your team`);
    if (blindAssessor !== undefined && (await isToAssess(db, listId, entity, blindAssessor)))
      throw conflict(
        `you have to assess ${entity} before its rank and reasons are shown`,
        'Assess it on the page of the list.',
      );
    ownCases.set(entity, await isOwnCase(db, entity, token.caseworker));
  }
  // Recorded only when all may be opened: a request that was refused showed nothing.
  for (const [subjectId, ownCase] of ownCases)
    await recordAccess(db, token, { kind: 'provider', subjectId, purpose, ownCase }, clock());
}

/** False for an entity of a prepared table: it is in no register, so nobody has a case of it. */
async function isOwnCase(db: Db, entity: string, caseworker: string | undefined): Promise<boolean> {
  try {
    return await hasOwnCase(db, (await findProvider(db, entity)).providerId, caseworker, undefined);
  } catch (error) {
    if (error instanceof UtplukkError && error.type === 'NotFound') return false;
    throw error;
  }
}
