import type { EvaluationDocument, GroupCoverage, PopulationReport } from '../domain/schemas/evaluation';
import { CONTROL_BASIS, type MatrixData, SELECTION_PROBABILITY } from '../domain/schemas/matrix';
import { testsFold, trainsFold } from '../domain/rules/training-splits';
import { baselineColumns, baselineScores } from '../models/baselines/baselines';
import { calibrated } from '../models/calibration/calibrator';
import { fitRankNormalizer, normalizedRankOf } from '../models/calibration/rank-normalizer';
import type { ScoredModel } from '../models/evaluation/scored-model';
import { evaluateRun, isThin } from '../models/evaluation/evaluate';
import { rankByExpectedAmount } from '../models/evaluation/expected-amount';
import { caseworkerEffects } from '../models/evaluation/caseworker-effect';
import {
  evaluatePopulation,
  type PastControl,
  type PopulationPart,
  type PopulationRanking,
} from '../models/evaluation/population-report';
import { canonical } from '../platform/artifacts/hash';
import type { ArtifactStore } from '../platform/artifacts/store';
import { readMatrix } from '../platform/matrices/read-matrix';
import type { ComputeJob, EvaluateOutcome, FoldPredictions, MatrixFile, PopulationScores } from './jobs';

type Job = Extract<ComputeJob, { kind: 'evaluate' }>;

/** Rows of all test parts as one family scored them, in the order of the folds' predictions. */
interface Tested {
  readonly rows: readonly number[];
  readonly scores: readonly number[];
  /** Expected given a finding; undefined where a fold could not say. */
  readonly amountNok: readonly number[] | undefined;
  readonly folds: readonly string[];
}

/** By fold: where a score of its model stands among that model's scores of everybody. */
type NormalizedRanks = ReadonlyMap<string, (score: number) => number>;
interface Family extends Tested {
  /** If probabilities are read from them. */
  readonly normalizedRanks: NormalizedRanks | undefined;
}

/** Judges a run: families and baselines on controlled providers, who looked, and lists drawn from everybody. */
export async function evaluate(job: Job, store: ArtifactStore): Promise<EvaluateOutcome> {
  const data = await columnsFor(job.matrix, store);
  const byFamily = new Map<string, Family>();
  for (const family of new Set(job.predictions.map((part) => part.family)))
    byFamily.set(family, {
      ...tested(job, store, data, family, ({ sha256 }) => sha256),
      normalizedRanks: normalizedRanksOf(job, store, family),
    });
  const first = [...byFamily.values()][0] ?? { rows: [], scores: [], folds: [], amountNok: undefined };
  const scoredModel = scoredModelOf(data);
  const baselines = [...baselineScores(data, job.matrix.meta, first.rows, job.seed)];
  const settings = { ks: job.ks, bootstrap: job.bootstrap, seed: job.seed, adjustFor: job.adjustFor };
  const models = [...byFamily].map(([family, all]) => {
    const frozen = job.frozen?.[family];
    const predicted = frozen ? { predicted: all.scores.map((score) => calibrated(frozen, score)) } : {};
    const rankNormalizer = all.normalizedRanks
      ? { rankNormalizer: normalizedRanksOfRows(all, all.normalizedRanks) }
      : {};
    return {
      model: { ...scoredModel(family, true, all, all.scores), ...rankNormalizer, ...predicted },
      amountNok: all.amountNok,
    };
  });
  const amounts = models.flatMap(({ model, amountNok }) =>
    amountNok && hasFindingWithAmount(model) ? [rankByExpectedAmount(model, amountNok, settings)] : [],
  );
  const { document: controlled, calibrators } = evaluateRun(
    [
      ...models.map(({ model }) => model),
      ...amounts.map(({ scoredModel: own }) => own),
      ...baselines.map(([name, scores]) => scoredModel(name, false, first, scores)),
    ],
    settings,
  );
  const nuisance = [...byFamily.keys()].flatMap((family) => {
    if (!job.predictions.some((part) => part.family === family && part.nuisanceSha256)) return [];
    const withColumns = tested(job, store, data, family, ({ nuisanceSha256 }) => nuisanceSha256!);
    const base = tested(job, store, data, family, ({ nuisanceBaseSha256, sha256 }) => nuisanceBaseSha256 ?? sha256);
    const labeled = (all: Tested) => scoredModel(family, true, all, all.scores).labeled;
    return caseworkerEffects(family, { without: labeled(base), withColumns: labeled(withColumns) }, settings);
  });
  const population = job.populations?.length ? await evaluateOnPopulation(job, store, data, byFamily) : undefined;
  const document: EvaluationDocument = {
    ...controlled,
    ...(amounts.length > 0 ? { amounts: amounts.map(({ report }) => report) } : {}),
    ...(nuisance.length > 0 ? { nuisance } : {}),
    ...(population ? { population } : {}),
  };
  const testPositives = first.rows.filter((row) => data.label[row] === 1).length;
  return {
    documentSha256: store.put(canonical(document)),
    rows: document.rows,
    testRows: first.rows.length,
    testPositives,
    calibrators,
  };
}

