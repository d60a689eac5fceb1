import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { connect, type Db, migrate } from '../../platform/postgres/connection';
import { type AuditContext, append } from '../../platform/ledger/append';
import { loadReference } from '../../platform/import/import-reference';

/** A database of its own for each measurement, so that none finds what another left. */
export async function withDatabase<T>(
  admin: string,
  work: (db: Db, url: string, audit: AuditContext) => Promise<T>,
): Promise<T> {
  const name = `bench_${Math.random().toString(36).slice(2, 10)}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(`create database ${name}`);
  const url = admin.replace(/\/[^/]*$/, `/${name}`);
  const db = connect(url, 6);
  try {
    await migrate(db);
    await loadReference(db);
    return await work(db, url, await loaderAudit(db));
  } finally {
    await db.destroy();
    await client.query(`drop database ${name} (force)`);
    await client.end();
  }
}

/** The benchmark's own principal: it signs in nowhere, and its database is dropped. */
async function loaderAudit(db: Db): Promise<AuditContext> {
  const audit = { actionId: randomUUID(), principalId: randomUUID(), role: 'loader', purpose: 'benchmark' };
  await db.transaction(async (tx) => {
    await tx.raw(
      "insert into aud.principal (principal_id, issuer, subject, kind, first_seen) values (?, 'bench', 'bench', " +
        "'service', now())",
      [audit.principalId],
    );
    await tx.raw(
      'insert into aud.action (action_id, permission, principal_id, role, purpose, token_id, token_sha256, at) ' +
        "values (?, 'register.import', ?, 'loader', 'benchmark', 'none', '\\x00', now())",
      [audit.actionId, audit.principalId],
    );
    await append(tx, audit, { event: 'action.started', subject: { kind: 'action', id: audit.actionId } }, new Date());
  });
  return audit;
}
