import { recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';
import type { Envelope } from '../../signing/dsse';
import { storeStatement } from '../../signing/statement-store';
import { PREDICATE } from '../../signing/statements';

/** How a later label set differs from an earlier one on the rows of the earlier one. */
export interface LabelDifference {
  readonly revisedBy: string;
  /** Rows of the earlier set that had a label. */
  readonly rows: number;
  readonly toFinding: number;
  readonly fromFinding: number;
  /** Rows that no longer have a label. */
  readonly unsettled: number;
  /** Rows whose label is the same and whose amount differs. */
  readonly amounts: number;
}

/** A later label set that contradicts labels a version was trained on. */
export interface LabelRevision extends LabelDifference {
  readonly foundAt: Date;
}

/** Number of rows whose label changed or was withdrawn; a changed amount alone does not count. */
export const revisedRows = ({ toFinding, fromFinding, unsettled }: LabelDifference): number =>
  toFinding + fromFinding + unsettled;

/** Later label sets that contradict the labels of a matrix, newest first. */
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

/** A difference between two label sets, with the Merkle root of the changed rows. */
export interface LabelChange extends LabelDifference {
  readonly labelSetId: string;
  readonly root: string;
}

/** Model versions trained on a label set. */
export async function versionsTrainedOn(db: Db, labelSetId: string): Promise<{ versionId: string; slot: string }[]> {
  return db('ml.model_version as v')
    .join('ml.matrix as m', 'm.matrix_id', 'v.matrix_id')
    .where({ label_set_id: labelSetId })
    .orderBy('version_id')
    .select<{ versionId: string; slot: string }[]>('v.version_id as versionId', 'v.slot');
}

/**
 * Records once that a later label set contradicts an earlier one, with a signed statement about each version
 * concerned.
 */
export async function recordLabelRevision(
  db: Db,
  {
    actionId,
    change,
    statements,
    at,
  }: {
    actionId: string;
    change: LabelChange;
    statements: readonly { readonly versionId: string; readonly envelope: Envelope }[];
    at: Date;
  },
): Promise<void> {
  const { labelSetId, revisedBy, toFinding, fromFinding, unsettled, amounts, root } = change;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.label_revision',
      rows: [
        {
          label_set_id: labelSetId,
          revised_by: revisedBy,
          rows: change.rows,
          to_finding: toFinding,
          from_finding: fromFinding,
          unsettled,
          amounts,
          root,
          found_at: at,
        },
      ],
      audit: actionId,
      entry: async (audit) => {
        for (const statement of statements)
          await storeStatement(tx, { ...statement, predicateType: PREDICATE.labelCorrection, audit, at });
        return {
          event: 'label-set.revised',
          subject: { kind: 'label-set', id: labelSetId },
          before: labelSetId,
          after: revisedBy,
          rows: { count: toFinding + fromFinding + unsettled + amounts, root },
        };
      },
      at,
    }),
  );
}
