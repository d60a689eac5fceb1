import type { Fold } from '../domain/rules/training-splits';
import { testsFold, trainsFold } from '../domain/rules/training-splits';
import type { GroupCoverage, PopulationReport } from '../domain/schemas/evaluation';
import { CONTROL_BASIS, type MatrixData, SELECTION_PROBABILITY } from '../domain/schemas/matrix';
import { baselineScores } from '../models/baselines/baselines';
import { hasLowSupport } from '../models/evaluation/low-support';
import type { LabeledCase, PopulationPart, PopulationRanking } from '../models/evaluation/population-ranking';
import { evaluatePopulation } from '../models/evaluation/population-report';
import { countFindings } from '../models/training/validation-split';
import type { ArtifactStore } from '../platform/artifacts/store';
import { type FamilyPredictions, normalizedRanksOfRows, readEvaluationColumns, upheldNok } from './evaluation-inputs';
import type { JobOf, MatrixFile, PopulationScores } from './jobs';
import { allRows, datedRow } from './matrix-rows';

/** All active providers at the start of one test part. */
interface Population {
  readonly fold: Fold;
  readonly matrix: MatrixFile;
  readonly data: MatrixData;
}

/** Evaluates lists drawn from all active providers at the start of each test part. */
export async function evaluateOnPopulation(
  job: JobOf<'evaluate'>,
  store: ArtifactStore,
  data: MatrixData,
  byFamily: ReadonlyMap<string, FamilyPredictions>,
): Promise<PopulationReport> {
  const byTime = [...job.populations!].sort((a, b) => (a.fold.testFrom < b.fold.testFrom ? -1 : 1));
  const populations = await Promise.all(
    byTime.map(async (of): Promise<Population> => ({ ...of, data: await readEvaluationColumns(of.matrix, store) })),
  );
  const parts = populations.map((population) => partOf(population, data));
  const models = [...byFamily].flatMap(([family, predictions]) =>
    modelRanking(job, store, data, populations, family, predictions),
  );
  const report = evaluatePopulation(parts, [...models, ...baselineRankings(populations, job.seed)], job);
  const newest = populations.at(-1)!;
  const train = allRows(data).filter((row) => trainsFold(datedRow(data, row), newest.fold));
  return { ...report, groups: groupCoverage(newest.data, data, train) };
}

const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value);

function partOf({ fold, data: { entity } }: Population, data: MatrixData): PopulationPart {
  const probability = data.numeric.get(SELECTION_PROBABILITY);
  // Latest first: of equal keys a map keeps the last, so the first case of a provider in the part counts.
  const rows = allRows(data)
    .filter((row) => testsFold(datedRow(data, row), fold))
    .sort((a, b) => (data.asOf[a]! < data.asOf[b]! ? 1 : data.asOf[a]! > data.asOf[b]! ? -1 : b - a));
  const active = new Set(entity);
  const cases = rows
    .filter((row) => active.has(data.entity[row]!))
    .map((row) => {
      const selection = { label: data.label[row]!, probability: known(probability?.[row]) };
      return [data.entity[row]!, selection] as const;
    });
  return { fold: fold.id, asOf: fold.testFrom, entities: entity, cases: new Map(cases) };
}

/** None where the family has not scored the population of every part. */
function modelRanking(
  job: JobOf<'evaluate'>,
  store: ArtifactStore,
  data: MatrixData,
  populations: readonly Population[],
  family: string,
  predictions: FamilyPredictions,
): PopulationRanking[] {
  const hashes = job.predictions.filter((own) => own.family === family).map(({ populationSha256 }) => populationSha256);
  const scored = hashes.flatMap((sha256) => (sha256 ? [store.getJson<PopulationScores>(sha256)] : []));
  const ofParts = populations.map(({ fold }) => scored.find((own) => own.fold === fold.id));
  if (ofParts.includes(undefined)) return [];
  const { normalizedRanks } = predictions;
  const scores = ofParts.map((of) => (normalizedRanks ? of!.scores.map(normalizedRanks.get(of!.fold)!) : of!.scores));
  return [{ family, scores, cases: labeledCases(job, data, predictions) }];
}

function labeledCases(
  { adjustFor }: JobOf<'evaluate'>,
  data: MatrixData,
  predictions: FamilyPredictions,
): LabeledCase[] {
  const { rows, folds, normalizedRanks } = predictions;
  const scores = normalizedRanks ? normalizedRanksOfRows(predictions, normalizedRanks) : predictions.scores;
  const caseSource = data.categorical.get(CONTROL_BASIS);
  return rows.map((row, i) => ({
    fold: folds[i]!,
    entity: data.entity[row]!,
    score: scores[i]!,
    label: data.label[row]!,
    amountNok: data.amountOre[row]! >= 0 ? upheldNok(data, row) : undefined,
    hasOffset: adjustFor?.includes(caseSource?.[row] ?? '') ?? false,
  }));
}

/** Current practice is left out: it orders control cases, not providers. */
function baselineRankings(populations: readonly Population[], seed: number): PopulationRanking[] {
  const scores = populations.map(({ data, matrix }) => baselineScores(data, matrix.meta, allRows(data), seed));
  return [...(scores[0]?.keys() ?? [])]
    .filter((name) => name !== 'current-practice')
    .map((family) => ({ family, scores: scores.map((byName) => byName.get(family)!) }));
}

/** Training rows of each provider group in the population; groups without any are included. */
function groupCoverage(population: MatrixData, data: MatrixData, train: readonly number[]): GroupCoverage[] {
  return [...new Set(population.group)].sort().map((group) => {
    const rows = train.filter((row) => data.group[row] === group);
    const trainFindings = countFindings(data, rows);
    return {
      group,
      providers: population.group.filter((name) => name === group).length,
      trainRows: rows.length,
      trainFindings,
      lowSupport: hasLowSupport(rows.length, trainFindings),
    };
  });
}
