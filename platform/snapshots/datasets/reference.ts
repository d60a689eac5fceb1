import { type Dataset, utc } from './dataset';

/** Reference data that features depend on (ref). */
export const REFERENCE_DATASETS: readonly Dataset[] = [
  {
    name: 'tariff',
    partitioning: 'single',
    loadedFrom: [],
    from: 'ref.tariff t',
    order: 't.code, t.field, t.valid_from, batch.committed_seq',
    columns: [
      ['code', 'VARCHAR'],
      ['field', 'VARCHAR'],
      ['valid_from', 'DATE'],
      ['valid_to', 'DATE'],
      ['known_from', 'TIMESTAMP'],
      ['load_seq', 'INTEGER'],
      ['fee_ore', 'BIGINT'],
      ['refund_ore', 'BIGINT'],
      ['copay_ore', 'BIGINT'],
      ['max_repetitions', 'INTEGER'],
      ['min_minutes', 'INTEGER'],
      ['minutes_per_repetition', 'INTEGER'],
    ],
    select: `t.code, t.field, t.valid_from, t.valid_to, ${utc('t.known_from')}, batch.committed_seq, t.fee_ore,
      t.refund_ore, t.copay_ore, t.max_repetitions, t.min_minutes, t.minutes_per_repetition`,
  },
];
