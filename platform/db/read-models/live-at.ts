import type { Db } from '../../postgres/connection';

/**
 * The version that was live in a slot at an instant: its decision, its origin and its lists. People are principal
 * ids.
 */
export interface LiveAt {
  readonly slot: string;
  readonly versionId: string;
  readonly liveFrom: Date;
  /** When another version took over; undefined while it is live. */
  readonly liveUntil: Date | undefined;
  readonly how: 'promoted' | 'rolled-back';
  readonly trainedBy: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly requestId: string;
  readonly runId: string;
  readonly matrixId: string;
  readonly snapshotId: string | undefined;
  /** Hash of the code that fitted it. */
  readonly code: string | undefined;
  /** Scoring was suspended then. */
  readonly suspended: boolean;
  /** Lists that were made from its scores while it was live then. */
  readonly lists: readonly string[];
}

/** The same with the ledger entries that prove it: promotion or roll-back, request, decision, registration. */
export interface ProvenLive extends LiveAt {
  readonly ledger: readonly { readonly seq: number; readonly event: string }[];
}

interface Row {
  slot: string;
  seq: number;
  version_id: string;
  live_from: Date;
  live_until: Date | null;
  rolled_back: boolean;
  suspended: boolean;
  trained_by: string;
  requested_by: string;
  requested_at: Date;
  decided_by: string;
  decided_at: Date;
  request_id: string;
  run_id: string;
  matrix_id: string;
  snapshot_id: string | null;
  code: string | null;
  lists: string[];
}

/**
 * The live versions at any instant: one row for each slot that had a champion then. Index accesses only, so its time
 * does not grow with the number of versions or entries.
 */
export async function liveAt(db: Db, at: Date, slot?: string): Promise<LiveAt[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `with slots as (
       select coalesce(?::text, s.slot) as slot from (
         with recursive t as (
           (select slot from ml.champion order by slot limit 1)
           union all
           select (select c.slot from ml.champion c where c.slot > t.slot order by c.slot limit 1)
             from t where t.slot is not null)
         select slot from t where slot is not null and ?::text is null
         union all select ?::text where ?::text is not null) s
     )
     select c.slot, c.seq, c.version_id, c.live_from,
       (select n.live_from from ml.champion n where n.slot = c.slot and n.seq = c.seq + 1) as live_until,
       c.live_from <> coalesce((select min(x.live_from) from ml.champion x
         where x.slot = c.slot and x.decision_id = c.decision_id), c.live_from) as rolled_back,
       exists (select from ml.intervention e where e.slot = c.slot and e.kind = 'suspend' and e.at <= ?
         and (select count(*) from ml.intervention_answer a
           where a.intervention_id = e.intervention_id and a.at <= ?) < 2) as suspended,
       ta.principal_id as trained_by, ra.principal_id as requested_by, r.requested_at,
       da.principal_id as decided_by, d.decided_at, r.request_id,
       v.run_id, v.matrix_id, m.snapshot_id, v.recipe->>'code' as code,
       coalesce((select array_agg(l.list_id order by l.drafted_at)
         from sel.scoring_run s join sel.list l using (scoring_id)
         where s.slot = c.slot and s.version_id = c.version_id and s.scored_at >= c.live_from
           and s.scored_at < coalesce((select n.live_from from ml.champion n
             where n.slot = c.slot and n.seq = c.seq + 1), 'infinity')), '{}') as lists
     from slots
     cross join lateral (select * from ml.champion h where h.slot = slots.slot and h.live_from <= ?
       order by h.live_from desc, h.seq desc limit 1) c
     join ml.decision d using (decision_id)
     join ml.promotion_request r using (request_id)
     join ml.model_version v on v.version_id = c.version_id
     join ml.training_run t using (run_id)
     join aud.action ta on ta.action_id = t.action_id
     join aud.action ra on ra.action_id = r.action_id
     join aud.action da on da.action_id = d.action_id
     join ml.matrix m on m.matrix_id = v.matrix_id`,
    [slot ?? null, slot ?? null, slot ?? null, slot ?? null, at, at, at],
  );
  return rows.map((row) => ({
    slot: row.slot,
    versionId: row.version_id,
    liveFrom: row.live_from,
    liveUntil: row.live_until ?? undefined,
    how: row.rolled_back ? 'rolled-back' : 'promoted',
    trainedBy: row.trained_by,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    requestId: row.request_id,
    runId: row.run_id,
    matrixId: row.matrix_id,
    snapshotId: row.snapshot_id ?? undefined,
    code: row.code ?? undefined,
    suspended: row.suspended,
    lists: row.lists,
  }));
}

/** The live versions at an instant, each with its ledger entries. */
export async function provenLiveAt(db: Db, at: Date, slot?: string): Promise<ProvenLive[]> {
  const live = await liveAt(db, at, slot);
  const { rows } = await db.raw<{ rows: { nth: number; seq: number; event: string }[] }>(
    `select r.nth::int, k.seq, e.event
      from unnest(?::text[], ?::text[], ?::text[], ?::timestamptz[])
        with ordinality as r(request, version, slot, live_from, nth)
      cross join lateral (
        select entry_id, event from aud.entry where subject_id = r.request and subject_kind = 'promotion-request'
        union all select entry_id, event from aud.entry where subject_id = r.version and subject_kind = 'model-version'
        union all select entry_id, event from aud.entry
          where subject_id = r.slot and subject_kind = 'slot' and at = r.live_from) e
      join aud.chain k using (entry_id) order by k.seq`,
    [
      live.map((row) => row.requestId),
      live.map((row) => row.versionId),
      live.map((row) => row.slot),
      live.map((row) => row.liveFrom),
    ],
  );
  return live.map((row, i) => ({
    ...row,
    ledger: rows.filter(({ nth }) => nth === i + 1).map(({ seq, event }) => ({ seq, event })),
  }));
}

/** Names of principals, for those who may see them. */
export async function namesOf(db: Db, principals: readonly string[]): Promise<Map<string, string>> {
  const rows = await db('aud.principal')
    .whereIn('principal_id', [...new Set(principals)])
    .select<{ principal_id: string; subject: string }[]>('principal_id', 'subject');
  return new Map(rows.map((row) => [row.principal_id, row.subject]));
}
