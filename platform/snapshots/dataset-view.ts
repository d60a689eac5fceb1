import type { DuckDBConnection } from '@duckdb/node-api';
import type { ArtifactStore } from '../artifacts/store';
import { quote } from '../duckdb/duckdb';
import { type Manifest, monthOf, partitionsOf, shardOf } from './datasets';

/**
 * Creates view `name` over the partitions of a dataset that `keep` selects by month of receipt and shard. Without any
 * partition the view is empty and has the right columns.
 * @returns the content hashes of the partitions, which identify what the view shows
 */
export async function createDatasetView(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  name: string,
  dataset: string,
  keep: (month: string | undefined, shard: number) => boolean = () => true,
): Promise<string[]> {
  const selected = partitionsOf(manifest, dataset).filter((ref) => ref.rows > 0 && keep(monthOf(ref), shardOf(ref)));
  const { columns } = manifest.datasets.find((candidate) => candidate.name === dataset)!;
  const nulls = columns.map(([column, type]) => `cast(null as ${type}) as ${column}`).join(', ');
  const files = selected.map(({ file }) => quote(store.existing(file))).join(', ');
  const source = selected.length === 0 ? `select ${nulls} where false` : `select * from read_parquet([${files}])`;
  await duck.run(`create or replace temp view ${name} as ${source}`);
  return selected.map(({ contentHash }) => contentHash);
}
