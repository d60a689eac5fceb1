import type { Instant } from '../../domain/time/instant';
/** A dataset of a snapshot: its columns with DuckDB types, and the PostgreSQL query that yields them. */
export interface Dataset {
  readonly name: string;
  /**
   * `single`: one partition; `month`: one per month of receipt; `month-shard`: one per month and shard of providers.
   */
  readonly partitioning: 'single' | 'month' | 'month-shard';
  /** Kinds of load batches that add rows to it; empty for `single` datasets, which are small and always read whole. */
  readonly loadedFrom: readonly string[];
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly select: string;
  readonly from: string;
  /** Condition on one month of receipt, `$month` standing for its first day. */
  readonly inMonth?: string;
  /** SQL expression for the provider id whose hash decides the shard. */
  readonly shardBy?: string;
  readonly order: string;
}

/** The session is set to UTC and ISO dates, so PostgreSQL itself prints text such as 2024-03-01 10:15:00.5. */
const utc = (column: string) => `${column} at time zone 'UTC'`;
const ofMonth = "t.received_month = '$month'";
/** Instant at which a civil day starts in Norway. */
const dayStart = (day: string) => `(${day})::timestamp at time zone 'Europe/Oslo'`;
const knownInMonth = `t.known_from >= ${dayStart("'$month'::date")}
  and t.known_from < ${dayStart("'$month'::date + interval '1 month'")}`;

