import { randomUUID } from 'node:crypto';
import { conflict, notFound } from '../domain/errors';
import { type ListState, SIGN_OFFS_NEEDED } from '../domain/rules/lifecycle';
import { startAuditedAction } from '../platform/auth/audit-context';
import { linePage, type LineView } from '../platform/db/read-models/selection';
import { append, storeReason } from '../platform/ledger/append';
import type { Db, Tx } from '../platform/postgres/connection';
import type { RequestContext } from './request-context';

export interface ListSummary {
  readonly listId: string;
  readonly scoringId: string;
  readonly slot: string;
  readonly asOf: Date;
  /** Providers to select. */
  readonly capacity: number;
  readonly versionId: string;
  readonly state: ListState;
  /** People who have signed the list off. */
  readonly signOffs: number;
  /** Providers that were scored. */
  readonly candidates: number;
}

const COLUMNS = `l.list_id, l.scoring_id, l.slot, l.as_of, l.capacity, l.drafted_at, s.version_id, s.rows as candidates,
  coalesce(sum((x.verdict = 'approved')::int), 0)::int as "signOffs",
  max(x.verdict) filter (where x.verdict <> 'approved') as closed`;
const LISTS = `select ${COLUMNS}
  from sel.list l join sel.scoring_run s using (scoring_id) left join sel.sign_off x using (list_id)`;
const GROUPED = 'group by l.list_id, s.scoring_id';

interface Row {
  list_id: string;
  scoring_id: string;
  slot: string;
  as_of: Date;
  capacity: number;
  drafted_at: Date;
  version_id: string;
  candidates: number;
  signOffs: number;
  closed: Extract<ListState, 'refused' | 'expired'> | null;
}
const toSummary = (row: Row): ListSummary => ({
  listId: row.list_id,
  scoringId: row.scoring_id,
  slot: row.slot,
  asOf: row.as_of,
  capacity: row.capacity,
  versionId: row.version_id,
  signOffs: row.signOffs,
  candidates: row.candidates,
  state: row.closed ?? (row.signOffs >= SIGN_OFFS_NEEDED ? 'approved' : 'draft'),
});

/**
 * A list by its id, the first characters of it (at least six), or the id of its scoring run.
 * @throws UtplukkError NotFound for none, and for several
 */
export async function getList(db: Db, id: string): Promise<ListSummary> {
  const ids = /^[0-9a-f]{6,64}$/.test(id) ? await matchingLists(db, id) : [];
  if (ids.length !== 1)
    throw notFound(
      ids.length ? `several lists begin with ${id}` : `there is no list ${id}`,
      'List them with `utplukk list`.',
    );
  return (await summariesOf(db, ids)).get(ids[0]!)!;
}

/** At most two ids. A union of two index look-ups: one condition with `or` would read every list. */
async function matchingLists(db: Db, id: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { list_id: string }[] }>(
    `select list_id from sel.list where list_id like ?
      union select list_id from sel.list where scoring_id = ? limit 2`,
    [`${id}%`, id],
  );
  return rows.map((row) => row.list_id);
}

/** Lists by their ids. */
export async function summariesOf(db: Db, ids: readonly string[]): Promise<Map<string, ListSummary>> {
  const { rows } = await db.raw<{ rows: Row[] }>(`${LISTS} where l.list_id = any(?) ${GROUPED}`, [[...ids]]);
  return new Map(rows.map((row) => [row.list_id, toSummary(row)]));
}

/** The newest lists. */
export async function listLists(db: Db, limit = 50): Promise<ListSummary[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(`${LISTS} ${GROUPED} order by l.drafted_at desc limit ?`, [limit]);
  return rows.map(toSummary);
}

/** A page of lists, newest first, starting after the list `before`. */
export async function listPage(
  db: Db,
  { before, limit }: { before?: readonly [at: string, id: string] | undefined; limit: number },
): Promise<(ListSummary & { draftedAt: Date })[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${LISTS} where (?::timestamptz is null or (l.drafted_at, l.list_id) < (?::timestamptz, ?::text)) ${GROUPED}
      order by l.drafted_at desc, l.list_id desc limit ?`,
    [before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map((row) => ({ ...toSummary(row), draftedAt: row.drafted_at }));
}

/** Lines by rank, of all provider groups, without an access-log entry: for the demo and for jobs over a whole list. */
export const listLines = (
  db: Db,
  listId: string,
  { from = 1, count = 50, selectedOnly = true } = {},
): Promise<LineView[]> =>
  linePage(db, { listId, after: from - 1, limit: count, selectedOnly, groups: undefined, blindAssessor: undefined });

/**
 * Signs a draft off, or refuses it, for one person. Two different people sign off; one refusal closes the list.
 * @throws UtplukkError Conflict where the list is closed, or this person has decided on it before
 */
export async function signOffList(
  context: RequestContext,
  id: string,
  verdict: 'approved' | 'refused',
  reason: string,
): Promise<{ listId: string; state: string; signOffs: number }> {
  const list = await getList(context.db, id);
  if (list.state !== 'draft') throw conflict(`list ${list.listId.slice(0, 12)} is ${list.state}: it cannot change`);
  const signOffId = await context.db.transaction((tx) => insertSignOff(tx, context, list.listId, verdict, reason));
  const answer = await context.temporal.signOff(list.scoringId, signOffId);
  return { listId: list.listId, ...answer };
}

async function insertSignOff(
  tx: Tx,
  { token, clock }: Pick<RequestContext, 'token' | 'clock'>,
  listId: string,
  verdict: 'approved' | 'refused',
  reason: string,
): Promise<string> {
  const at = clock();
  const permission = verdict === 'approved' ? 'list.sign-off' : 'list.refuse';
  const audit = await startAuditedAction(tx, token, permission, `list ${listId}`, at);
  const own = await tx('sel.sign_off')
    .where({ list_id: listId, principal_id: audit.principalId })
    .first<object | undefined>();
  if (own)
    throw conflict(
      `you have signed list ${listId.slice(0, 12)} off already; ${SIGN_OFFS_NEEDED} different people are needed`,
      'Someone else with the role control-leader signs it off too.',
    );
  const signOffId = randomUUID();
  await tx('sel.sign_off').insert({
    sign_off_id: signOffId,
    list_id: listId,
    verdict,
    principal_id: audit.principalId,
    action_id: audit.actionId,
    reason_id: await storeReason(tx, reason),
    signed_at: at,
  });
  const subject = { kind: 'list', id: listId };
  await append(tx, audit, { event: `list.${verdict}`, subject, after: listId }, at);
  return signOffId;
}