/** What evaluation reads of a matrix: the baselines' columns, and how rows came to be controlled. */
async function columnsFor({ file, meta }: MatrixFile, store: ArtifactStore): Promise<MatrixData> {
  const wanted = [...baselineColumns(meta), SELECTION_PROBABILITY, CONTROL_BASIS];
  return readMatrix(
    file,
    meta.columns.filter(({ name }) => wanted.includes(name)),
    store.temporary(),
  );
}

function tested(
  job: Job,
  store: ArtifactStore,
  data: MatrixData,
  family: string,
  which: (part: Job['predictions'][number]) => string,
): Tested {
  const rowOf = new Map(data.rowId.map((id, row) => [id, row]));
  const parts = job.predictions
    .filter((part) => part.family === family)
    .map((part) => store.getJson<FoldPredictions>(which(part)));
  return {
    rows: parts.flatMap(({ rowIds }) => rowIds.map((id) => rowOf.get(id)!)),
    scores: parts.flatMap(({ scores }) => scores),
    amountNok: parts.every(({ amountNok }) => amountNok) ? parts.flatMap(({ amountNok }) => amountNok!) : undefined,
    folds: parts.flatMap(({ fold, rowIds }) => rowIds.map(() => fold)),
  };
}

/** Undefined where raw scores are read, or a fold does not know everybody's. */
function normalizedRanksOf(job: Job, store: ArtifactStore, family: string): NormalizedRanks | undefined {
  const own = job.predictions.filter((part) => part.family === family);
  if (job.calibrationInput !== 'population-rank' || own.some(({ populationSha256 }) => populationSha256 === undefined))
    return undefined;
  return new Map(
    own.map(({ populationSha256 }) => {
      const { fold, scores } = store.getJson<PopulationScores>(populationSha256!);
      const rankNormalizer = fitRankNormalizer(scores);
      return [fold, (score) => normalizedRankOf(rankNormalizer, score)];
    }),
  );
}
const normalizedRanksOfRows = ({ scores, folds }: Tested, normalizedRanks: NormalizedRanks): number[] =>
  scores.map((score, i) => normalizedRanks.get(folds[i]!)!(score));

const scoredModelOf = (data: MatrixData) => {
  const hasAmounts = data.amountOre.some((amount) => amount > 0);
  const basis = data.categorical.get(CONTROL_BASIS);
  return (family: string, isModel: boolean, { rows, folds }: Tested, scores: ArrayLike<number>): ScoredModel => ({
    family,
    isModel,
    labeled: {
      scores,
      labels: rows.map((row) => data.label[row]!),
      ...(hasAmounts ? { amountNok: rows.map((row) => upheldNok(data, row)) } : {}),
      entities: rows.map((row) => data.entity[row]!),
      rowIds: rows.map((row) => data.rowId[row]!),
    },
    groups: rows.map((row) => data.group[row]!),
    periods: folds,
    ...(basis ? { bases: rows.map((row) => basis[row]!) } : {}),
  });
};
const hasFindingWithAmount = ({ labeled }: ScoredModel) =>
  labeled.amountNok !== undefined && Array.from(labeled.amountNok).some((amountNok) => amountNok > 0);
