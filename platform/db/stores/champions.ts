import { append } from '../../ledger/append';
import { auditContextOf } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';
import { toMirror } from './mirror-outbox';
import type { PromotionRequest } from './promotions';

export interface Champion {
  readonly versionId: string;
  readonly seq: number;
  readonly decisionId: string;
  readonly liveFrom: Date;
}

/** The live version of a slot: its champion row with the highest sequence number. */
export async function championOf(db: Db | Tx, slot: string): Promise<Champion | undefined> {
  const row = await db('ml.champion')
    .where({ slot })
    .orderBy('seq', 'desc')
    .first<{ version_id: string; seq: number; decision_id: string; live_from: Date } | undefined>();
  return row && { versionId: row.version_id, seq: row.seq, decisionId: row.decision_id, liveFrom: row.live_from };
}

export interface PastChampion {
  readonly versionId: string;
  readonly decisionId: string;
  readonly liveFrom: Date;
  readonly decidedAt: Date;
  readonly requestId: string;
  readonly statementId: string | null;
}

/** All champions of a slot with the decisions behind them, oldest first; the last one is live. */
export const championHistory = (db: Db | Tx, slot: string): Promise<PastChampion[]> =>
  db('ml.champion as c')
    .join('ml.decision as d', 'd.decision_id', 'c.decision_id')
    .where({ 'c.slot': slot })
    .orderBy('c.seq')
    .select<PastChampion[]>(
      'c.version_id as versionId',
      'c.decision_id as decisionId',
      'c.live_from as liveFrom',
      'd.decided_at as decidedAt',
      'd.request_id as requestId',
      'd.statement_id as statementId',
    );

/** The live version of every slot. */
export async function liveVersions(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { version_id: string }[] }>(
    'select distinct on (slot) version_id from ml.champion order by slot, seq desc',
  );
  return rows.map((row) => row.version_id);
}

/** Slots that have a live version, by name. */
export const liveSlots = async (db: Db): Promise<string[]> =>
  (await db('ml.champion').distinct<{ slot: string }[]>('slot').orderBy('slot')).map(({ slot }) => slot);

/** Serializes changes of a slot's champion until the transaction ends. */
export const lockChampion = async (tx: Tx, slot: string): Promise<void> => {
  await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`champion ${slot}`]);
};

/**
 * Makes the version of a request champion of its slot, once per decision.
 * @param check throws if the one who decided may not; it gets the principal of the decision's action
 */
export async function promoteChampion(
  db: Db,
  request: PromotionRequest,
  decision: { readonly decisionId: string; readonly actionId: string },
  { check, at }: { check: (decider: string) => void; at: Date },
): Promise<void> {
  const { slot, versionId } = request;
  await db.transaction(async (tx) => {
    const decider = await auditContextOf(tx, decision.actionId);
    check(decider.principalId);
    await lockChampion(tx, slot);
    const done = await tx('ml.champion').where({ decision_id: decision.decisionId }).first<object | undefined>();
    if (done) return;
    const before = await championOf(tx, slot);
    await tx('ml.champion').insert({
      slot,
      seq: (before?.seq ?? 0) + 1,
      version_id: versionId,
      decision_id: decision.decisionId,
      action_id: decision.actionId,
      live_from: at,
    });
    await toMirror(tx, 'champion', slot);
    await append(
      tx,
      decider,
      {
        event: 'champion.promoted',
        subject: { kind: 'slot', id: slot },
        before: before?.versionId,
        after: versionId,
      },
      at,
    );
  });
}
