import { ACCOUNT, BOTH, CHANGE, CONTEXT, fact, OWNER, RECORDING, SHARED } from '../declare';

/** The provider itself: list, account, owner, substitutes. */
export const PROVIDER_FACTS = [
  fact('list_size', 'register', 'f.list_size', 'patients', CONTEXT, BOTH),
  fact('months_known', 'register', "date_diff('month', f.first_valid, f.as_of)", 'months', CONTEXT),
  fact('practice_changes', 'register', 'f.changes', 'changes', CHANGE),
  fact(
    'months_since_change',
    'register',
    "case when f.changes > 0 then date_diff('month', f.last_valid, f.as_of) end",
    'months',
    CHANGE,
  ),
  fact('same_account', 'network', 'f.same_account', 'providers', ACCOUNT),
  fact('same_owner', 'network', 'f.same_owner', 'providers', OWNER),
  fact('substitutes_known', 'register', 'f.substitutes', 'people', RECORDING),
];

/** Patients shared with other providers. These cost a join of patients, so they are timed separately. */
export const NETWORK = [
  fact('shared_patient_share', 'network', 'n.shared / nullif(n.patients, 0)::double', 'share', SHARED, BOTH),
  fact('top_partner_share', 'network', 'n.top_partner / nullif(n.patients, 0)::double', 'share', SHARED, BOTH),
];
