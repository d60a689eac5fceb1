import type { Db, Tx } from '../../postgres/connection';

/** What a later label set says otherwise of the rows of an earlier one. */
export interface LabelDifference {
  readonly revisedBy: string;
  /** Rows of the earlier set that had a label. */
  readonly rows: number;
  readonly toFinding: number;
  readonly fromFinding: number;
  /** Rows that have no label any more. */
  readonly unsettled: number;
  /** Rows with the same label and another amount. */
  readonly amounts: number;
}

/** Labels that a version was trained on and that a later label set has otherwise. */
export interface LabelRevision extends LabelDifference {
  readonly foundAt: Date;
}

/** Rows whose label became another or went away; another amount alone is none. */
export const revisedRows = ({ toFinding, fromFinding, unsettled }: LabelDifference): number =>
  toFinding + fromFinding + unsettled;

/** What later label sets say otherwise of what a matrix was labelled with, newest first. */
export async function revisionsOf(db: Db | Tx, matrixId: string): Promise<LabelRevision[]> {
  const rows = await db('ml.label_revision as r')
    .join('ml.matrix as m', 'm.label_set_id', 'r.label_set_id')
    .join('ml.label_set as n', 'n.label_set_id', 'r.revised_by')
    .join('ml.snapshot as s', 's.snapshot_id', 'n.snapshot_id')
    .where({ matrix_id: matrixId })
    .orderBy([
      { column: 's.as_of', order: 'desc' },
      { column: 'r.found_at', order: 'desc' },
    ])
    .select<
      {
        revised_by: string;
        rows: number;
        to_finding: number;
        from_finding: number;
        unsettled: number;
        amounts: number;
        found_at: Date;
      }[]
    >('r.*');
  return rows.map((row) => ({
    revisedBy: row.revised_by,
    rows: row.rows,
    toFinding: row.to_finding,
    fromFinding: row.from_finding,
    unsettled: row.unsettled,
    amounts: row.amounts,
    foundAt: row.found_at,
  }));
}
