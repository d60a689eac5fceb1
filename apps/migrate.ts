import { databaseOwner, loadEnv } from '../platform/config/env';
import { connect, migrate } from '../platform/postgres/connection';
import { allowSignIn } from '../platform/postgres/roles';

/** Migrates the database, and sets the passwords of the roles that the connection URLs name. */
async function main(): Promise<void> {
  const { ownerUrl, roleUrls } = databaseOwner(loadEnv());
  const db = connect(ownerUrl, 1);
  try {
    const applied = await migrate(db);
    for (const url of roleUrls) await allowSignIn(db, url);
    process.stdout.write(`${applied.length} migrations applied\n`);
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
