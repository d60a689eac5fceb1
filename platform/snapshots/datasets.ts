import type { Instant } from '../../domain/time/instant';
import type { Dataset } from './datasets/dataset';
import { BILL_DATASETS } from './datasets/bills';
import { CONTROL_CASE_DATASETS } from './datasets/control-cases';
import { PEOPLE_DATASETS } from './datasets/people';
import { REFERENCE_DATASETS } from './datasets/reference';
import { PRESCRIPTION_DATASETS } from './datasets/prescriptions';
export type { Dataset };

/** Everything that a snapshot holds. */
export const DATASETS: readonly Dataset[] = [
  ...BILL_DATASETS,
  ...PRESCRIPTION_DATASETS,
  ...PEOPLE_DATASETS,
  ...CONTROL_CASE_DATASETS,
  ...REFERENCE_DATASETS,
];

/** SQL for a provider's shard, the same in PostgreSQL and DuckDB: the upper half of Knuth's multiplicative hash. */
export const shardSql = (provider: string, shards: number): string =>
  `((cast(${provider} as bigint) * 2654435761) % 4294967296 / 65536) % ${shards}`;

export interface PartitionRef {
  /** `all`, the first day of a month, or that day and the shard: 2024-03-01/5of8. */
  readonly partition: string;
  readonly rows: number;
  /** SHA-256 of the ordered rows as canonical CSV: independent of the Parquet writer. */
  readonly contentHash: string;
  /** SHA-256 of the Parquet file that holds them. */
  readonly file: string;
}
export const monthOf = ({ partition }: PartitionRef): string | undefined =>
  partition === 'all' ? undefined : partition.slice(0, 10);
export const shardOf = ({ partition }: PartitionRef): number => Number.parseInt(partition.split('/')[1] ?? '0', 10);

/** Content of a snapshot, by reference. */
export interface Manifest {
  readonly v: 2;
  /** Instant (ISO 8601): only facts known before it are in the snapshot. */
  readonly asOf: Instant;
  /** Sequence number of the last committed load batch that was read. */
  readonly loadWatermark: number;
  readonly shards: number;
  readonly datasets: readonly {
    readonly name: string;
    readonly columns: readonly (readonly [string, string])[];
    readonly partitions: readonly PartitionRef[];
  }[];
}

export const partitionsOf = (manifest: Manifest, name: string): readonly PartitionRef[] =>
  manifest.datasets.find((dataset) => dataset.name === name)?.partitions ?? [];

/** Shard of a provider, computed as `shardSql` does. */
export const shardIndex = (provider: number, shards: number): number =>
  Number((((BigInt(provider) * 2654435761n) % 4294967296n) / 65536n) % BigInt(shards));
