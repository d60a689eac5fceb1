import { loadEnv } from '../platform/config/env';
import { connect, migrate } from '../platform/db/connection';

/** Brings the database to the newest migration. */
async function main(): Promise<void> {
  const db = connect(loadEnv().DATABASE_URL, 1);
  try {
    const applied = await migrate(db);
    process.stdout.write(`${applied.length} migrations applied\n`);
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