const upheldNok = (data: MatrixData, row: number) => (data.label[row] === 1 ? (data.amountOre[row] ?? 0) / 100 : 0);

async function evaluateOnPopulation(
  job: Job,
  store: ArtifactStore,
  data: MatrixData,
  byFamily: ReadonlyMap<string, Family>,
): Promise<PopulationReport | undefined> {
  const populations = [...job.populations!].sort((a, b) => (a.fold.testFrom < b.fold.testFrom ? -1 : 1));
  const population = await Promise.all(populations.map(({ matrix }) => columnsFor(matrix, store)));
  const dated = (row: number) => ({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] });
  const allRows = data.rowId.map((_, row) => row);
  const probability = data.numeric.get(SELECTION_PROBABILITY);
  const basis = data.categorical.get(CONTROL_BASIS);
  const parts = populations.map(({ fold }, p): PopulationPart => {
    // The first control of a provider in the part counts: of equal keys a map keeps the last.
    const rows = allRows
      .filter((row) => testsFold(dated(row), fold))
      .sort((a, b) => (data.asOf[a]! < data.asOf[b]! ? 1 : data.asOf[a]! > data.asOf[b]! ? -1 : b - a));
    const controls = rows.map(
      (row) => [data.entity[row]!, { label: data.label[row]!, probability: known(probability?.[row]) }] as const,
    );
    const { entity } = population[p]!;
    const active = new Set(entity);
    return {
      fold: fold.id,
      asOf: fold.testFrom,
      entities: entity,
      controls: new Map(controls.filter(([name]) => active.has(name))),
    };
  });
  const models = [...byFamily].flatMap(([family, all]): PopulationRanking[] => {
    const { rows, folds, normalizedRanks } = all;
    const own = populations.map(({ fold }) =>
      job.predictions
        .flatMap((part) =>
          part.family === family && part.populationSha256
            ? [store.getJson<PopulationScores>(part.populationSha256)]
            : [],
        )
        .find((found) => found.fold === fold.id),
    );
    if (own.includes(undefined)) return [];
    const calibrationInput = normalizedRanks ? normalizedRanksOfRows(all, normalizedRanks) : all.scores;
    const controls = rows.map((row, i): PastControl => ({
      fold: folds[i]!,
      entity: data.entity[row]!,
      score: calibrationInput[i]!,
      label: data.label[row]!,
      amountNok: data.amountOre[row]! >= 0 ? upheldNok(data, row) : undefined,
      beyond: job.adjustFor?.includes(basis?.[row] ?? '') ?? false,
    }));
    const scored = own.map((found) =>
      normalizedRanks ? found!.scores.map(normalizedRanks.get(found!.fold)!) : found!.scores,
    );
    return [{ family, scores: scored, controls }];
  });
  const baselines = population.map((all, p) =>
    baselineScores(
      all,
      populations[p]!.matrix.meta,
      all.rowId.map((_, row) => row),
      job.seed,
    ),
  );
  const rankings = [
    ...models,
    ...[...(baselines[0]?.keys() ?? [])]
      .filter((name) => name !== 'current-practice')
      .map((family) => ({ family, scores: baselines.map((scores) => scores.get(family)!) })),
  ];
  const newest = populations.at(-1)!.fold;
  const train = allRows.filter((row) => trainsFold(dated(row), newest));
  return { ...evaluatePopulation(parts, rankings, job), groups: groupCoverage(population.at(-1)!, data, train) };
}

const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value);

/** How much of each provider group the newest model has learnt from; a group nobody was controlled in stands with none. */
function groupCoverage(population: MatrixData, data: MatrixData, train: readonly number[]): GroupCoverage[] {
  return [...new Set(population.group)].sort().map((group) => {
    const own = train.filter((row) => data.group[row] === group);
    const trainFindings = own.filter((row) => data.label[row] === 1).length;
    const providers = population.group.filter((name) => name === group).length;
    return { group, providers, trainRows: own.length, trainFindings, thin: isThin(own.length, trainFindings) };
  });
}
