import type { Intervention } from '../../../domain/rules/interventions';
import type { Db, Tx } from '../../postgres/connection';

export interface StoredIntervention extends Intervention {
  readonly slot: string;
  /** The version that was live when somebody intervened. */
  readonly liveVersion: string;
  readonly restoredVersion: string | undefined;
  readonly actionId: string;
  /** Principal who intervened. */
  readonly by: string;
  /** Principals who confirmed it or want it lifted. */
  readonly answeredBy: readonly string[];
}

interface Row {
  intervention_id: string;
  slot: string;
  kind: Intervention['kind'];
  live_version: string;
  restored_version: string | null;
  action_id: string;
  at: Date;
  confirm_by: Date | null;
  answered_by: string[];
  principal_id: string;
}

/** Interventions of a slot, oldest first; without a slot, those of all slots. */
export async function interventionsOf(db: Db | Tx, slot?: string): Promise<StoredIntervention[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select e.*, i.principal_id,
        array(select a.principal_id::text from ml.intervention_answer a
          where a.intervention_id = e.intervention_id) as answered_by
      from ml.intervention e join aud.action i using (action_id)
      where ?::text is null or e.slot = ? order by e.at`,
    [slot ?? null, slot ?? null],
  );
  return rows.map((row) => ({
    interventionId: row.intervention_id,
    slot: row.slot,
    kind: row.kind,
    liveVersion: row.live_version,
    restoredVersion: row.restored_version ?? undefined,
    actionId: row.action_id,
    at: row.at,
    confirmBy: row.confirm_by ?? undefined,
    answers: row.answered_by.length,
    answeredBy: row.answered_by,
    by: row.principal_id,
  }));
}
