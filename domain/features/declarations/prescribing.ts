import { PRESCRIBING, ratio, total } from '../declare';

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
    'prescribed_packages',
    'prescriptions',
    'packages',
    PRESCRIBING,
    [12],
  ),
  ratio('dispensed_over_prescribed', 'prescriptions', 'dispensed_packages', 'ordered_packages', 'ratio', PRESCRIBING),
  ratio('surplus_share', 'prescriptions', 'surplus_dispensings', 'dispensings', 'share', PRESCRIBING),
  ratio('override_share', 'prescriptions', 'overrides', 'dispensings', 'share', PRESCRIBING),
];
