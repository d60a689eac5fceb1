import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parseInstant } from '../../domain/time/civil-time';
import type { ArtifactStore } from '../artifacts/store';
import { type Manifest, monthOf, type PartitionRef } from '../snapshots/datasets';
import { startOfDay } from './monthly-rollups';
import { PARQUET, quote } from '../duckdb/duckdb';

/**
 * The snapshot as it would have been cut at an as-of day: months of receipt before it, facts known before it, and no
 * case, outcome or appeal at all, for no feature may need one. Features computed from this must equal those computed from
 * the whole snapshot: what came later cannot have mattered.
 */
export async function truncated(
  duck: DuckDBConnection,
  from: ArtifactStore,
  to: ArtifactStore,
  manifest: Manifest,
  asOf: string,
): Promise<Manifest> {
  const cut = startOfDay(asOf);
  const datasets: Manifest['datasets'][number][] = [];
  for (const dataset of manifest.datasets) {
    const parts: PartitionRef[] = [];
    const aboutCases = ['case', 'outcome', 'appeal', 'reversal'].includes(dataset.name);
    for (const part of dataset.parts) {
      const month = monthOf(part);
      if (aboutCases || (month !== undefined && month >= asOf)) continue;
      const source = quote(from.existing(part.file));
      const parquet = to.temporary('.parquet');
      const knownBefore = dataset.columns.some(([name]) => name === 'known_from')
        ? `where known_from < timestamp ${quote(cut)}`
        : '';
      await duck.run(`copy (select * from read_parquet(${source}) ${knownBefore}) to ${quote(parquet)} ${PARQUET}`);
      const rows = Number(
        (await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`)).getRows()[0]?.[0],
      );
      const file = await to.putFile(parquet);
      fs.rmSync(parquet, { force: true });
      parts.push({ part: part.part, rows, logical: file, file });
    }
    datasets.push({ ...dataset, parts });
  }
  return { ...manifest, asOf: new Date(parseInstant(`${asOf}T00:00:00`)!).toISOString(), datasets };
}
