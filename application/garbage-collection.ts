import fs from 'node:fs';
import path from 'node:path';
import type { Db } from '../platform/postgres/connection';
import type { Manifest } from '../platform/snapshots/datasets';
import { redactionsOf } from '../platform/snapshots/manifests';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { VersionBundle } from '../platform/db/stores/versions';

export interface GarbageReport {
  /** Stored objects. */
  readonly objects: number;
  readonly bytes: number;
  readonly unreferenced: number;
  readonly unreferencedBytes: number;
  /** SHA-256 of objects that are named but not stored. */
  readonly missing: readonly string[];
}

const SHA256 = /^[0-9a-f]{64}$/;

/** Rows that name stored objects: what the object belongs to, the column with its hash, and the table. */
const REFERENCES: readonly (readonly [owner: string, sha256: string, from: string])[] = [
  ["'snapshot ' || snapshot_id", 'manifest_sha256', 'ml.snapshot'],
  ["'partition ' || dataset || ' ' || partition_key", 'file_sha256', 'ml.partition'],
  ["'matrix ' || matrix_id", 'file_sha256', 'ml.matrix'],
  ["'table of matrix ' || matrix_id", "recipe->>'fileSha256'", 'ml.matrix'],
  ["'table of run ' || run_id", "experiment->'table'->>'fileSha256'", 'ml.training_run'],
  ["'evaluation of run ' || run_id", 'evaluation_sha256', 'ml.training_run'],
  ["'post-deployment evaluation ' || evaluation_id", 'document_sha256', 'ml.post_deployment_evaluation'],
  [
    "k || ' of fold ' || fold || ' ' || family || ' of run ' || run_id",
    'result->>k',
    `ml.fold_result, unnest(array['predictionsSha256', 'weightsSha256', 'nuisanceSha256', 'populationSha256']) k`,
  ],
  ["'leakage report of run ' || run_id", 'report_sha256', 'ml.leakage_report'],
  ["'version ' || version_id", 'version_id', 'ml.model_version'],
  ["'scoring run ' || scoring_id", 'scores_sha256', 'sel.scoring_run'],
  ["'list ' || list_id", 'list_id', 'sel.list'],
];
const REFERENCED = REFERENCES.map(
  ([owner, sha256, from]) => `select ${owner} as owner, ${sha256} as sha256 from ${from}`,
).join('\nunion all ');

/** Every object that a row, manifest or bundle names: its SHA-256, and what it belongs to. */
export async function namedObjects(db: Db, store: ArtifactStore): Promise<Map<string, string>> {
  const named = new Map<string, string>();
  const name = (sha: string, owner: string) => void (named.has(sha) || named.set(sha, owner));
  const { rows } = await db.raw<{ rows: { owner: string; sha256: string | null }[] }>(REFERENCED);
  for (const { owner, sha256 } of rows) if (sha256 && SHA256.test(sha256)) name(sha256, owner);
  await namePartitions(db, store, name);
  await nameBundleFiles(db, store, name);
  for (const sha of store.allDerived()) if (store.has(sha)) name(sha, 'derived tables');
  return named;
}

type Name = (sha: string, owner: string) => void;

/** Partitions that the manifests of snapshots name, or what a redaction has replaced them with. */
async function namePartitions(db: Db, store: ArtifactStore, name: Name): Promise<void> {
  const resolve = await redactionsOf(db);
  const snapshots = await db('ml.snapshot').select<{ snapshot_id: string; manifest_sha256: string }[]>(
    'snapshot_id',
    'manifest_sha256',
  );
  for (const { snapshot_id, manifest_sha256 } of snapshots)
    for (const dataset of readJson<Manifest>(store, manifest_sha256)?.datasets ?? [])
      for (const ref of dataset.partitions)
        name(resolve(ref).file, `partition ${dataset.name} ${ref.partition} of snapshot ${snapshot_id}`);
}

async function nameBundleFiles(db: Db, store: ArtifactStore, name: Name): Promise<void> {
  for (const { version_id } of await db('ml.model_version').select<{ version_id: string }[]>('version_id')) {
    const bundle = readJson<VersionBundle>(store, version_id);
    for (const sha of [bundle?.model, bundle?.weights, ...Object.values(bundle?.card ?? {})])
      if (sha) name(sha, `version ${version_id}`);
  }
}

/** A stored document; undefined where it is missing or damaged, which the integrity check reports. */
function readJson<T>(store: ArtifactStore, sha: string): T | undefined {
  if (!store.has(sha)) return undefined;
  try {
    return store.getJson<T>(sha);
  } catch {
    return undefined;
  }
}

/** Counts objects that no row, manifest or bundle names, and lists named objects that are missing. Deletes nothing. */
export async function findGarbage(db: Db, store: ArtifactStore): Promise<GarbageReport> {
  const named = await namedObjects(db, store);
  const root = path.join(store.root, 'sha256');
  let [objects, bytes, unreferenced, unreferencedBytes] = [0, 0, 0, 0];
  for (const dir of fs.existsSync(root) ? fs.readdirSync(root) : []) {
    for (const sha of fs.readdirSync(path.join(root, dir))) {
      const { size } = fs.statSync(path.join(root, dir, sha));
      objects++;
      bytes += size;
      if (named.has(sha)) continue;
      unreferenced++;
      unreferencedBytes += size;
    }
  }
  return {
    objects,
    bytes,
    unreferenced,
    unreferencedBytes,
    missing: [...named.keys()].filter((sha) => !store.has(sha)),
  };
}
