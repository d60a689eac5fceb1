import { SIGN_OFFS_NEEDED } from '../domain/rules/lifecycle';
import { isSettled } from '../domain/rules/interventions';
import { mayDo } from '../domain/rules/roles';
import { knownPrincipal } from '../platform/auth/audit-context';
import type { VerifiedToken } from '../platform/auth/tokens';
import { summariesOf } from './selection';
import { approvalProblem } from './promotion';
import { interventionsOf } from '../platform/db/stores/interventions';
import { requestPage } from '../platform/db/stores/promotions';
import { runPage } from '../platform/db/stores/runs';
import type { Db } from '../platform/postgres/connection';
import { newestSnapshot } from '../platform/db/read-models/scored-provider';
import { freshness } from '../platform/db/read-models/register';

const MOST = 20;
const RECENT_MS = 30 * 86_400_000;

/** Drafts that wait for sign-offs, newest first, and whether this person has signed off already. */
async function openDrafts(
  db: Db,
  principalId: string | undefined,
): Promise<{ listId: string; signedOffByMe: boolean }[]> {
  const { rows } = await db.raw<{ rows: { list_id: string; mine: boolean }[] }>(
    `select l.list_id, coalesce(bool_or(x.principal_id = ?::uuid), false) as mine
      from sel.list l left join sel.sign_off x using (list_id)
      group by l.list_id
      having count(*) filter (where x.verdict = 'approved') < ${SIGN_OFFS_NEEDED}
        and coalesce(bool_and(x.verdict = 'approved'), true)
      order by l.drafted_at desc limit ?`,
    [principalId ?? null, MOST],
  );
  return rows.map((row) => ({ listId: row.list_id, signedOffByMe: row.mine }));
}

const newestList = (db: Db) =>
  db('sel.list').orderBy('drafted_at', 'desc').first<{ list_id: string } | undefined>('list_id');

async function deviationsSince(db: Db, since: Date): Promise<number> {
  const [row] = await db('ml.mirror_deviation').where('found_at', '>=', since).count<{ count: number }[]>('* as count');
  return Number(row?.count ?? 0);
}

async function ledgerSize(db: Db): Promise<number> {
  const { rows } = await db.raw<{ rows: { size: number }[] }>('select size from aud.chain_head');
  return rows[0]?.size ?? 0;
}

/** What waits for a decision, what failed in the last thirty days and how recent the data are, for the first page. */
export async function overviewOf(db: Db, token: VerifiedToken, now: Date) {
  const me = await knownPrincipal(db, token);
  const since = new Date(now.getTime() - RECENT_MS);
  const [requests, drafts, failed, interventions, data, snapshot, last, deviations, ledgerEntries] = await Promise.all([
    requestPage(db, { limit: MOST, open: true }),
    openDrafts(db, me),
    runPage(db, { state: 'failed', limit: MOST }),
    interventionsOf(db),
    freshness(db),
    newestSnapshot(db),
    newestList(db),
    deviationsSince(db, since),
    ledgerSize(db),
  ]);
  const lists = await summariesOf(db, [...drafts.map(({ listId }) => listId), ...(last ? [last.list_id] : [])]);
  return {
    requests: requests.map((request) => ({ request, problem: approvalProblem(request, token.roles, me) })),
    drafts: drafts.map(({ listId, signedOffByMe }) => ({
      list: lists.get(listId)!,
      /** This person can sign it off. */
      mine: mayDo(token.roles, 'list.sign-off') !== undefined && !signedOffByMe,
    })),
    failed: failed.filter((run) => run.startedAt >= since),
    interventions: interventions.filter((intervention) => !isSettled(intervention)),
    freshness: data,
    snapshot,
    lastList: last && lists.get(last.list_id),
    deviations,
    ledgerEntries,
  };
}
