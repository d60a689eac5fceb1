import { invalid } from '../domain/errors';
import { tableMappingSchema } from '../domain/import/table-mapping';
import { civilTime } from '../domain/time/civil-time';
import { getRun } from '../platform/db/stores/runs';
import { getVersion } from '../platform/db/stores/versions';
import { duckDbVersion } from '../platform/duckdb/version';
import type { AuditContext } from '../platform/ledger/append';
import { auditContextOf } from '../platform/ledger/record';
import { buildRegisterMatrix, featureCode } from '../platform/matrices/register-matrix';
import type { MatrixRef } from '../platform/matrices/matrix-recipe';
import { buildTableMatrix, buildTablePopulation } from '../platform/matrices/table-matrix';
import type { LifecycleActivities, MatrixResult, TableRef } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

type MatrixActivities = Pick<
  LifecycleActivities,
  | 'buildTrainingMatrix'
  | 'buildTrainingTable'
  | 'buildPopulationMatrix'
  | 'buildPopulationTable'
  | 'buildNewOutcomesMatrix'
>;

const toResult = ({ matrixId, meta: { rows, positives } }: MatrixRef): MatrixResult => ({ matrixId, rows, positives });

/** Control cases of a snapshot, labeled with what was known of their outcomes. */
const trainingMatrix = (
  deps: ActivityDependencies,
  audit: AuditContext,
  snapshotId: string,
  minAmountNok: number,
): Promise<MatrixRef> =>
  buildRegisterMatrix(deps, audit, {
    kind: 'training',
    snapshotId,
    minAmountOre: minAmountNok * 100,
    code: featureCode(),
    engine: duckDbVersion(),
  });

/** A version can be evaluated only on the kind of source that it was trained on. */
function checkSource(versionId: string, trainedOn: 'table' | 'register', given: 'table' | 'register'): void {
  if (trainedOn === given) return;
  throw invalid(
    `version ${versionId.slice(0, 12)} was trained on a ${trainedOn} and is evaluated on one`,
    trainedOn === 'table' ? 'Give --table and --mapping with the newer outcomes.' : 'Leave --table and --mapping out.',
  );
}

/**
 * Feature matrices of the register and of prepared tables. Equal recipes find the matrix that exists: twice is once.
 */
export function matrixActivities(deps: ActivityDependencies): MatrixActivities {
  const { db, store } = deps;
  const mappingOf = ({ mappingSha256 }: TableRef) => tableMappingSchema.parse(store.getJson(mappingSha256));

  return {
    buildTrainingMatrix: ({ runId, snapshotId }) =>
      withHeartbeat(async () => {
        const { actionId, input } = await getRun(db, runId);
        const audit = await auditContextOf(db, actionId);
        return toResult(await trainingMatrix(deps, audit, snapshotId, input.experiment.label.minAmountNok));
      }),

    buildTrainingTable: ({ runId }) =>
      withHeartbeat(async () => {
        const { actionId, input } = await getRun(db, runId);
        if (!input.table) throw invalid(`run ${runId} has no table`);
        const source = { ...input.table, mapping: tableMappingSchema.parse(input.table.mapping) };
        return toResult((await buildTableMatrix(deps, await auditContextOf(db, actionId), source)).matrix);
      }),

    buildPopulationMatrix: ({ actionId, snapshotId, asOf }) =>
      withHeartbeat(async () => {
        const recipe = {
          kind: 'scoring',
          snapshotId,
          asOf,
          code: featureCode(),
          engine: duckDbVersion(),
        } as const;
        return toResult(await buildRegisterMatrix(deps, await auditContextOf(db, actionId), recipe));
      }),

    buildPopulationTable: ({ actionId, asOf, table }) =>
      withHeartbeat(async () => {
        const source = { ...table, mapping: mappingOf(table), from: civilTime(Date.parse(asOf)).day };
        return toResult(await buildTablePopulation(deps, await auditContextOf(db, actionId), source));
      }),

    buildNewOutcomesMatrix: ({ actionId, versionId, snapshotId, table }) =>
      withHeartbeat(async () => {
        const { input } = await getRun(db, (await getVersion(db, versionId)).runId);
        checkSource(versionId, input.table ? 'table' : 'register', table ? 'table' : 'register');
        const audit = await auditContextOf(db, actionId);
        return toResult(
          table
            ? (await buildTableMatrix(deps, audit, { ...table, mapping: mappingOf(table) })).matrix
            : await trainingMatrix(deps, audit, snapshotId!, input.experiment.label.minAmountNok),
        );
      }),
  };
}
