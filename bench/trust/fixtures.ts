import { randomUUID } from 'node:crypto';
import { canonical, sha256 } from '../../platform/artifacts/hash';
import type { Db } from '../../platform/postgres/connection';
import { instantText } from '../../platform/ledger/append';
import { chainHash, leafHash } from '../../platform/ledger/merkle';
import { CopyWriter } from '../../platform/postgres/copy-writer';

const ENTRIES_A_FLUSH = 50_000;
/** Versions that made-up entries go round. */
export const SUBJECTS = 10_000;

/** An identifier of a made-up row, of the form that the API's answers demand. */
const uuid = (text: string) =>
  `overlay(overlay(md5(${text}) placing '4' from 13 for 1) placing '8' from 17 for 1)::uuid`;

type Run = (sql: string, args?: unknown[]) => Promise<unknown>;

/** Sets a session's triggers aside: rows of a benchmark need no two people. Only the database's owner can. */
export const pastTriggers = <T>(db: Db, work: (run: Run) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.raw('set local session_replication_role = replica');
    return work((sql, args = []) => tx.raw(sql, args as string[]));
  });

/**
 * Entries such as services write, after those that are there: made and chained here by the product's own functions, and
 * copied in past the triggers, which would take eleven minutes for a million. Subjects go round the versions.
 */
export async function fillLedger(db: Db, entries: number, say: (text: string) => void): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.raw('set local session_replication_role = replica');
    const head = await tx('aud.chain_head')
      .forUpdate()
      .first<{ size: number; chain_hash: Buffer }>('size', 'chain_hash');
    const [rows, chain] = [
      new CopyWriter('aud.entry', [
        'entry_id',
        'bytes',
        'leaf_hash',
        'action',
        'action_id',
        'subject_kind',
        'subject_id',
        'at',
      ]),
      new CopyWriter('aud.chain', ['seq', 'entry_id', 'leaf_hash', 'chain_hash']),
    ];
    let last = head.chain_hash;
    for (let i = 0; i < entries; i++) {
      const [entry, actionId] = [randomUUID(), randomUUID()];
      const at = instantText(new Date(Date.UTC(2025, 0, 1) + i * 1000));
      const id = sha256(`v${i % SUBJECTS}`);
      const subject = { kind: 'model-version', id };
      const event = 'model-version.registered';
      const body = {
        v: 2,
        entry,
        at,
        event,
        provider: actionId,
        actionId,
        role: 'data-scientist',
        purpose: 'benchmark',
        subject,
        after: id,
      };
      const bytes = Buffer.from(canonical(body));
      const leaf = leafHash(bytes);
      last = chainHash(last, leaf);
      rows.add([entry, hex(bytes), hex(leaf), event, actionId, subject.kind, id, at]);
      chain.add([head.size + i + 1, entry, hex(leaf), hex(last)]);
      if ((i + 1) % ENTRIES_A_FLUSH !== 0 && i + 1 < entries) continue;
      await rows.flush(tx);
      await chain.flush(tx);
      if ((i + 1) % (4 * ENTRIES_A_FLUSH) === 0) say(`${i + 1} of ${entries} entries`);
    }
    await tx('aud.chain_head').update({ size: head.size + entries, chain_hash: last });
  });
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

/** Row i's identifier, instant and source, of rows that the database numbers itself. */
const idOf = (prefix: string) => `encode(sha256(convert_to('${prefix}' || i, 'UTF8')), 'hex')`;
const INSTANT = `timestamptz '2020-01-01' + i * interval '3 hours'`;
const ROWS = `from generate_series(0, ?::int - 1) i`;

/** A hundred people, and three actions for each version. */
async function fillActions(run: Run, versions: number): Promise<void> {
  await run(
    `insert into aud.principal (principal_id, issuer, subject, kind, first_seen) select ${uuid("'p' || i")}, ` +
      `'bench', 'p' || i, 'person', now() from generate_series(0, 99) i`,
  );
  await run(
    `insert into aud.action (action_id, permission, principal_id, role, purpose, token_id, token_sha256, at)
     select ${uuid("'a' || kind || i")}, 'x', ${uuid("'p' || (i + kind) % 100")}, 'approver', 'bench', 't', '\\x00',
       now() from generate_series(0, ?::int - 1) i, generate_series(0, 2) kind`,
    [versions],
  );
}

