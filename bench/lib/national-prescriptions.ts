/** Numbers of a prescription and of its claim. */
const RX = 'md5(pa::varchar || pb::varchar)';
const CLAIM = 'cast(pa >> 12 as bigint)';

/** Datasets of prescriptions and claims from what the simulation made of a month. */
export const PRESCRIPTION_SOURCES: Readonly<Record<string, string>> = {
  prescription: `select ${RX} as prescription_id, idx + 1 as prescriber_id, p + 1 as patient_key, day as written,
      atc, packages * 1000 as quantity_milli, 0 as repeats, reservation as reserved_by_prescriber, '200' as legal_basis,
      received_at as known_from from out_prescription`,
  claim: `select ${CLAIM} as claim_id, false as is_reversal, 1 as entry, pharmacy + 1 as pharmacy_id,
      idx + 1 as prescriber_id, p + 1 as patient_key, ${RX} as prescription_id, dispensed_day as dispensed,
      ore * dispensed // packages as claimed_ore, 0 as copay_ore,
      case when reservation then 'prescriber' else 'none' end as reservation, false as emergency, false as multidose,
      atc, dispensed * 1000 as quantity_milli, ore // packages * dispensed as price_ore,
      ore // packages * 3 // 4 * dispensed as purchase_ore, cast(override as integer) as interventions,
      override as changed_goods, false as changed_dose, false as changed_basis, false as asked_prescriber,
      received_at as known_from from out_prescription`,
  bill_result: `select pharmacy + 1 as pharmacy_id, strftime(received_at, '%Y%m%d') as settlement_no,
      cast(${CLAIM} as varchar) as bill_no, cast(received_at as date) as handled,
      ore * dispensed // packages as claimed_ore, ore * dispensed // packages as approved_ore, 'approved' as status,
      received_at as known_from from out_prescription`,
};
