import type { Emergency } from '../../../domain/rules/rollback';
import type { Db, Tx } from '../../postgres/connection';

export interface StoredEmergency extends Emergency {
  readonly slot: string;
  readonly withdrawnVersion: string;
  readonly returnedVersion: string | undefined;
  readonly actId: string;
}

interface Row {
  emergency_id: string;
  slot: string;
  kind: Emergency['kind'];
  withdrawn_version: string;
  returned_version: string | null;
  act_id: string;
  at: Date;
  confirm_by: Date | null;
  answers: number;
}

/** Emergencies of a slot, oldest first; of every slot without one. */
export async function emergenciesOf(db: Db | Tx, slot?: string): Promise<StoredEmergency[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select e.*, (select count(*)::int from ml.emergency_answer a where a.emergency_id = e.emergency_id) as answers
      from ml.emergency e where ?::text is null or e.slot = ? order by e.at`,
    [slot ?? null, slot ?? null],
  );
  return rows.map((row) => ({
    emergencyId: row.emergency_id,
    slot: row.slot,
    kind: row.kind,
    withdrawnVersion: row.withdrawn_version,
    returnedVersion: row.returned_version ?? undefined,
    actId: row.act_id,
    at: row.at,
    confirmBy: row.confirm_by ?? undefined,
    answers: row.answers,
  }));
}