/** From snapshot to version. */
async function fillRuns(run: Run, versions: number): Promise<void> {
  await run(
    'insert into ml.snapshot (snapshot_id, as_of, load_watermark, manifest_sha256, rows, made_at) select ' +
      `${idOf('s')}, ${INSTANT}, 1, 'x', 1, ${INSTANT} ${ROWS}`,
    [versions],
  );
  await run(
    'insert into ml.matrix (matrix_id, recipe_sha256, recipe, snapshot_id, file_sha256, meta, made_at) ' +
      `select ${idOf('m')}, ${idOf('r')}, '{}', ${idOf('s')}, 'f', '{}', ${INSTANT} ${ROWS}`,
    [versions],
  );
  await run(
    'insert into ml.training_run (run_id, action_id, experiment, experiment_sha256, slot, state, started_at) ' +
      `select ${uuid("'run' || i")}, ${uuid("'a0' || i")}, '{}', 'x', 'slot-' || i % 10 || '/all', 'finished', ` +
      `${INSTANT} ${ROWS}`,
    [versions],
  );
  await run(
    'insert into ml.model_version (version_id, slot, family, run_id, matrix_id, recipe, selectable, ' +
      `registered_at) select ${idOf('v')}, 'slot-' || i % 10 || '/all', 'tabm-mini', ${uuid("'run' || i")}, ` +
      `${idOf('m')}, '{"code":"c"}', true, ${INSTANT} ${ROWS}`,
    [versions],
  );
}

/** Request, decision and time as champion. */
async function fillPromotions(run: Run, versions: number): Promise<void> {
  await run(
    'insert into ml.promotion_request (request_id, version_id, slot, action_id, requested_at, expires_at) ' +
      `select ${uuid("'req' || i")}, ${idOf('v')}, 'slot-' || i % 10 || '/all', ${uuid("'a1' || i")}, ${INSTANT}, ` +
      `${INSTANT} + interval '1 day' ${ROWS}`,
    [versions],
  );
  await run(
    'insert into ml.decision (decision_id, request_id, verdict, action_id, decided_at) select ' +
      `${uuid("'dec' || i")}, ${uuid("'req' || i")}, 'approved', ${uuid("'a2' || i")}, ${INSTANT} ${ROWS}`,
    [versions],
  );
  await run(
    `insert into ml.champion (slot, seq, version_id, decision_id, action_id, live_from) select 'slot-' || i ` +
      `% 10 || '/all', i / 10 + 1, ${idOf('v')}, ${uuid("'dec' || i")}, ${uuid("'a2' || i")}, ${INSTANT} ${ROWS}`,
    [versions],
  );
}

async function fillLists(run: Run, versions: number): Promise<void> {
  await run(
    'insert into sel.scoring_run (scoring_id, slot, version_id, matrix_id, as_of, scores_sha256, rows, ' +
      `action_id, scored_at) select ${idOf('sc')}, 'slot-' || i % 10 || '/all', ${idOf('v')}, ${idOf('m')}, ` +
      `${INSTANT}, ` +
      `'x', 1, ${uuid("'a2' || i")}, ${INSTANT} + interval '1 hour' ${ROWS}`,
    [versions],
  );
  await run(
    'insert into sel.list (list_id, scoring_id, slot, as_of, capacity, seed, policy, drafted_at, expires_at) ' +
      `select ${idOf('l')}, ${idOf('sc')}, 'slot-' || i % 10 || '/all', ${INSTANT}, 50, 1, 'exploit-v1', ` +
      `${INSTANT} + ` +
      `interval '2 hours', ${INSTANT} + interval '9 days' ${ROWS}`,
    [versions],
  );
}

/** 10,000 versions that were live one after the other in ten slots, each with its run, request, decision and list. */
export async function fillVersions(db: Db, versions: number): Promise<void> {
  await pastTriggers(db, async (run) => {
    for (const fill of [fillActions, fillRuns, fillPromotions, fillLists]) await fill(run, versions);
  });
  await db.raw('analyze');
}

/** A million things: 10,000 chains from snapshot to list, each list with 48 cases and their outcomes. */
export async function fillEdges(db: Db, chains: number, casesEach: number): Promise<void> {
  const steps: [string, string, string, string][] = [
    ['snapshot', idOf('s'), 'matrix', idOf('m')],
    ['matrix', idOf('m'), 'training-run', `${uuid("'run' || i")}::text`],
    ['training-run', `${uuid("'run' || i")}::text`, 'model-version', idOf('v')],
    ['model-version', idOf('v'), 'decision', `${uuid("'dec' || i")}::text`],
    ['model-version', idOf('v'), 'scoring-run', idOf('sc')],
    ['matrix', idOf('m'), 'scoring-run', idOf('sc')],
    ['scoring-run', idOf('sc'), 'list', idOf('l')],
  ];
  for (const [fromKind, from, toKind, to] of steps)
    await db.raw(
      `insert into ml.lineage_edge select '${fromKind}', ${from}, '${toKind}', ${to} from generate_series(0, ` +
        '?::int - 1) i on conflict do nothing',
      [chains],
    );
  await db.raw(
    `insert into ml.lineage_edge select 'list', ${idOf('l')}, 'case', 'K-' || i || '-' || c from ` +
      'generate_series(0, ?::int - 1) i, generate_series(1, ?::int) c',
    [chains, casesEach],
  );
  await db.raw(
    `insert into ml.lineage_edge select 'case', 'K-' || i || '-' || c, 'outcome', 'K-' || i || '-' || c || ` +
      `'@2025-01-01' from generate_series(0, ?::int - 1) i, generate_series(1, ?::int) c`,
    [chains, casesEach],
  );
  await db.raw('analyze ml.lineage_edge');
}