export const DATASETS: readonly Dataset[] = [
  {
    name: 'bill',
    partitioning: 'month-shard',
    loadedFrom: ['settlement', 'bills'],
    from: 'core.bill t',
    inMonth: ofMonth,
    shardBy: 't.provider_id',
    order: 't.provider_id, t.bill_id',
    columns: [
      ['bill_id', 'BIGINT'],
      ['provider_id', 'INTEGER'],
      ['performed_by', 'INTEGER'],
      ['bill_no', 'INTEGER'],
      ['patient_key', 'BIGINT'],
      ['civil_day', 'DATE'],
      ['minute_of_day', 'SMALLINT'],
      ['known_from', 'TIMESTAMP'],
      ['amount_ore', 'BIGINT'],
      ['copay_ore', 'BIGINT'],
      ['is_credit', 'BOOLEAN'],
      ['credits_bill', 'BIGINT'],
      ['diagnosis', 'VARCHAR'],
    ],
    select: `t.bill_id, t.provider_id, t.performed_by, t.bill_no, t.patient_key, t.civil_day, t.minute_of_day,
      ${utc('t.known_from')}, t.amount_ore, t.copay_ore, t.is_credit, t.credits_bill, t.diagnosis`,
  },
  {
    name: 'bill_line',
    partitioning: 'month-shard',
    loadedFrom: ['settlement', 'bills'],
    from: 'core.bill_line t',
    inMonth: ofMonth,
    shardBy: 't.provider_id',
    order: 't.bill_id, t.line_no',
    columns: [
      ['bill_id', 'BIGINT'],
      ['line_no', 'SMALLINT'],
      ['tariff', 'VARCHAR'],
      ['repetitions', 'SMALLINT'],
      ['amount_ore', 'BIGINT'],
    ],
    select: 't.bill_id, t.line_no, t.tariff, t.repetitions, t.amount_ore',
  },
  {
    name: 'rule_outcome',
    partitioning: 'month-shard',
    loadedFrom: ['settlement', 'bills'],
    from: 'core.rule_outcome t',
    inMonth: ofMonth,
    shardBy: 't.provider_id',
    order: 't.bill_id, t.rule_no',
    columns: [
      ['bill_id', 'BIGINT'],
      ['rule_no', 'INTEGER'],
      ['effect', 'VARCHAR'],
      ['amount_ore', 'BIGINT'],
    ],
    select: 't.bill_id, t.rule_no, t.effect, t.amount_ore',
  },
  {
    name: 'prescription',
    partitioning: 'month',
    loadedFrom: ['prescription'],
    from: 'rx.prescription t',
    inMonth: ofMonth,
    order: 't.prescription_id',
    columns: [
      ['prescription_id', 'UUID'],
      ['prescriber_id', 'INTEGER'],
      ['patient_key', 'BIGINT'],
      ['written', 'DATE'],
      ['atc', 'VARCHAR'],
      ['packages', 'SMALLINT'],
      ['generic_reservation', 'BOOLEAN'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.prescription_id, t.prescriber_id, t.patient_key, t.written, t.atc, t.packages,
      t.generic_reservation, ${utc('t.known_from')}`,
  },
  {
    name: 'dispensing',
    partitioning: 'month',
    loadedFrom: ['prescription'],
    from: 'rx.dispensing t',
    inMonth: ofMonth,
    order: 't.dispensing_id',
    columns: [
      ['dispensing_id', 'UUID'],
      ['prescription_id', 'UUID'],
      ['pharmacy_id', 'INTEGER'],
      ['dispensed', 'DATE'],
      ['packages', 'SMALLINT'],
      ['is_override', 'BOOLEAN'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.dispensing_id, t.prescription_id, t.pharmacy_id, t.dispensed, t.packages,
      t.override_reason is not null, ${utc('t.known_from')}`,
  },
  {
    name: 'patient_fact',
    partitioning: 'month',
    loadedFrom: ['patient'],
    from: 'core.patient_fact t',
    inMonth: knownInMonth,
    order: 't.patient_key, t.known_from',
    columns: [
      ['patient_key', 'BIGINT'],
      ['known_from', 'TIMESTAMP'],
      ['municipality', 'VARCHAR'],
      ['list_provider', 'INTEGER'],
      ['died', 'DATE'],
      ['emigrated', 'DATE'],
    ],
    select: `t.patient_key, ${utc('t.known_from')}, t.municipality, t.list_provider, t.died, t.emigrated`,
  },
  {
    name: 'provider_fact',
    partitioning: 'single',
    loadedFrom: [],
    from: 'core.provider_fact t join core.provider p using (provider_id)',
    order: 't.provider_id, t.valid_from, t.known_from',
    columns: [
      ['provider_id', 'INTEGER'],
      ['hpr', 'INTEGER'],
      ['known_from', 'TIMESTAMP'],
      ['valid_from', 'DATE'],
      ['valid_to', 'DATE'],
      ['practice_type', 'VARCHAR'],
      ['field', 'VARCHAR'],
      ['municipality', 'VARCHAR'],
      ['list_size', 'INTEGER'],
      ['account_hash', 'VARCHAR'],
      ['owner', 'VARCHAR'],
    ],
    select: `t.provider_id, p.hpr_no::int, ${utc('t.known_from')}, t.valid_from, t.valid_to, t.practice_type,
      t.field, t.municipality, t.list_size, t.account_hash, p.orgnr`,
  },
  {
    name: 'substitute',
    partitioning: 'single',
    loadedFrom: [],
    from: 'core.substitute t',
    order: 't.provider_id, t.substitute_hpr, t.valid_from, t.known_from',
    columns: [
      ['provider_id', 'INTEGER'],
      ['substitute_hpr', 'INTEGER'],
      ['valid_from', 'DATE'],
      ['valid_to', 'DATE'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.provider_id, t.substitute_hpr, t.valid_from, t.valid_to, ${utc('t.known_from')}`,
  },
  {
    name: 'case',
    partitioning: 'single',
    loadedFrom: [],
    from: 'ctl.case t',
    order: 't.case_no',
    columns: [
      ['case_no', 'VARCHAR'],
      ['provider_id', 'INTEGER'],
      ['opened', 'DATE'],
      ['basis', 'VARCHAR'],
      ['caseworker', 'VARCHAR'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.case_no, t.provider_id, t.opened, t.basis, t.caseworker, ${utc('t.known_from')}`,
  },
  {
    name: 'outcome',
    partitioning: 'single',
    loadedFrom: [],
    from: 'ctl.outcome t',
    order: 't.case_no, t.known_from',
    columns: [
      ['case_no', 'VARCHAR'],
      ['decided', 'DATE'],
      ['outcome', 'VARCHAR'],
      ['amount_ore', 'BIGINT'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.case_no, t.decided, t.outcome, t.amount_ore, ${utc('t.known_from')}`,
  },
  {
    name: 'appeal',
    partitioning: 'single',
    loadedFrom: [],
    from: 'ctl.appeal t',
    order: 't.case_no, t.known_from',
    columns: [
      ['case_no', 'VARCHAR'],
      ['decided', 'DATE'],
      ['result', 'VARCHAR'],
      ['amount_ore', 'BIGINT'],
      ['received', 'DATE'],
      ['instance', 'VARCHAR'],
      ['misregistered', 'BOOLEAN'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.case_no, t.decided, t.result, t.amount_ore, t.received, t.instance, t.misregistered,
      ${utc('t.known_from')}`,
  },
  {
    name: 'reversal',
    partitioning: 'single',
    loadedFrom: [],
    from: 'ctl.reversal t',
    order: 't.case_no, t.known_from',
    columns: [
      ['case_no', 'VARCHAR'],
      ['decided', 'DATE'],
      ['amount_ore', 'BIGINT'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.case_no, t.decided, t.amount_ore, ${utc('t.known_from')}`,
  },
  {
    name: 'case_draw',
    partitioning: 'single',
    loadedFrom: [],
    from: '(select * from ctl.case where selection_probability is not null) t',
    order: 't.case_no',
    columns: [
      ['case_no', 'VARCHAR'],
      ['selection_probability', 'DOUBLE'],
    ],
    select: 't.case_no, t.selection_probability',
  },
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
