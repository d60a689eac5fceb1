import { randomUUID } from 'node:crypto';
import { connect, type Db } from '../../platform/postgres/connection';
import { type ActRef, append } from '../../platform/ledger/append';

/** One change with its entry, as services make them: an act and what was done in it. */
export async function change(db: Db, principalId: string): Promise<void> {
  const actor: ActRef = { actId: randomUUID(), principalId, role: 'data-scientist', purpose: 'benchmark' };
  await db.transaction(async (tx) => {
    await tx.raw(
      'insert into aud.act (act_id, act, principal_id, role, purpose, token_id, token_sha256, at) values (?, ?, ?, ?, ?, ?, ?, now())',
      [actor.actId, 'x', principalId, actor.role, actor.purpose, 't', Buffer.alloc(32)],
    );
    await append(tx, actor, { act: 'bench.changed', subject: { kind: 'bench', id: actor.actId } }, new Date());
  });
}

/** Changes without end, for whoever kills this process. */
async function main(url: string, principalId: string): Promise<void> {
  const db = connect(url, 2);
  process.stdout.write('writing\n');
  for (;;) await Promise.all([change(db, principalId), change(db, principalId)]);
}

if (require.main === module) void main(process.argv[2]!, process.argv[3]!);
