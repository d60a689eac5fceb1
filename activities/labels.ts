import { auditContextOf } from '../platform/ledger/record';
import { storeStatement } from '../platform/signing/statement-store';
import { append } from '../platform/ledger/append';
import { type LabelChange, labelChanges } from '../platform/matrices/label-revisions';
import type { MatrixRecipe } from '../platform/matrices/register-matrix';
import { PREDICATE } from '../platform/signing/statements';
import type { ActivityDependencies } from './deps';

/**
 * Marks every version that was trained on labels which this matrix has otherwise: a row, a ledger entry, and a statement
 * about each version that the notary signs. Twice is once.
 */
export async function noteLabelRevisions(
  deps: ActivityDependencies,
  actionId: string,
  matrixId: string,
  recipe: Extract<MatrixRecipe, { kind: 'training' }>,
): Promise<void> {
  for (const change of await labelChanges(deps, matrixId, recipe)) await note(deps, actionId, change);
}

async function note(deps: ActivityDependencies, actionId: string, change: LabelChange): Promise<void> {
  const { db, notary, clock } = deps;
  const versions = await db('ml.model_version as v')
    .join('ml.matrix as m', 'm.matrix_id', 'v.matrix_id')
    .where({ label_set_id: change.labelSetId })
    .orderBy('version_id')
    .select<{ version_id: string; slot: string }[]>('v.version_id', 'v.slot');
  const serviceToken = await deps.serviceToken();
  const signed = await Promise.all(
    versions.map(async ({ version_id: versionId, slot }) => ({
      versionId,
      envelope: await notary.labelCorrection({ slot, versionId, ...change, serviceToken }),
    })),
  );
  await db.transaction(async (tx) => {
    const inserted = await tx.raw<{ rowCount: number }>(
      `insert into ml.label_revision (label_set_id, revised_by, rows, to_finding, from_finding, unsettled, amounts, root, found_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      [
        change.labelSetId,
        change.revisedBy,
        change.rows,
        change.toFinding,
        change.fromFinding,
        change.unsettled,
        change.amounts,
        change.root,
        clock(),
      ],
    );
    if (inserted.rowCount === 0) return;
    const audit = await auditContextOf(tx, actionId);
    for (const { versionId, envelope } of signed)
      await storeStatement(tx, { versionId, predicateType: PREDICATE.labelCorrection, envelope, audit, at: clock() });
    const { toFinding, fromFinding, unsettled, amounts, root } = change;
    await append(
      tx,
      audit,
      {
        event: 'label-set.revised',
        subject: { kind: 'label-set', id: change.labelSetId },
        before: change.labelSetId,
        after: change.revisedBy,
        rows: { count: toFinding + fromFinding + unsettled + amounts, root },
      },
      clock(),
    );
  });
}
