import type { GateInput } from '../../../domain/rules/promotion-gates';
import { type Estimate, type EvaluationDocument, hasValue } from '../../../domain/schemas/evaluation';
import { canonical } from '../../artifacts/hash';
import type { ArtifactStore } from '../../artifacts/store';
import type { Db } from '../../postgres/connection';
import { championOf } from '../stores/champions';
import { averagePrecisionOf, evaluationOf, overall } from '../stores/evaluation';
import { revisedRows, revisionsOf } from '../stores/labels';
import { leakageReportOf } from '../stores/leakage';
import type { PromotionRequest } from '../stores/promotions';
import { getRun } from '../stores/runs';
import { foldResults } from '../stores/training';
import { getVersion, type ModelVersion, type VersionBundle } from '../stores/versions';

/** Everything that the gates of a promotion request look at. */
export async function gateInputOf(
  { db, store }: { db: Db; store: ArtifactStore },
  request: Pick<PromotionRequest, 'versionId' | 'slot'>,
): Promise<GateInput> {
  const version = await getVersion(db, request.versionId);
  const { family, runId } = version;
  const metrics = await evaluationOf(db, runId);
  const precision = metrics.filter(({ metric }) => metric === 'average-precision');
  const baselines = overall(precision).filter((row) => row.family !== family);
  const { card, runtime } = store.getJson<VersionBundle>(version.versionId);
  const document = card && store.getJson<EvaluationDocument>(card.evaluation);
  const fairness = document?.fairness.filter((row) => row.family === family) ?? [];
  const longest = Math.max(0, ...fairness.map(({ k }) => k));
  const folds = (await foldResults(db, runId)).filter((fold) => fold.family === family);
  const [revision] = await revisionsOf(db, version.matrixId);
  return {
    usesNuisance: !version.selectable,
    development: runtime['development'] !== undefined,
    leakage: await leakageReportOf(db, runId),
    testRows: folds.reduce((sum, { result }) => sum + result.testRows, 0),
    testPositives: folds.reduce((sum, { result }) => sum + result.testPositives, 0),
    averagePrecision: await averagePrecisionOf(db, version),
    baselines: Object.fromEntries(baselines.map((row) => [row.family, hasValue(row) ? row : null])),
    paired: document?.paired.filter((row) => row.family === family && row.metric === 'average-precision') ?? [],
    reliability: document?.reliability.find((row) => row.family === family),
    fairness: fairness.filter(({ k }) => k === longest),
    periods: precision
      .filter((row) => row.family === family && row.slice.startsWith('period:'))
      .map((row) => ({ period: row.slice.slice('period:'.length), estimate: hasValue(row) ? row : null })),
    undocumented: card ? emptySections(store.get(card.markdown).toString()) : ['model card'],
    revisedLabels: revision && { changed: revisedRows(revision), rows: revision.rows },
    champion: await championEstimate(db, request.slot, version),
  };
}

/** Titles of sections of a Markdown document that have no text. */
function emptySections(markdown: string): string[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [title = '', ...rest] = section.split('\n');
      return rest.join('').trim() === '' ? [title] : [];
    });
}

/** The champion's estimate, only where it is of the same test rows: another version, of an equal matrix and split. */
async function championEstimate(db: Db, slot: string, challenger: ModelVersion): Promise<Estimate | null | undefined> {
  const live = await championOf(db, slot);
  if (!live || live.versionId === challenger.versionId) return undefined;
  const champion = await getVersion(db, live.versionId);
  if (champion.matrixId !== challenger.matrixId) return undefined;
  const split = async (runId: string) => canonical((await getRun(db, runId)).input.experiment.split);
  if ((await split(champion.runId)) !== (await split(challenger.runId))) return undefined;
  return averagePrecisionOf(db, champion);
}
