/**
 * Tables of which every row is in the ledger by its digest. Triggers of the migrations record changes of exactly these
 * tables: a test compares the two lists, and the documentation lists them.
 */
export interface AuditedTable {
  readonly table: string;
  readonly key: readonly string[];
  /** Columns that can be erased, and so are left out of the digest. */
  readonly without?: readonly string[];
}

export const AUDITED_TABLES: readonly AuditedTable[] = [
  { table: 'aud.principal', key: ['principal_id'] },
  { table: 'aud.action', key: ['action_id'] },
  { table: 'aud.reason', key: ['reason_id'], without: ['reason_text', 'salt'] },
  { table: 'aud.access', key: ['access_id'] },
  { table: 'core.load_batch', key: ['batch_id'] },
  { table: 'ml.snapshot', key: ['snapshot_id'] },
  { table: 'ml.label_set', key: ['label_set_id'] },
  { table: 'ml.label_revision', key: ['label_set_id', 'revised_by'] },
  { table: 'ml.matrix', key: ['matrix_id'] },
  { table: 'ml.training_run', key: ['run_id'] },
  { table: 'ml.trial', key: ['run_id', 'family', 'trial'] },
  { table: 'ml.fold_result', key: ['run_id', 'fold', 'family'] },
  { table: 'ml.leakage_report', key: ['run_id'] },
  { table: 'ml.leakage_reason', key: ['run_id', 'principal_id'] },
  { table: 'ml.model_version', key: ['version_id'] },
  { table: 'ml.post_deployment_evaluation', key: ['evaluation_id'] },
  { table: 'ml.statement', key: ['statement_id'] },
  { table: 'ml.promotion_request', key: ['request_id'] },
  { table: 'ml.gate_result', key: ['request_id', 'gate'] },
  { table: 'ml.gate_waiver', key: ['request_id', 'gate', 'principal_id'] },
  { table: 'ml.decision', key: ['decision_id'] },
  { table: 'ml.champion', key: ['slot', 'seq'] },
  { table: 'ml.intervention', key: ['intervention_id'] },
  { table: 'ml.intervention_answer', key: ['intervention_id', 'principal_id'] },
  { table: 'ml.redaction', key: ['redaction_id'] },
  { table: 'ml.mirror_deviation', key: ['deviation_id'] },
  { table: 'sel.scoring_run', key: ['scoring_id'] },
  { table: 'sel.list', key: ['list_id'] },
  { table: 'sel.sign_off', key: ['sign_off_id'] },
  { table: 'sel.assessment', key: ['list_id', 'entity', 'principal_id'] },
];
