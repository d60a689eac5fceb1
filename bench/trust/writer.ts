import { randomUUID } from 'node:crypto';
import { connect, type Db } from '../../platform/postgres/connection';
import { type AuditContext, append } from '../../platform/ledger/append';

/** One change with its entry, as services make them: an action and what was done in it. */
export async function change(db: Db, principalId: string): Promise<void> {
  const audit: AuditContext = { actionId: randomUUID(), principalId, role: 'data-scientist', purpose: 'benchmark' };
  await db.transaction(async (tx) => {
    await tx.raw(
      'insert into aud.action (action_id, permission, principal_id, role, purpose, token_id, token_sha256, at) ' +
        'values (?, ?, ?, ?, ?, ?, ?, now())',
      [audit.actionId, 'x', principalId, audit.role, audit.purpose, 't', Buffer.alloc(32)],
    );
    await append(tx, audit, { event: 'bench.changed', subject: { kind: 'bench', id: audit.actionId } }, new Date());
  });
}

/** Changes without end, for whoever kills this process. */
async function main(url: string, principalId: string): Promise<void> {
  const db = connect(url, 2);
  process.stdout.write('writing\n');
  for (;;) await Promise.all([change(db, principalId), change(db, principalId)]);
}

if (require.main === module) void main(process.argv[2]!, process.argv[3]!);
