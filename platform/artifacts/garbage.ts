import fs from 'node:fs';
import path from 'node:path';
import type { Db } from '../db/connection';
import type { Manifest } from '../snapshots/datasets';
import { redactionsOf } from '../snapshots/manifests';
import type { ArtifactStore } from './store';
import type { VersionBundle } from '../db/stores/versions';

export interface GarbageReport {
  readonly objects: number;
  readonly bytes: number;
  readonly unreferenced: number;
  readonly unreferencedBytes: number;
  readonly missing: readonly string[];
}

const HEX64 = /^[0-9a-f]{64}$/;

/** Objects that no row, manifest or bundle names, and objects that are named but gone. Deletes nothing. */
export async function garbage(db: Db, store: ArtifactStore): Promise<GarbageReport> {
  const { rows } = await db.raw<{ rows: { sha: string | null }[] }>(`
    select manifest_sha256 as sha from ml.snapshot union select file_sha256 from ml.partition union select file_sha256 from ml.matrix
    union select recipe->>'fileSha256' from ml.matrix union select experiment->'table'->>'fileSha256' from ml.training_run
    union select result->>'predictionsSha256' from ml.fold_result union select result->>'weightsSha256' from ml.fold_result union select evaluation_sha256 from ml.training_run
    union select version_id from ml.model_version union select scores_sha256 from sel.scoring_run union select list_id from sel.list`);
  const named = new Set(rows.flatMap(({ sha }) => (sha && HEX64.test(sha) ? [sha] : [])));
  const resolve = await redactionsOf(db);
  for (const { manifest_sha256 } of await db('ml.snapshot').select<{ manifest_sha256: string }[]>('manifest_sha256')) {
    if (store.has(manifest_sha256))
      for (const part of store.getJson<Manifest>(manifest_sha256).datasets.flatMap((d) => d.parts)) named.add(resolve(part).file);
  }
  for (const { version_id } of await db('ml.model_version').select<{ version_id: string }[]>('version_id')) {
    if (!store.has(version_id)) continue;
    const bundle = store.getJson<VersionBundle>(version_id);
    for (const sha of [bundle.model, bundle.weights, ...Object.values(bundle.card ?? {})]) named.add(sha);
  }
  for (const sha of store.allDerived()) if (store.has(sha)) named.add(sha);
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
  return { objects, bytes, unreferenced, unreferencedBytes, missing: [...named].filter((sha) => !store.has(sha)) };
}
