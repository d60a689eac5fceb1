import type { CivilDate } from '../../domain/time/instant';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FEATURES } from '../../domain/features/catalogue';
import type { Feature } from '../../domain/features/types';
import type { ArtifactStore } from '../artifacts/store';
import { quote } from '../duckdb/duckdb';
import type { Manifest } from '../snapshots/datasets';
import { computeFeatures } from './compute-features';
import { buildRollups } from './monthly-rollups';
import { truncateSnapshot } from './truncate-snapshot';

/**
 * Checks point-in-time correctness at one date: computes the features from the whole snapshot and from one truncated at
 * the date, and compares every cell.
 * @param scratch an empty store, so that the second computation reuses nothing
 */
export async function checkPointInTime(
  duck: DuckDBConnection,
  store: ArtifactStore,
  scratch: ArtifactStore,
  manifest: Manifest,
  asOf: CivilDate,
  features: readonly Feature[] = FEATURES,
): Promise<{ same: boolean; detail: string }> {
  const whole = await buildRollups(duck, store, manifest);
  const [original] = await computeFeatures(duck, store, manifest, whole.rollups, [asOf], { features });
  const past = await truncateSnapshot(duck, store, scratch, manifest, asOf);
  const truncated = await buildRollups(duck, scratch, past);
  const [recomputed] = await computeFeatures(duck, scratch, past, truncated.rollups, [asOf], { features });
  if (original!.sha256 === recomputed!.sha256) return { same: true, detail: `equal bytes at ${asOf}` };
  const [a, b] = [original!, recomputed!].map(({ file }) => `from read_parquet(${quote(file)})`);
  const differing = await duck.runAndReadAll(
    `select count(*)::int from ((${a} except ${b}) union all (${b} except ${a}))`,
  );
  const rows = Number(differing.getRows()[0]?.[0]);
  return {
    same: false,
    detail: `features as of ${asOf} change when later information is removed (${rows} rows differ)`,
  };
}
