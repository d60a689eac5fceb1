import type { Db } from '../../postgres/connection';

/** Names of the people and services behind actions, by action id, as the identity provider calls them. */
export async function namesByAction(db: Db, actionIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db('aud.action as a')
    .join('aud.principal as p', 'p.principal_id', 'a.principal_id')
    .whereIn('a.action_id', [...new Set(actionIds)])
    .select<{ action_id: string; subject: string }[]>('a.action_id', 'p.subject');
  return new Map(rows.map((row) => [row.action_id, row.subject]));
}
