import fs from 'node:fs';
import path from 'node:path';
import type { Db } from '../platform/postgres/connection';
import type { Manifest } from '../platform/snapshots/datasets';
import { redactionsOf } from '../platform/snapshots/manifests';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { VersionBundle } from '../platform/db/stores/versions';

export interface GarbageReport {
  readonly objects: number;
  readonly bytes: number;
  readonly unreferenced: number;
  readonly unreferencedBytes: number;
  readonly missing: readonly string[];
}

const HEX64 = /^[0-9a-f]{64}$/;

/** Every object that a row, manifest or bundle names, with what it is of. */
export async function namedObjects(db: Db, store: ArtifactStore): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { of: string; sha: string | null }[] }>(`
    select 'snapshot ' || snapshot_id as of, manifest_sha256 as sha from ml.snapshot union all select 'partition ' || dataset || ' ' || part, file_sha256 from ml.partition
    union all select 'matrix ' || matrix_id, file_sha256 from ml.matrix union all select 'table of matrix ' || matrix_id, recipe->>'fileSha256' from ml.matrix
    union all select 'table of run ' || run_id, experiment->'table'->>'fileSha256' from ml.training_run union all select 'evaluation of run ' || run_id, evaluation_sha256 from ml.training_run union all select 'follow-up ' || evaluation_id, document_sha256 from ml.post_deployment_evaluation
    union all select 'fold ' || fold || ' ' || family || ' of run ' || run_id, result->>'predictionsSha256' from ml.fold_result
    union all select k || ' of fold ' || fold || ' ' || family || ' of run ' || run_id, result->>k from ml.fold_result, unnest(array['nuisanceSha256', 'populationSha256']) k
    union all select 'weights of fold ' || fold || ' ' || family || ' of run ' || run_id, result->>'weightsSha256' from ml.fold_result
    union all select 'leakage report of run ' || run_id, certificate_sha256 from ml.leakage_report
    union all select 'version ' || version_id, version_id from ml.model_version union all select 'scoring run ' || scoring_id, scores_sha256 from sel.scoring_run union all select 'list ' || list_id, list_id from sel.list`);
  const named = new Map<string, string>();
  const name = (sha: string, of: string) => void (named.has(sha) || named.set(sha, of));
  for (const { of, sha } of rows) if (sha && HEX64.test(sha)) name(sha, of);
  const resolve = await redactionsOf(db);
  for (const { snapshot_id, manifest_sha256 } of await db('ml.snapshot').select<
    { snapshot_id: string; manifest_sha256: string }[]
  >('snapshot_id', 'manifest_sha256')) {
    if (!store.has(manifest_sha256)) continue;
    for (const dataset of parsed<Manifest>(store, manifest_sha256)?.datasets ?? [])
      for (const part of dataset.parts)
        name(resolve(part).file, `partition ${dataset.name} ${part.part} of snapshot ${snapshot_id}`);
  }
  for (const { version_id } of await db('ml.model_version').select<{ version_id: string }[]>('version_id')) {
    const bundle = store.has(version_id) ? parsed<VersionBundle>(store, version_id) : undefined;
    for (const sha of [bundle?.model, bundle?.weights, ...Object.values(bundle?.card ?? {})])
      if (sha) name(sha, `version ${version_id}`);
  }
  for (const sha of store.allDerived()) if (store.has(sha)) name(sha, 'derived tables');
  return named;
}

/** What an object says, or nothing where its bytes are damaged: that is for `damaged` to tell. */
function parsed<T>(store: ArtifactStore, sha: string): T | undefined {
  try {
    return store.getJson<T>(sha);
  } catch {
    return undefined;
  }
}

/** Objects that no row, manifest or bundle names, and objects that are named but gone. Deletes nothing. */
export async function garbage(db: Db, store: ArtifactStore): Promise<GarbageReport> {
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
