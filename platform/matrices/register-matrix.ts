import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UtplukkError } from '../../domain/errors';
import { BASELINE_FEATURES, CATEGORICAL_FEATURES, FEATURES } from '../../domain/features/catalogue';
import { civilTime } from '../../domain/time/civil-time';
import { monthStart } from '../../domain/rules/time-splits';
import {
  CONTROL_BASIS,
  KEY_COLUMNS,
  type MatrixColumn,
  type MatrixMeta,
  SELECTION_PROBABILITY,
} from '../../domain/schemas/matrix';
import { canonical, digestOf, sha256File } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import type { Db } from '../postgres/connection';
import { type AuditContext, append } from '../ledger/append';
import { ident, PARQUET, quote, withDuckDb } from '../duckdb/duckdb';
import { readManifest } from '../snapshots/manifests';
import { type Manifest, partsOf } from '../snapshots/datasets';
import { deriveParts } from '../features/monthly-rollups';
import { type FeaturePart, featureParts } from '../features/compute-features';
import { createLabelsView } from './labels';

/** What a matrix is made of; equal recipes make equal matrices, so the recipe's digest finds one that exists. */
export type MatrixRecipe =
  | {
      readonly kind: 'training';
      readonly snapshotId: string;
      readonly minAmountOre: number;
      readonly code: string;
      readonly engine: string;
    }
  | {
      readonly kind: 'scoring';
      readonly snapshotId: string;
      readonly asOf: string;
      readonly code: string;
      readonly engine: string;
    }
  | {
      readonly kind: 'training-table';
      readonly fileSha256: string;
      readonly fileName: string;
      readonly mapping: unknown;
      readonly code: string;
      readonly engine: string;
    }
  /** Rows of a table from a day on, one an entity, outcomes left out: what is to be scored. */
  | {
      readonly kind: 'scoring-table';
      readonly fileSha256: string;
      readonly fileName: string;
      readonly mapping: unknown;
      readonly from: string;
      readonly code: string;
      readonly engine: string;
    };

export interface MatrixRef {
  readonly matrixId: string;
  readonly fileSha256: string;
  readonly meta: MatrixMeta;
}

/** What models read of the register. */
export const REGISTER_COLUMNS: readonly MatrixColumn[] = [
  ...CATEGORICAL_FEATURES.map((name) => ({ name, kind: 'categorical' as const, role: 'feature' as const })),
  ...FEATURES.map(({ name }) => ({ name, kind: 'numeric' as const, role: 'feature' as const })),
];
const CASEWORKER: MatrixColumn = { name: 'caseworker', kind: 'categorical', role: 'nuisance' };
/** How a case came to be one. */
const DESIGN: readonly MatrixColumn[] = [
  { name: SELECTION_PROBABILITY, kind: 'numeric', role: 'design' },
  { name: CONTROL_BASIS, kind: 'categorical', role: 'design' },
];

export const featureCode = () => codeIdentity('platform/matrices/register-matrix.ts');

export async function findMatrix(db: Db, recipe: MatrixRecipe): Promise<MatrixRef | undefined> {
  const row = await db('ml.matrix')
    .where({ recipe_sha256: digestOf(recipe) })
    .first<{ matrix_id: string; file_sha256: string; meta: MatrixMeta } | undefined>();
  return row && { matrixId: row.matrix_id, fileSha256: row.file_sha256, meta: row.meta };
}

/** Builds the matrix of a register snapshot: controlled cases (for training) or the whole active population (for scoring). */
export async function buildRegisterMatrix(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  recipe: RegisterRecipe,
): Promise<MatrixRef> {
  const found = await findMatrix(db, recipe);
  if (found && store.has(found.fileSha256)) return found;
  const made = await makeRegisterMatrix({ db, store }, recipe);
  const meta: MatrixMeta = { columns: columnsOf(recipe), baselines: BASELINE_FEATURES, ...made.counts };
  if (meta.rows === 0)
    throw new UtplukkError(
      'NoLabels',
      `the snapshot holds no ${recipe.kind === 'training' ? 'concluded control' : 'active provider'}`,
      'Load outcomes, or choose a later as-of instant.',
    );
  return storeMatrix(db, audit, recipe, made, meta, recipe.snapshotId);
}

export type RegisterRecipe = Extract<MatrixRecipe, { kind: 'training' | 'scoring' }>;
const columnsOf = (recipe: RegisterRecipe): readonly MatrixColumn[] =>
  recipe.kind === 'training' ? [...REGISTER_COLUMNS, CASEWORKER, ...DESIGN] : REGISTER_COLUMNS;

async function makeRegisterMatrix(
  { db, store }: { db: Db; store: ArtifactStore },
  recipe: RegisterRecipe,
): Promise<Made> {
  return registerMatrixOf(store, await readManifest(db, store, recipe.snapshotId), recipe);
}

/** The same from a manifest at hand. */
export async function registerMatrixOf(
  store: ArtifactStore,
  manifest: Manifest,
  recipe: RegisterRecipe,
): Promise<Made> {
  return withDuckDb(store.temporary(), async (duck) => {
    checkBills(manifest);
    await (recipe.kind === 'training'
      ? casesTable(duck, store, manifest, recipe.minAmountOre)
      : populationTable(duck, store, manifest, recipe.asOf));
    return writeMatrix(duck, store, columnsOf(recipe));
  });
}

/** The id that the recipe yields now, whatever was stored. */
export const reproduceRegisterMatrix = async (
  deps: { db: Db; store: ArtifactStore },
  recipe: RegisterRecipe,
): Promise<string> => (await makeRegisterMatrix(deps, recipe)).matrixId;

