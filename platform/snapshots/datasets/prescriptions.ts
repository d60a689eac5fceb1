import { type Dataset, ofMonth, utc } from './dataset';

/** Prescriptions and dispensings (rx). */
export const PRESCRIPTION_DATASETS: readonly Dataset[] = [
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
];
