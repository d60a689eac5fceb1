import type { CivilDate, Instant } from '../../domain/time/instant';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UtplukkError } from '../../domain/errors';
import { BASELINE_FEATURES, CATEGORICAL_FEATURES, FEATURES } from '../../domain/features/catalogue';
import { providerKeySql } from '../../domain/provider-key';
import { monthStart } from '../../domain/time/days';
import { CONTROL_BASIS, type MatrixColumn, type MatrixMeta, SELECTION_PROBABILITY } from '../../domain/schemas/matrix';
import { civilTime } from '../../domain/time/civil-time';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { quote, withDuckDb } from '../duckdb/duckdb';
import { computeFeatures } from '../features/compute-features';
import { buildRollups } from '../features/monthly-rollups';
import type { AuditContext } from '../ledger/append';
import type { Db } from '../postgres/connection';
import { type Manifest, partitionsOf } from '../snapshots/datasets';
import { readManifest } from '../snapshots/manifests';
import { createLabels } from './labels';
import { findMatrix, type MatrixRecipe, type MatrixRef, recordMatrix } from './matrix-recipe';
import { writeMatrix, type WrittenMatrix } from './write-matrix';

/** Columns of the register that models may read. */
export const REGISTER_COLUMNS: readonly MatrixColumn[] = [
  ...CATEGORICAL_FEATURES.map((name) => ({ name, kind: 'categorical' as const, role: 'feature' as const })),
  ...FEATURES.map(({ name }) => ({ name, kind: 'numeric' as const, role: 'feature' as const })),
];
const CASEWORKER: MatrixColumn = { name: 'caseworker', kind: 'categorical', role: 'nuisance' };
/** How a control case was selected. */
const DESIGN: readonly MatrixColumn[] = [
  { name: SELECTION_PROBABILITY, kind: 'numeric', role: 'design' },
  { name: CONTROL_BASIS, kind: 'categorical', role: 'design' },
];

export const featureCode = () => codeIdentity(__filename);

export type RegisterRecipe = Extract<MatrixRecipe, { kind: 'training' | 'scoring' }>;

const columnsOf = (recipe: RegisterRecipe): readonly MatrixColumn[] =>
  recipe.kind === 'training' ? [...REGISTER_COLUMNS, CASEWORKER, ...DESIGN] : REGISTER_COLUMNS;

/**
 * Builds the matrix of a register snapshot: control cases with a label (training) or the whole active population
 * (scoring). A matrix of an equal recipe is reused.
 * @throws UtplukkError NoLabels for a matrix without rows
 */
export async function buildRegisterMatrix(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  recipe: RegisterRecipe,
): Promise<MatrixRef> {
  const found = await findMatrix(db, recipe);
  if (found && store.holds(found.fileSha256)) return found;
  const written = await registerMatrixOf(store, await readManifest(db, store, recipe.snapshotId), recipe);
  const meta: MatrixMeta = { columns: columnsOf(recipe), baselines: BASELINE_FEATURES, ...written.counts };
  if (meta.rows === 0)
    throw new UtplukkError(
      'NoLabels',
      `the snapshot holds no ${recipe.kind === 'training' ? 'concluded control case' : 'active provider'}`,
      'Load outcomes, or choose a later as-of instant.',
    );
  return recordMatrix(db, audit, recipe, written, meta, recipe.snapshotId);
}

/** Writes the matrix of a manifest to the store, without recording it. */
export async function registerMatrixOf(
  store: ArtifactStore,
  manifest: Manifest,
  recipe: RegisterRecipe,
): Promise<WrittenMatrix> {
  return withDuckDb(store.temporary(), async (duck) => {
    checkBills(manifest);
    await (recipe.kind === 'training'
      ? createTrainingTable(duck, store, manifest, recipe.minAmountOre)
      : createScoringTable(duck, store, manifest, recipe.asOf));
    return writeMatrix(duck, store, columnsOf(recipe));
  });
}

/** The matrix id that the recipe gives when it is executed again. */
export const reproduceRegisterMatrix = async (
  { db, store }: { db: Db; store: ArtifactStore },
  recipe: RegisterRecipe,
): Promise<string> =>
  (await registerMatrixOf(store, await readManifest(db, store, recipe.snapshotId), recipe)).matrixId;

/** @throws UtplukkError InvalidInput for a snapshot without bills */
export function checkBills(manifest: Manifest): void {
  if (partitionsOf(manifest, 'bill').every(({ rows }) => rows === 0))
    throw new UtplukkError(
      'InvalidInput',
      `snapshot as of ${manifest.asOf} holds no bills`,
      'Import the register first, or choose a later as-of instant.',
    );
}

async function createFeaturesView(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  asOfs: readonly CivilDate[],
): Promise<void> {
  const { rollups } = await buildRollups(duck, store, manifest);
  const files = await computeFeatures(duck, store, manifest, rollups, asOfs);
  const list = files.map(({ file }) => quote(file)).join(', ');
  await duck.run(`create temp view features as select * from read_parquet([${list}])`);
}

/** Creates table `matrix` with the control cases that have a label. */
async function createTrainingTable(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  minAmountOre: number,
): Promise<void> {
  const asOfs = await createLabels(duck, store, manifest, minAmountOre);
  await createFeaturesView(duck, store, manifest, asOfs);
  await duck.run(`create temp table matrix as
    select l.case_no as row_id, ${providerKeySql('l.provider_id')} as entity, l.as_of, f.practice_type as grp, l.label,
      l.label_known_on, l.amount_ore, f.* exclude (as_of, provider_id), l.caseworker, d.${SELECTION_PROBABILITY},
      l.basis as ${CONTROL_BASIS}
    from labels l join features f using (as_of, provider_id) left join case_draw d using (case_no)
    where l.label is not null order by row_id`);
}

/** Creates table `matrix` with all providers that billed within the year before the month of `asOf`. */
async function createScoringTable(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  asOf: Instant,
): Promise<void> {
  // Midnight in Norway on the first of a month is still the month before in UTC, so the civil day decides.
  const day = monthStart(civilTime(Date.parse(asOf)).day);
  await createFeaturesView(duck, store, manifest, [day]);
  const key = providerKeySql('provider_id');
  await duck.run(`create temp table matrix as
    select ${key} as row_id, ${key} as entity, as_of, practice_type as grp, cast(null as integer) as label,
      cast(null as date) as label_known_on, cast(null as bigint) as amount_ore, f.* exclude (as_of, provider_id)
    from features f where bills_12m > 0 order by row_id`);
}
