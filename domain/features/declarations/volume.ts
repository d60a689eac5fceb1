import { BOTH, LONG, MIX, PATIENTS, ratio, RECORDING, SIZE, TIME, total, YEARS } from '../declare';

/** Bills, amounts, days and patients. */
export const VOLUME = [
  total('bills', 'bills', 'bills', 'bills', SIZE, YEARS, BOTH),
  total('amount', 'bills', 'amount_ore', 'øre', SIZE, YEARS, BOTH),
  total('days', 'days', 'days', 'days', SIZE, YEARS),
  total('patients', 'patients', 'patients', 'patients', SIZE, [1, 3, 6, 12], BOTH),
  total('credited', 'bills', 'credited_ore', 'øre', RECORDING, LONG),
  total('largest_bill', 'bills', 'largest_bill_ore', 'øre', SIZE, LONG, BOTH),
  ratio('amount_per_bill', 'bills', 'amount_ore', 'bills', 'øre', MIX, YEARS),
  ratio('amount_per_day', 'days', 'amount_ore', 'days', 'øre', SIZE, YEARS),
  ratio('bills_per_day', 'days', 'bills', 'days', 'bills', TIME, YEARS),
  ratio('bills_per_patient', 'patients', 'bills', 'patients', 'bills', PATIENTS, [3, 6, 12]),
  ratio('amount_per_patient', 'patients', 'amount_ore', 'patients', 'øre', MIX, [3, 6, 12]),
  ratio('frequent_patient_share', 'patients', 'patients_seen_often', 'patients', 'share', PATIENTS, [12]),
];
