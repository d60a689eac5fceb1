import type { EvaluationRow } from '../../../domain/schemas/evaluation';
import { notFound } from '../../../domain/errors';
import type { Pretrain } from '../../../domain/schemas/experiment';
import type { FamilySpec } from '../../../domain/families';
import type { StoredCalibrator } from '../../../domain/schemas/calibration';
import type { Db, Tx } from '../../postgres/connection';

/** The document of a frozen version; its SHA-256 is the version's id and its name in the artifact store. */
export interface VersionBundle {
  readonly format: 1;
  readonly slot: string;
  readonly family: FamilySpec['family'];
  readonly model: string;
  readonly weights: string;
  readonly calibrator: StoredCalibrator;
  readonly use: readonly string[];
  /** What its lists are ordered by; the score if absent. */
  readonly ranking?: 'expected-amount' | undefined;
  readonly metrics: readonly EvaluationRow[];
  /** Model card and evaluation document, by content hash. */
  readonly card?: { readonly markdown: string; readonly html: string; readonly evaluation: string };
  readonly recipe: {
    readonly matrixId: string;
    readonly matrixRecipe: unknown;
    readonly family: FamilySpec;
    readonly seed: number;
    readonly split: unknown;
    /** PU bagging: the population matrix that unlabeled providers were sampled from, and how many of them. */
    readonly puBagging?:
      { readonly matrixId: string; readonly unlabeledPerPositive: number; readonly bags: number } | undefined;
    /** What its networks were pretrained on, and the population matrix that target was read from. */
    readonly pretrained?: { readonly on: Pretrain; readonly matrixId: string } | undefined;
    /** Population matrix whose scores the rank normalizer was fitted on. */
    readonly rankNormalizer?: { readonly matrixId: string } | undefined;
    readonly code: string;
  };
  readonly runtime: Readonly<Record<string, string>>;
}

export interface ModelVersion {
  readonly versionId: string;
  readonly slot: string;
  readonly family: FamilySpec['family'];
  readonly runId: string;
  readonly matrixId: string;
  readonly selectable: boolean;
  readonly registeredAt: Date;
}

interface Row {
  version_id: string;
  slot: string;
  family: FamilySpec['family'];
  run_id: string;
  matrix_id: string;
  selectable: boolean;
  registered_at: Date;
}
const toVersion = (row: Row): ModelVersion => ({
  versionId: row.version_id,
  slot: row.slot,
  family: row.family,
  runId: row.run_id,
  matrixId: row.matrix_id,
  selectable: row.selectable,
  registeredAt: row.registered_at,
});

/** Finds a version by its id or the first characters of it (at least six), as people type them. */
export async function getVersion(db: Db | Tx, id: string): Promise<ModelVersion> {
  const rows = /^[0-9a-f]{6,64}$/.test(id)
    ? await db('ml.model_version').where('version_id', 'like', `${id}%`).limit(2).select<Row[]>('*')
    : [];
  if (rows.length > 1) throw notFound(`several model versions begin with ${id}`, 'Give more characters.');
  if (!rows[0]) throw notFound(`there is no model version ${id}`, 'List them with `utplukk version list`.');
  return toVersion(rows[0]);
}

export async function listVersions(db: Db, limit = 50): Promise<ModelVersion[]> {
  const rows = await db('ml.model_version').orderBy('registered_at', 'desc').limit(limit).select<Row[]>('*');
  return rows.map(toVersion);
}

/** A page of versions, newest first, after the given one. */
export async function versionPage(
  db: Db,
  { before, limit }: { before?: readonly [at: string, id: string] | undefined; limit: number },
): Promise<ModelVersion[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select * from ml.model_version
      where (?::timestamptz is null or (registered_at, version_id) < (?::timestamptz, ?::text))
      order by registered_at desc, version_id desc limit ?`,
    [before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map(toVersion);
}
