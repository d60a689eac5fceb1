import type { DuckDBConnection } from '@duckdb/node-api';
import { featureBatches, type FeaturePlan, LARGE_SNAPSHOT_LINES } from '../../domain/rules/feature-batches';
import type { ArtifactStore } from '../artifacts/store';
import { rollupMonths } from '../features/monthly-rollups';
import { type Manifest, partitionsOf } from '../snapshots/datasets';
import { createLabels } from './labels';

export const isLarge = (manifest: Manifest): boolean =>
  partitionsOf(manifest, 'bill_line').reduce((sum, { rows }) => sum + rows, 0) > LARGE_SNAPSHOT_LINES;

/** The feature work that a training matrix needs, in batches. @throws UtplukkError NoLabels */
export async function planFeatures(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  minAmountOre: number,
): Promise<FeaturePlan> {
  const dates = await createLabels(duck, store, manifest, minAmountOre);
  return featureBatches(rollupMonths(manifest), dates, isLarge(manifest));
}
