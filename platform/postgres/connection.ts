import knex, { type Knex } from 'knex';
import pg from 'pg';
import { migrationSource } from '../../migrations';

// bigint columns here are counts and øre below 2^53; anything larger would be an error in the data.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number`);
  return value;
});
// Days stay text: a Date would bring in the time zone of this process.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export type Db = Knex;
export type Tx = Knex.Transaction;

const SILENT: NonNullable<Knex.Config['log']> = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** A pool of connections. With `silent`, Knex itself logs nothing: the caller reports errors. */
export function connect(url: string, max = 8, { silent = false } = {}): Db {
  return knex({
    client: 'pg',
    connection: { connectionString: url, options: '-c timezone=UTC' },
    pool: { min: 0, max },
    migrations: { migrationSource, tableName: 'schema_migration' },
    ...(silent ? { log: SILENT } : {}),
  });
}

export async function migrate(db: Db): Promise<string[]> {
  const [, applied] = (await db.migrate.latest()) as [number, string[]];
  return applied;
}
