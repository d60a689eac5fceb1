import type { Db } from '../../postgres/connection';

export interface Load {
  readonly batchId: number;
  readonly kind: string;
  readonly file: string;
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
  readonly knownFrom: Date | undefined;
  readonly knownUntil: Date | undefined;
  readonly at: Date;
}

type TimeKey = readonly [at: string, id: string] | undefined;

/** Load batches, newest first. */
export async function loadPage(db: Db, before: number | undefined, limit: number): Promise<Load[]> {
  const { rows } = await db.raw<{
    rows: {
      batch_id: number;
      kind: string;
      file_name: string;
      rows_read: number;
      rows_loaded: number;
      rows_quarantined: number;
      known_from_min: Date | null;
      known_from_max: Date | null;
      loaded_at: Date;
    }[];
  }>('select * from core.load_batch where (?::int is null or batch_id < ?::int) order by batch_id desc limit ?', [
    before ?? null,
    before ?? null,
    limit,
  ]);
  return rows.map((row) => ({
    batchId: row.batch_id,
    kind: row.kind,
    file: row.file_name,
    read: row.rows_read,
    loaded: row.rows_loaded,
    quarantined: row.rows_quarantined,
    knownFrom: row.known_from_min ?? undefined,
    knownUntil: row.known_from_max ?? undefined,
    at: row.loaded_at,
  }));
}

export interface Quarantined {
  readonly id: number;
  readonly batchId: number;
  readonly file: string;
  readonly line: number;
  readonly item: string;
  readonly field: string;
  readonly value: string | undefined;
  readonly reason: string;
}

/** Refused rows that were not tried again, newest first; of one batch where it is named. */
export async function quarantinePage(
  db: Db,
  batchId: number | undefined,
  before: number | undefined,
  limit: number,
): Promise<Quarantined[]> {
  const { rows } = await db.raw<{
    rows: {
      quarantine_id: number;
      batch_id: number;
      file_name: string;
      line: number;
      item: string;
      field: string;
      value: string | null;
      reason: string;
    }[];
  }>(
    `select q.*, b.file_name from core.quarantine q join core.load_batch b using (batch_id)
      where q.retried_in is null
        and (?::int is null or q.batch_id = ?::int) and (?::bigint is null or q.quarantine_id < ?::bigint)
      order by q.quarantine_id desc limit ?`,
    [batchId ?? null, batchId ?? null, before ?? null, before ?? null, limit],
  );
  return rows.map((row) => ({
    id: row.quarantine_id,
    batchId: row.batch_id,
    file: row.file_name,
    line: row.line,
    item: row.item,
    field: row.field,
    value: row.value ?? undefined,
    reason: row.reason,
  }));
}

export interface SnapshotRow {
  readonly snapshotId: string;
  readonly asOf: Date;
  readonly loadWatermark: number;
  readonly rows: number;
  readonly madeAt: Date;
}

export async function snapshotPage(db: Db, before: TimeKey, limit: number): Promise<SnapshotRow[]> {
  const { rows } = await db.raw<{
    rows: { snapshot_id: string; as_of: Date; load_watermark: number; rows: number; made_at: Date }[];
  }>(
    `select * from ml.snapshot
      where (?::timestamptz is null or (made_at, snapshot_id) < (?::timestamptz, ?::text))
      order by made_at desc, snapshot_id desc limit ?`,
    [before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map((row) => ({
    snapshotId: row.snapshot_id,
    asOf: row.as_of,
    loadWatermark: row.load_watermark,
    rows: row.rows,
    madeAt: row.made_at,
  }));
}

/**
 * How new the register is: its last load, the newest fact that it brought, and how many rows are in quarantine. Facts
 * about patients are left out: they may be known before they take effect.
 */
export async function freshness(
  db: Db,
): Promise<{ lastLoad: Date | undefined; newestFact: Date | undefined; quarantined: number }> {
  const { rows } = await db.raw<{ rows: { last: Date | null; newest: Date | null; quarantined: number | null }[] }>(
    `select max(loaded_at) as last, max(known_from_max) filter (where kind <> 'patient') as newest,
        sum(rows_quarantined)::bigint as quarantined
      from core.load_batch`,
  );
  return {
    lastLoad: rows[0]?.last ?? undefined,
    newestFact: rows[0]?.newest ?? undefined,
    quarantined: rows[0]?.quarantined ?? 0,
  };
}
