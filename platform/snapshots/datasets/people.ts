import { type Dataset, knownInMonth, utc } from './dataset';

/** Providers are compared within their practice type, and within their field where that has no types (pharmacies). */
const providerGroup = 'coalesce(t.practice_type, t.field)';

/** Facts about patients, providers and substitutes (core). */
export const PEOPLE_DATASETS: readonly Dataset[] = [
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
    select: `t.provider_id, p.hpr_no::int, ${utc('t.known_from')}, t.valid_from, t.valid_to,
      ${providerGroup}, t.field, t.municipality, t.list_size, t.account_hash, p.orgnr`,
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
];
