import type { Db } from './connection';

/** Roles that the migration 20261129091000_roles_and_grants makes. Any other name in a URL is the operator's own. */
const OURS = ['utplukk_product', 'utplukk_truth', 'utplukk_notary', 'utplukk_api'];

/** Lets one of our roles sign in with the password of its URL; the same again changes nothing. */
export async function allowSignIn(db: Db, url: string): Promise<void> {
  const { username, password } = new URL(url);
  if (!OURS.includes(username)) return;
  const { rows } = await db.raw<{ rows: { sql: string }[] }>(
    "select format('alter role %I login password %L', ?::text, ?::text) as sql",
    [username, decodeURIComponent(password)],
  );
  await db.raw(rows[0]!.sql);
}
