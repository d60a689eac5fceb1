/** What a snapshot holds: for each dataset its columns with DuckDB types and the PostgreSQL query that yields them. */
export interface Dataset {
  readonly name: string;
  readonly byMonth: boolean;
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** Select list; instants as UTC text with microseconds. */
  readonly select: string;
  readonly from: string;
  readonly order: string;
}

const utc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;

// prettier-ignore
export const DATASETS: readonly Dataset[] = [
  {
    name: 'bill', byMonth: true, from: 'core.bill t', order: 't.provider_id, t.started_at, t.bill_guid',
    columns: [['bill_guid', 'VARCHAR'], ['provider_id', 'INTEGER'], ['bill_no', 'INTEGER'], ['patient_key', 'BIGINT'], ['civil_day', 'DATE'], ['minute_of_day', 'SMALLINT'], ['known_from', 'TIMESTAMP'], ['amount_ore', 'BIGINT'], ['copay_ore', 'BIGINT'], ['is_credit', 'BOOLEAN'], ['diagnosis', 'VARCHAR']],
    select: `t.bill_guid, t.provider_id, t.bill_no, t.patient_key, t.civil_day, t.minute_of_day, ${utc('t.known_from')}, t.amount_ore, t.copay_ore, t.is_credit, t.diagnosis`,
  },
  {
    name: 'bill_line', byMonth: true, from: 'core.bill_line t', order: 't.provider_id, t.bill_guid, t.line_no',
    columns: [['bill_guid', 'VARCHAR'], ['line_no', 'SMALLINT'], ['tariff', 'VARCHAR'], ['repetitions', 'SMALLINT'], ['amount_ore', 'BIGINT']],
    select: 't.bill_guid, t.line_no, t.tariff, t.repetitions, t.amount_ore',
  },
  {
    name: 'rule_outcome', byMonth: true, from: 'core.rule_outcome t', order: 't.provider_id, t.bill_guid, t.rule_no',
    columns: [['bill_guid', 'VARCHAR'], ['rule_no', 'INTEGER'], ['effect', 'VARCHAR'], ['amount_ore', 'BIGINT']],
    select: 't.bill_guid, t.rule_no, t.effect, t.amount_ore',
  },
  {
    name: 'provider_fact', byMonth: false, from: 'core.provider_fact t', order: 't.provider_id, t.valid_from, t.known_from',
    columns: [['provider_id', 'INTEGER'], ['known_from', 'TIMESTAMP'], ['valid_from', 'DATE'], ['valid_to', 'DATE'], ['practice_type', 'VARCHAR'], ['field', 'VARCHAR'], ['list_size', 'INTEGER']],
    select: `t.provider_id, ${utc('t.known_from')}, t.valid_from, t.valid_to, t.practice_type, t.field, t.list_size`,
  },
  {
    name: 'case', byMonth: false, from: 'ctl.case t', order: 't.case_no',
    columns: [['case_no', 'VARCHAR'], ['provider_id', 'INTEGER'], ['opened', 'DATE'], ['basis', 'VARCHAR'], ['caseworker', 'VARCHAR'], ['known_from', 'TIMESTAMP']],
    select: `t.case_no, t.provider_id, t.opened, t.basis, t.caseworker, ${utc('t.known_from')}`,
  },
  {
    name: 'outcome', byMonth: false, from: 'ctl.outcome t', order: 't.case_no, t.known_from',
    columns: [['case_no', 'VARCHAR'], ['decided', 'DATE'], ['outcome', 'VARCHAR'], ['amount_ore', 'BIGINT'], ['known_from', 'TIMESTAMP']],
    select: `t.case_no, t.decided, t.outcome, t.amount_ore, ${utc('t.known_from')}`,
  },
  {
    name: 'appeal', byMonth: false, from: 'ctl.appeal t', order: 't.case_no, t.known_from',
    columns: [['case_no', 'VARCHAR'], ['decided', 'DATE'], ['result', 'VARCHAR'], ['amount_ore', 'BIGINT'], ['known_from', 'TIMESTAMP']],
    select: `t.case_no, t.decided, t.result, t.amount_ore, ${utc('t.known_from')}`,
  },
];

export interface PartRef {
  readonly part: string;
  readonly rows: number;
  /** SHA-256 of the ordered rows as canonical CSV: what the partition says, whatever wrote the file. */
  readonly logical: string;
  /** SHA-256 of the Parquet file that holds them. */
  readonly file: string;
}

export interface Manifest {
  readonly v: 1;
  readonly asOf: string;
  readonly horizon: number;
  readonly datasets: readonly {
    readonly name: string;
    readonly columns: readonly (readonly [string, string])[];
    readonly parts: readonly PartRef[];
  }[];
}
