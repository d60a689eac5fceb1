import type { Db } from '../../platform/db/connection';

const ENTRIES_A_COMMIT = 500;

/** Sets a session's triggers aside: rows of a benchmark need no two people. Only the database's owner can. */
export const pastTriggers = <T>(db: Db, work: (run: (sql: string, args?: unknown[]) => Promise<unknown>) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.raw('set local session_replication_role = replica');
    return work((sql, args = []) => tx.raw(sql, args as string[]));
  });

/** Entries such as services write, chained by the ledger's own triggers. Subjects go round 10,000 versions. */
export async function fillLedger(db: Db, entries: number, say: (text: string) => void): Promise<void> {
  for (let from = 0; from < entries; from += ENTRIES_A_COMMIT) {
    await db.raw(
      `insert into aud.entry (bytes) select convert_to(format(
         '{"act":"model-version.registered","actId":"%s","actor":"%s","after":"%s","at":"%s","entry":"%s","purpose":"benchmark","role":"data-scientist","subject":{"id":"%s","kind":"model-version"},"v":2}',
         gen_random_uuid(), gen_random_uuid(), encode(sha256(convert_to(i::text, 'UTF8')), 'hex'),
         to_char(timestamptz '2025-01-01' + i * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), gen_random_uuid(), encode(sha256(convert_to('v' || i % 10000, 'UTF8')), 'hex')), 'UTF8')
       from generate_series(?::int, ?::int) i`,
      [from, Math.min(entries, from + ENTRIES_A_COMMIT) - 1],
    );
    if (from % 100_000 === 0) say(`${from} of ${entries} entries`);
  }
}

/** 10,000 versions that were live one after the other in ten slots, each with its run, request, decision and list. */
export async function fillVersions(db: Db, versions: number): Promise<void> {
  await pastTriggers(db, async (run) => {
    await run(`insert into aud.principal (principal_id, issuer, subject, kind, first_seen) select md5('p' || i)::uuid, 'bench', 'p' || i, 'person', now() from generate_series(0, 99) i`); // prettier-ignore
    await run(
      `insert into aud.act (act_id, act, principal_id, role, purpose, token_id, token_sha256, at)
       select md5('a' || kind || i)::uuid, 'x', md5('p' || (i + kind) % 100)::uuid, 'approver', 'bench', 't', '\\x00', now() from generate_series(0, ?::int - 1) i, generate_series(0, 2) kind`,
      [versions],
    );
    const id = (prefix: string) => `encode(sha256(convert_to('${prefix}' || i, 'UTF8')), 'hex')`;
    const at = `timestamptz '2020-01-01' + i * interval '3 hours'`;
    const all = `from generate_series(0, ?::int - 1) i`;
    await run(`insert into ml.snapshot (snapshot_id, as_of, horizon, manifest_sha256, rows, made_at) select ${id('s')}, ${at}, 1, 'x', 1, ${at} ${all}`, [versions]);
    await run(`insert into ml.matrix (matrix_id, recipe_sha256, recipe, snapshot_id, file_sha256, meta, made_at) select ${id('m')}, ${id('r')}, '{}', ${id('s')}, 'f', '{}', ${at} ${all}`, [versions]);
    await run(`insert into ml.training_run (run_id, act_id, experiment, experiment_sha256, slot, state, started_at) select md5('run' || i)::uuid, md5('a0' || i)::uuid, '{}', 'x', 'slot-' || i % 10 || '/all', 'finished', ${at} ${all}`, [versions]);
    await run(`insert into ml.model_version (version_id, slot, family, run_id, matrix_id, recipe, selectable, registered_at) select ${id('v')}, 'slot-' || i % 10 || '/all', 'tabm-mini', md5('run' || i)::uuid, ${id('m')}, '{"code":"c"}', true, ${at} ${all}`, [versions]);
    await run(`insert into ml.promotion_request (request_id, version_id, slot, act_id, requested_at, expires_at) select md5('req' || i)::uuid, ${id('v')}, 'slot-' || i % 10 || '/all', md5('a1' || i)::uuid, ${at}, ${at} + interval '1 day' ${all}`, [versions]);
    await run(`insert into ml.decision (decision_id, request_id, verdict, act_id, decided_at) select md5('dec' || i)::uuid, md5('req' || i)::uuid, 'approved', md5('a2' || i)::uuid, ${at} ${all}`, [versions]);
    await run(`insert into ml.champion (slot, seq, version_id, decision_id, act_id, live_from) select 'slot-' || i % 10 || '/all', i / 10 + 1, ${id('v')}, md5('dec' || i)::uuid, md5('a2' || i)::uuid, ${at} ${all}`, [versions]);
    await run(`insert into sel.scoring_run (scoring_id, slot, version_id, matrix_id, as_of, scores_sha256, rows, act_id, scored_at) select ${id('sc')}, 'slot-' || i % 10 || '/all', ${id('v')}, ${id('m')}, ${at}, 'x', 1, md5('a2' || i)::uuid, ${at} + interval '1 hour' ${all}`, [versions]);
    await run(`insert into sel.list (list_id, scoring_id, slot, as_of, capacity, seed, policy, drafted_at, expires_at) select ${id('l')}, ${id('sc')}, 'slot-' || i % 10 || '/all', ${at}, 50, 1, 'exploit-v1', ${at} + interval '2 hours', ${at} + interval '9 days' ${all}`, [versions]);
  }); // prettier-ignore
  await db.raw('analyze');
}

/** A million things: 10,000 chains from snapshot to list, each list with 48 cases and their outcomes. */
export async function fillEdges(db: Db, chains: number, casesEach: number): Promise<void> {
  const id = (prefix: string) => `encode(sha256(convert_to('${prefix}' || i, 'UTF8')), 'hex')`;
  const steps: [string, string, string, string][] = [
    ['snapshot', id('s'), 'matrix', id('m')],
    ['matrix', id('m'), 'training-run', `md5('run' || i)::uuid::text`],
    ['training-run', `md5('run' || i)::uuid::text`, 'model-version', id('v')],
    ['model-version', id('v'), 'decision', `md5('dec' || i)::uuid::text`],
    ['model-version', id('v'), 'scoring-run', id('sc')],
    ['matrix', id('m'), 'scoring-run', id('sc')],
    ['scoring-run', id('sc'), 'list', id('l')],
  ];
  for (const [fromKind, from, toKind, to] of steps)
    await db.raw(`insert into ml.edge select '${fromKind}', ${from}, '${toKind}', ${to} from generate_series(0, ?::int - 1) i on conflict do nothing`, [chains]); // prettier-ignore
  await db.raw(
    `insert into ml.edge select 'list', ${id('l')}, 'case', 'K-' || i || '-' || c from generate_series(0, ?::int - 1) i, generate_series(1, ?::int) c`,
    [chains, casesEach],
  );
  await db.raw(
    `insert into ml.edge select 'case', 'K-' || i || '-' || c, 'outcome', 'K-' || i || '-' || c || '@2025-01-01' from generate_series(0, ?::int - 1) i, generate_series(1, ?::int) c`,
    [chains, casesEach],
  );
  await db.raw('analyze ml.edge');
}
