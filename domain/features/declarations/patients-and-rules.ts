import { CONTEXT, PATIENTS, ratio, RECORDING, RULES, total, YEARS } from '../declare';

/** Whom bills are for, what the rule engine stopped, and how bills are submitted. */
export const PATIENTS_AND_RULES = [
  ratio('dead_patient_share', 'patients', 'dead_patient_bills', 'bills', 'share', PATIENTS),
  ratio('abroad_patient_share', 'patients', 'abroad_patient_bills', 'bills', 'share', PATIENTS),
  ratio('own_list_share', 'patients', 'own_list_bills', 'bills', 'share', PATIENTS),
  ratio('other_list_share', 'patients', 'other_list_bills', 'bills', 'share', PATIENTS),
  ratio('other_municipality_share', 'patients', 'other_municipality_bills', 'bills', 'share', PATIENTS),
  ratio('no_diagnosis_share', 'bills', 'no_diagnosis_bills', 'bills', 'share', RECORDING, [12]),
  ratio('mental_share', 'bills', 'mental_bills', 'bills', 'share', CONTEXT, [12]),
  total('rule_hits', 'rules', 'rule_hits', 'hits', RULES, YEARS),
  ratio('rule_hits_per_bill', 'rules', 'rule_hits', 'sent_bills', 'hits', RULES, YEARS),
  ratio('rejection_share', 'rules', 'rejections', 'sent_bills', 'share', RULES),
  ratio('rejected_amount_share', 'rules', 'rejected_ore', 'amount_ore', 'share', RULES),
  ratio('hits_per_rejection', 'rules', 'rule_hits', 'rejections', 'times', RULES, [12]),
  ratio('credit_share', 'bills', 'credits', 'sent_bills', 'share', RECORDING),
  ratio('submit_lag_days', 'bills', 'lag_days', 'sent_bills', 'days', RECORDING),
  ratio('late_share', 'bills', 'late_bills', 'sent_bills', 'share', RECORDING),
  ratio('exempt_share', 'bills', 'exempt_bills', 'bills', 'share', RECORDING),
  ratio('copay_free_share', 'bills', 'copay_free_bills', 'bills', 'share', RECORDING),
];
