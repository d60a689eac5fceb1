import type { MatrixColumn, MatrixData } from '../domain/schemas/matrix';
import type { DatedRow } from '../domain/rules/training-splits';
import { withProfileDeviation } from '../models/baselines/baselines';
import type { PopulationInputs } from '../models/training/fit';
import { pretrainingColumns, pretrainingTarget } from '../models/training/pretraining';
import type { ArtifactStore } from '../platform/artifacts/store';
import { readMatrix } from '../platform/matrices/read-matrix';
import type { JobOf, MatrixFile } from './jobs';

/** Columns that may enter the model. */
export const usedColumns = ({ meta, use }: MatrixFile): MatrixColumn[] =>
  meta.columns.filter((column) => use.includes(column.name));

/** Rows of a matrix with the columns that a model reads, the derived one included. */
export async function readModelRows(
  matrix: MatrixFile,
  store: ArtifactStore,
  shard?: { index: number; of: number },
): Promise<{ data: MatrixData; columns: readonly MatrixColumn[] }> {
  const columns = usedColumns(matrix);
  return withProfileDeviation(await readMatrix(matrix.file, columns, store.temporary(), shard), columns, matrix.meta);
}

export const datedRow = (data: MatrixData, row: number): DatedRow => ({
  asOf: data.asOf[row]!,
  labelKnownOn: data.labelKnownOn[row],
});

export const allRows = (data: MatrixData): number[] => Array.from({ length: data.n }, (_, row) => row);

/** A population with the columns that a model and the pretraining target read. */
export async function readPopulation(matrix: MatrixFile, store: ArtifactStore): Promise<MatrixData> {
  const use = [...matrix.use, ...pretrainingColumns(matrix.meta)];
  return (await readModelRows({ ...matrix, use }, store)).data;
}

/** What a fit uses of the population; undefined where it uses nothing. */
export function populationInputs(
  job: Pick<JobOf<'fold'>, 'puBagging' | 'pretrain' | 'population'>,
  population: MatrixData | undefined,
): PopulationInputs | undefined {
  const { puBagging, pretrain, population: matrix } = job;
  if (!matrix || !population || !(puBagging ?? pretrain)) return undefined;
  return { population, puBagging, pretrain: pretrain && pretrainingTarget(population, matrix.meta) };
}
