import { type Dataset, ofMonth, utc } from './dataset';

const MONTHLY = { partitioning: 'month', loadedFrom: ['prescription'], inMonth: ofMonth } as const;

const SAME = (o: string) =>
  `${o}.received_month = t.received_month and ${o}.claim_id = t.claim_id and ${o}.is_reversal = t.is_reversal`;
/** Goods of a claim together; prices only of goods whose purchase price is known. */
const GOODS = `cross join lateral (
  select min(atc) as atc, sum(quantity_milli)::bigint as quantity,
    sum(price_ore * quantity_milli / 1000) filter (where purchase_ore is not null)::bigint as price,
    sum(purchase_ore * quantity_milli / 1000)::bigint as purchase
  from rx.claim_goods l where ${SAME('l')}) g`;
const CHANGES = `left join lateral (
  select bool_or(change = 'goods') as goods, bool_or(change = 'dose') as dose, bool_or(change = 'legal-basis') as basis,
    bool_or(asked_prescriber_hpr is not null) as asked
  from rx.intervention n where t.interventions > 0 and ${SAME('n')}) i on true`;

/** Prescriptions, and what pharmacies claim for dispensing them (rx). Claims are signed entries. */
export const PRESCRIPTION_DATASETS: readonly Dataset[] = [
  {
    ...MONTHLY,
    name: 'prescription',
    from: 'rx.prescription t',
    order: 't.prescription_id',
    columns: [
      ['prescription_id', 'VARCHAR'],
      ['prescriber_id', 'INTEGER'],
      ['patient_key', 'BIGINT'],
      ['written', 'DATE'],
      ['atc', 'VARCHAR'],
      ['quantity_milli', 'BIGINT'],
      ['repeats', 'SMALLINT'],
      ['reserved_by_prescriber', 'BOOLEAN'],
      ['legal_basis', 'VARCHAR'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.prescription_id, t.prescriber_id, t.patient_key, t.written, t.atc, t.quantity_milli, t.repeats,
      t.reserved_by_prescriber, t.legal_basis, ${utc('t.known_from')}`,
  },
  {
    ...MONTHLY,
    name: 'claim',
    from: `rx.claim t ${GOODS} ${CHANGES}`,
    order: 't.claim_id, t.is_reversal',
    columns: [
      ['claim_id', 'BIGINT'],
      ['is_reversal', 'BOOLEAN'],
      ['entry', 'SMALLINT'],
      ['pharmacy_id', 'INTEGER'],
      ['prescriber_id', 'INTEGER'],
      ['patient_key', 'BIGINT'],
      ['prescription_id', 'VARCHAR'],
      ['dispensed', 'DATE'],
      ['claimed_ore', 'BIGINT'],
      ['copay_ore', 'BIGINT'],
      ['reservation', 'VARCHAR'],
      ['emergency', 'BOOLEAN'],
      ['multidose', 'BOOLEAN'],
      ['atc', 'VARCHAR'],
      ['quantity_milli', 'BIGINT'],
      ['price_ore', 'BIGINT'],
      ['purchase_ore', 'BIGINT'],
      ['interventions', 'SMALLINT'],
      ['changed_goods', 'BOOLEAN'],
      ['changed_dose', 'BOOLEAN'],
      ['changed_basis', 'BOOLEAN'],
      ['asked_prescriber', 'BOOLEAN'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.claim_id, t.is_reversal, t.entry, t.pharmacy_id, t.prescriber_id, t.patient_key, t.prescription_id,
      t.dispensed, t.claimed_ore, t.copay_ore, t.reservation, t.emergency, t.multidose, g.atc, g.quantity,
      g.price, g.purchase, t.interventions, coalesce(i.goods, false), coalesce(i.dose, false),
      coalesce(i.basis, false), coalesce(i.asked, false), ${utc('t.known_from')}`,
  },
  {
    ...MONTHLY,
    name: 'bill_result',
    from: 'rx.bill_result t',
    order: 't.pharmacy_id, t.settlement_no, t.bill_no, t.known_from',
    columns: [
      ['pharmacy_id', 'INTEGER'],
      ['settlement_no', 'VARCHAR'],
      ['bill_no', 'VARCHAR'],
      ['handled', 'DATE'],
      ['claimed_ore', 'BIGINT'],
      ['approved_ore', 'BIGINT'],
      ['status', 'VARCHAR'],
      ['known_from', 'TIMESTAMP'],
    ],
    select: `t.pharmacy_id, t.settlement_no, t.bill_no, t.handled, t.claimed_ore, t.approved_ore, t.status,
      ${utc('t.known_from')}`,
  },
];
