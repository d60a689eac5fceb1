import { notFound } from '../domain/errors';
import { addMonths, foldsOf } from '../domain/rules/time-splits';
import type { FamilySpec } from '../domain/schemas/families';
import { type Experiment, testEnd } from '../domain/schemas/experiment';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { getRun, type TrainingRun } from '../platform/db/stores/runs';
import type { MatrixFile } from './compute/jobs';
import type { Deps } from './deps';
import { usableColumns } from './usable-columns';

export async function matrixFile({ db, store }: Deps, matrixId: string, experiment: Experiment): Promise<MatrixFile> {
  const row = await db('ml.matrix').where({ matrix_id: matrixId }).first<{ file_sha256: string; meta: MatrixMeta } | undefined>();
  if (!row) throw notFound(`matrix ${matrixId} is not recorded`);
  return { file: store.existing(row.file_sha256), meta: row.meta, use: usableColumns(row.meta, experiment) };
}

export function familyOf(experiment: Experiment, family: FamilySpec['family']): FamilySpec {
  const spec = experiment.families.find((item) => item.family === family);
  if (!spec) throw notFound(`the experiment ${experiment.name} has no family ${family}`);
  return spec;
}

export async function runAndFold(
  deps: Deps,
  runId: string,
  foldId: string,
): Promise<{ run: TrainingRun; fold: ReturnType<typeof foldsOf>[number] }> {
  const run = await getRun(deps.db, runId);
  const fold = foldsOf(run.input.experiment.split).find((item) => item.id === foldId);
  if (!fold) throw notFound(`the experiment has no fold ${foldId}`);
  return { run, fold };
}

/** Where folds roll, the version that is frozen looks back as far as they did, from the end of the last test part. */
export const finalTrainFrom = (experiment: Experiment): string | undefined =>
  experiment.split.kind === 'rolling' ? addMonths(testEnd(experiment), -experiment.split.trainMonths) : undefined;
