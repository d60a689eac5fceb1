import { conflict, UtplukkError } from '../domain/errors';
import { getMatrix } from '../platform/db/stores/matrices';
import type { ModelVersion } from '../platform/db/stores/versions';
import { readMatrix } from '../platform/matrices/read-matrix';
import type { FoldPredictions, ShardScores } from './jobs';
import type { JobSources } from './job-inputs';

const halfYearOf = (day: string): string => `${day.slice(0, 4)}-${Number(day.slice(5, 7)) < 7 ? 'H1' : 'H2'}`;

/**
 * A frozen version's scores of the rows whose outcome it did not know when it was trained, by half-year of the as-of
 * day.
 * @param matrixId matrix with the outcomes known now, in the row order of `scores`
 * @throws UtplukkError NoLabels if there is no such row, Conflict if none of them is a finding
 */
export async function newOutcomePredictions(
  { db, store }: JobSources,
  { versionId, matrixId: trainedOn, family }: Pick<ModelVersion, 'versionId' | 'matrixId' | 'family'>,
  matrixId: string,
  scores: ShardScores,
): Promise<FoldPredictions[]> {
  const keysOf = async (id: string) =>
    readMatrix(store.existing((await getMatrix(db, id)).fileSha256), [], store.temporary());
  const [before, now] = [await keysOf(trainedOn), await keysOf(matrixId)];
  const known = new Set(before.rowId.filter((_, row) => before.labelKnownOn[row] !== undefined));
  const rows = now.rowId.flatMap((id, row) => (now.labelKnownOn[row] !== undefined && !known.has(id) ? [row] : []));
  if (rows.length === 0)
    throw new UtplukkError(
      'NoLabels',
      `no outcome became known that version ${versionId.slice(0, 12)} was not trained on`,
      'Load later outcomes, or choose a later as-of instant.',
    );
  if (!rows.some((row) => now.label[row] === 1))
    throw conflict(
      `none of the ${rows.length} outcomes that became known since is a finding, so no ranking can be evaluated`,
      'Wait for more outcomes.',
    );
  const byHalfYear = new Map<string, number[]>();
  for (const row of rows) {
    const halfYear = halfYearOf(now.asOf[row]!);
    byHalfYear.set(halfYear, [...(byHalfYear.get(halfYear) ?? []), row]);
  }
  return [...byHalfYear]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fold, own]) => ({
      fold,
      family,
      rowIds: own.map((row) => now.rowId[row]!),
      scores: own.map((row) => scores.scores[row]!),
      ...(scores.amountNok ? { amountNok: own.map((row) => scores.amountNok![row]!) } : {}),
    }));
}
