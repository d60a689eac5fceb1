import { canonical } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import type { Db } from '../postgres/connection';
import type { LabelChange } from '../db/stores/labels';
import { merkleRoot } from '../ledger/merkle';
import { quote, withDuckDb } from '../duckdb/duckdb';
import type { MatrixRecipe } from './matrix-recipe';

/** Label set of a matrix and the file that holds it. */
interface LabelFile {
  label_set_id: string;
  file_sha256: string;
}

/**
 * Compares a register matrix's labels with the label sets that model versions were trained on as of earlier instants,
 * under the same definition of a finding. Only rows whose label or amount differs count; new rows do not.
 * @param matrixId the newer matrix
 * @returns one difference per earlier label set that has changed rows
 */
export async function labelChanges(
  { db, store }: { db: Db; store: ArtifactStore },
  matrixId: string,
  recipe: Extract<MatrixRecipe, { kind: 'training' }>,
): Promise<LabelChange[]> {
  const own = await db('ml.matrix').where({ matrix_id: matrixId }).first<LabelFile & { snapshot_id: string }>();
  const { rows: earlier } = await db.raw<{ rows: LabelFile[] }>(
    `select distinct on (m.label_set_id) m.label_set_id, m.file_sha256
      from ml.matrix m join ml.model_version v using (matrix_id) join ml.snapshot s using (snapshot_id)
      where m.recipe->>'kind' = 'training' and m.recipe->>'minAmountOre' = ?::text and m.label_set_id <> ?
        and s.as_of < (select as_of from ml.snapshot where snapshot_id = ?)
        and not exists (select 1 from ml.label_revision r where r.label_set_id = m.label_set_id and r.revised_by = ?)
      order by m.label_set_id, m.matrix_id`,
    [String(recipe.minAmountOre), own.label_set_id, own.snapshot_id, own.label_set_id],
  );
  const present = earlier.filter(({ file_sha256 }) => store.holds(file_sha256));
  if (present.length === 0) return [];
  return withDuckDb(store.temporary(), async (duck) => {
    const changes: LabelChange[] = [];
    const labels = (sha: string) =>
      `(select row_id, label, amount_ore from read_parquet(${quote(store.existing(sha))}))`;
    for (const old of present) {
      const reader = await duck.runAndReadAll(
        `select o.row_id, o.label::int, n.label::int, o.amount_ore::varchar, n.amount_ore::varchar
           from ${labels(old.file_sha256)} o left join ${labels(own.file_sha256)} n using (row_id)
           where o.label is not null order by o.row_id`,
      );
      const rows = reader.getRows().map(([id, before, after, amount, amountAfter]) => ({
        id: String(id),
        before: Number(before),
        after: after === null ? null : Number(after),
        amount,
        amountAfter,
      }));
      const changed = rows.filter((row) => row.after !== row.before || row.amount !== row.amountAfter);
      if (changed.length === 0) continue;
      const count = (matches: (row: (typeof rows)[number]) => boolean) => changed.filter(matches).length;
      changes.push({
        labelSetId: old.label_set_id,
        revisedBy: own.label_set_id,
        rows: rows.length,
        toFinding: count(({ before, after }) => before === 0 && after === 1),
        fromFinding: count(({ before, after }) => before === 1 && after === 0),
        unsettled: count(({ after }) => after === null),
        amounts: count(({ before, after }) => before === after),
        root: merkleRoot(changed.map((row) => canonical(row))).root,
      });
    }
    return changes;
  });
}
