import type { DuckDBConnection } from '@duckdb/node-api';
import { FEATURES } from '../../domain/features/catalogue';
import type { Feature } from '../../domain/features/types';
import type { ArtifactStore } from '../artifacts/store';
import type { Manifest } from '../snapshots/datasets';
import { deriveParts } from './monthly-rollups';
import { quote } from '../duckdb/duckdb';
import { featureParts } from './compute-features';
import { truncated } from './truncate-snapshot';

/**
 * Computes the features of one date twice, from the whole snapshot and from one that ends at the date, the second in an
 * empty store so that nothing is found again, and compares every cell.
 */
export async function replayFeatures(
  duck: DuckDBConnection,
  store: ArtifactStore,
  scratch: ArtifactStore,
  manifest: Manifest,
  asOf: string,
  features: readonly Feature[] = FEATURES,
): Promise<{ same: boolean; detail: string }> {
  const whole = await deriveParts(duck, store, manifest);
  const [own] = await featureParts(duck, store, manifest, whole.parts, [asOf], { features });
  const past = await truncated(duck, store, scratch, manifest, asOf);
  const again = await deriveParts(duck, scratch, past);
  const [replayed] = await featureParts(duck, scratch, past, again.parts, [asOf], { features });
  if (own!.sha256 === replayed!.sha256) return { same: true, detail: `equal bytes at ${asOf}` };
  const differing = await duck.runAndReadAll(
    `select count(*)::int from ((from read_parquet(${quote(own!.file)}) except from read_parquet(${quote(replayed!.file)})) union all (from read_parquet(${quote(replayed!.file)}) except from read_parquet(${quote(own!.file)})))`,
  );
  return {
    same: false,
    detail: `features as of ${asOf} change when what was known later is taken away (${Number(differing.getRows()[0]?.[0])} rows differ)`,
  };
}
