import { type CivilDate, instantOf } from '../../domain/time/instant';
import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parseInstant } from '../../domain/time/civil-time';
import type { ArtifactStore } from '../artifacts/store';
import { startOfDay } from '../duckdb/civil-day';
import { PARQUET, quote } from '../duckdb/duckdb';
import { type Manifest, monthOf, type PartitionRef } from '../snapshots/datasets';

const ABOUT_CASES: readonly string[] = ['case', 'outcome', 'appeal', 'reversal'];

/**
 * The snapshot as it would have been extracted at an as-of day: months of receipt before it, facts known before it,
 * and no case, outcome, appeal or reversal at all, because no feature may use one. Features computed from it must
 * equal those of the whole snapshot; a difference means that a feature depends on later information.
 * @param from store that holds the snapshot
 * @param to store that receives the truncated partitions
 */
export async function truncateSnapshot(
  duck: DuckDBConnection,
  from: ArtifactStore,
  to: ArtifactStore,
  manifest: Manifest,
  asOf: CivilDate,
): Promise<Manifest> {
  const datasets: Manifest['datasets'][number][] = [];
  for (const dataset of manifest.datasets) {
    const partitions: PartitionRef[] = [];
    const hasKnownFrom = dataset.columns.some(([name]) => name === 'known_from');
    const where = hasKnownFrom ? `where known_from < timestamp ${quote(startOfDay(asOf))}` : '';
    for (const ref of dataset.partitions) {
      const month = monthOf(ref);
      if (ABOUT_CASES.includes(dataset.name) || (month !== undefined && month >= asOf)) continue;
      const source = quote(from.existing(ref.file));
      const parquet = to.temporary('.parquet');
      await duck.run(`copy (select * from read_parquet(${source}) ${where}) to ${quote(parquet)} ${PARQUET}`);
      const reader = await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`);
      const file = await to.putFile(parquet);
      fs.rmSync(parquet, { force: true });
      const rows = Number(reader.getRows()[0]?.[0]);
      partitions.push({ partition: ref.partition, rows, contentHash: file, file });
    }
    datasets.push({ ...dataset, partitions });
  }
  return { ...manifest, asOf: instantOf(new Date(parseInstant(`${asOf}T00:00:00`)!)), datasets };
}
