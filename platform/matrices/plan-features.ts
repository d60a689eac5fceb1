import type { DuckDBConnection } from '@duckdb/node-api';
import { type FeaturePlan, featureLots, LARGE_SNAPSHOT_LINES } from '../../domain/rules/feature-batches';
import type { ArtifactStore } from '../artifacts/store';
import { type Manifest, partsOf } from '../snapshots/datasets';
import { derivedMonths } from '../features/monthly-rollups';
import { createLabelsView } from './labels';

export const isLarge = (manifest: Manifest): boolean =>
  partsOf(manifest, 'bill_line').reduce((sum, part) => sum + part.rows, 0) > LARGE_SNAPSHOT_LINES;

/** What a matrix of cases will need, in lots. */
export async function planFeatures(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  minAmountOre: number,
): Promise<FeaturePlan> {
  const dates = await createLabelsView(duck, store, manifest, minAmountOre);
  return featureLots(derivedMonths(manifest), dates, isLarge(manifest));
}
