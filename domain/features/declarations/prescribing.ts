import { PRESCRIBING, ratio, RULES, total } from '../declare';

const share = <N extends string>(name: N, over: string, under: string) =>
  ratio(name, 'prescriptions', over, under, 'share', PRESCRIBING, [12]);

/** What pharmacies change of prescriptions, who reserved, and what became of their claims: over a year. */
const CHANGES_AND_MONEY = [
  share('override_goods_share', 'goods_overrides', 'dispensings'),
  share('override_dose_share', 'dose_overrides', 'dispensings'),
  share('override_legal_basis_share', 'basis_overrides', 'dispensings'),
  share('override_unasked_share', 'unasked_overrides', 'overrides'),
  share('customer_reservation_share', 'customer_reservations', 'dispensings'),
  share('emergency_share', 'emergency_dispensings', 'dispensings'),
  share('paper_prescription_share', 'paper_dispensings', 'dispensings'),
  share('margin_share', 'margin_ore', 'margin_price_ore'),
  // What the rule engine did to a pharmacy's claims, as rule hits are for bills.
  ratio('claim_rejection_share', 'rules', 'rejected_bills', 'handled_bills', 'share', RULES, [12]),
  ratio('claim_cut_share', 'rules', 'not_approved_ore', 'handled_ore', 'share', RULES, [12]),
];

/** Prescriptions, and dispensings against them. */
export const PRESCRIBING_AND_DISPENSING = [
  total('prescriptions', 'prescriptions', 'prescriptions', 'prescriptions', PRESCRIBING, [12]),
  ratio(
    'generic_reservation_share',
    'prescriptions',
    'generic_reservations',
    'prescriptions',
    'share',
    PRESCRIBING,
    [12],
  ),
  ratio('migraine_share', 'prescriptions', 'migraine_prescriptions', 'prescriptions', 'share', PRESCRIBING, [12]),
  ratio('glp1_share', 'prescriptions', 'glp1_prescriptions', 'prescriptions', 'share', PRESCRIBING),
  ratio(
    'packages_per_prescription',
    'prescriptions',
    'prescribed_milli',
    'packaged_prescriptions_milli',
    'packages',
    PRESCRIBING,
    [12],
  ),
  ratio('repeatable_share', 'prescriptions', 'repeatable_prescriptions', 'prescriptions', 'share', PRESCRIBING, [12]),
  ratio('dispensed_over_prescribed', 'prescriptions', 'dispensed_milli', 'within_milli', 'ratio', PRESCRIBING),
  ratio('surplus_share', 'prescriptions', 'surplus_dispensings', 'dispensings', 'share', PRESCRIBING),
  ratio('override_share', 'prescriptions', 'overrides', 'dispensings', 'share', PRESCRIBING),
  ...CHANGES_AND_MONEY,
];