export async function storeMatrix(
  db: Db,
  audit: AuditContext,
  recipe: MatrixRecipe,
  made: Pick<Made, 'matrixId' | 'fileSha256' | 'labelSetId'>,
  meta: MatrixMeta,
  snapshotId: string | null,
): Promise<MatrixRef> {
  await db.transaction(async (tx) => {
    const labelSetId = made.labelSetId ?? null;
    let labels = 0;
    if (labelSetId !== null)
      ({ rowCount: labels } = await tx.raw<{ rowCount: number }>(
        'insert into ml.label_set (label_set_id, snapshot_id, rows, labelled, positives, made_at) values (?, ?, ?, ?, ?, clock_timestamp()) on conflict do nothing',
        [labelSetId, snapshotId, meta.rows, meta.labelled, meta.positives],
      ));
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.matrix (matrix_id, recipe_sha256, recipe, snapshot_id, label_set_id, file_sha256, meta, made_at) values (?, ?, ?, ?, ?, ?, ?, clock_timestamp()) on conflict do nothing',
      [made.matrixId, digestOf(recipe), canonical(recipe), snapshotId, labelSetId, made.fileSha256, canonical(meta)],
    );
    if (inserted.rowCount === 0 && labels === 0) return;
    await append(
      tx,
      audit,
      {
        event: 'matrix.built',
        subject: { kind: 'matrix', id: made.matrixId },
        after: made.matrixId,
        rows: { count: meta.rows, root: made.fileSha256 },
      },
      new Date(),
    );
  });
  return { matrixId: made.matrixId, fileSha256: made.fileSha256, meta };
}

/** @throws UtplukkError InvalidInput for a snapshot without a bill */
export function checkBills(manifest: Manifest): void {
  if (partsOf(manifest, 'bill').every((part) => part.rows === 0))
    throw new UtplukkError(
      'InvalidInput',
      `snapshot as of ${manifest.asOf} holds no bills`,
      'Import the register first, or choose a later as-of instant.',
    );
}

async function featuresAt(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  asOfs: readonly string[],
): Promise<void> {
  const { parts } = await deriveParts(duck, store, manifest);
  const made: FeaturePart[] = await featureParts(duck, store, manifest, parts, asOfs);
  await duck.run(
    `create temp view features as select * from read_parquet([${made.map((part) => quote(part.file)).join(', ')}])`,
  );
}

async function casesTable(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  minAmountOre: number,
): Promise<void> {
  const asOfs = await createLabelsView(duck, store, manifest, minAmountOre);
  await featuresAt(duck, store, manifest, asOfs);
  await duck.run(`create temp table matrix as select l.case_no as row_id, 'P' || l.provider_id as entity, l.as_of, f.practice_type as grp, l.label, l.label_known_on, l.amount_ore,
    f.* exclude (as_of, provider_id), l.caseworker, d.${SELECTION_PROBABILITY}, l.basis as ${CONTROL_BASIS} from labels l join features f using (as_of, provider_id) left join case_draw d using (case_no) where l.label is not null order by row_id`);
}

async function populationTable(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  asOf: string,
): Promise<void> {
  // Midnight in Norway on the first is still the old month in UTC: the civil day decides.
  const day = monthStart(civilTime(Date.parse(asOf)).day);
  await featuresAt(duck, store, manifest, [day]);
  await duck.run(`create temp table matrix as select 'P' || provider_id as row_id, 'P' || provider_id as entity, as_of, practice_type as grp, cast(null as integer) as label,
    cast(null as date) as label_known_on, cast(null as bigint) as amount_ore, f.* exclude (as_of, provider_id) from features f where bills_12m > 0 order by row_id`);
}

export interface Made {
  readonly matrixId: string;
  readonly fileSha256: string;
  readonly counts: { readonly rows: number; readonly labelled: number; readonly positives: number };
  /** Hash of the outcomes alone, in order; undefined where nothing is labelled. */
  readonly labelSetId: string | undefined;
}

const LABEL_COLUMNS = ['row_id', 'entity', 'as_of', 'label', 'label_known_on', 'amount_ore'] as const;

/** Writes table `matrix`, ordered by row id: Parquet to the store, and the hash of its rows as CSV as its identity. */
export async function writeMatrix(
  duck: DuckDBConnection,
  store: ArtifactStore,
  columns: readonly MatrixColumn[],
): Promise<Made> {
  const list = [...KEY_COLUMNS, ...columns.map((c) => c.name)].map(ident).join(', ');
  const csv = store.temporary('.csv');
  const parquet = store.temporary('.parquet');
  try {
    await duck.run(`copy (select ${list} from matrix order by row_id) to ${quote(csv)} (format csv, header true)`);
    await duck.run(`copy (select ${list} from matrix order by row_id) to ${quote(parquet)} ${PARQUET}`);
    const reader = await duck.runAndReadAll(
      'select count(*)::int, count(label)::int, coalesce(sum(label), 0)::int from matrix',
    );
    const [rows = 0, labelled = 0, positives = 0] = (reader.getRows()[0] ?? []).map(Number);
    const matrixId = await sha256File(csv);
    await duck.run(
      `copy (select ${LABEL_COLUMNS.join(', ')} from matrix where label is not null order by row_id) to ${quote(csv)} (format csv, header true)`,
    );
    const labelSetId = labelled > 0 ? await sha256File(csv) : undefined;
    return { matrixId, fileSha256: await store.putFile(parquet), counts: { rows, labelled, positives }, labelSetId };
  } finally {
    fs.rmSync(csv, { force: true });
    fs.rmSync(parquet, { force: true });
  }
}
