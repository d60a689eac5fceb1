import type { Knex } from 'knex';
import * as ledger from './20261101090000_ledger';
import * as register from './20261101090100_register';
import * as control from './20261101090200_control';
import * as learning from './20261101090300_learning';
import * as promotion from './20261101090400_promotion';
import * as selection from './20261101090500_selection';
import * as registerNational from './20261122090000_register_national';
import * as leakageReport from './20261122100000_leak_certificate';
import * as roles from './20261122120000_roles';
import * as casesAndOperations from './20261122130000_cases_and_operations';
import * as bulkFacts from './20261122140000_bulk_facts';
import * as redaction from './20261122150000_redaction';
import * as evaluation from './20261122160000_evaluation';
import * as ledgerCoverage from './20261125090000_ledger_coverage';
import * as trust from './20261125100000_trust';
import * as lineage from './20261125110000_lineage';
import * as mirrorDeviation from './20261125120000_mirror_deviation';
import * as peopleSide from './20261125130000_people_side';
import * as search from './20261125140000_search';
import * as labelRevision from './20261125150000_label_revision';
import * as whatALineSays from './20261126090000_what_a_line_says';
import * as ledgerSearch from './20261126100000_ledger_search';
import * as gateWords from './20261126110000_gate_words';
import * as postDeploymentEvaluation from './20261126120000_follow_up';

/** All migrations in order. Listed by hand: the order is part of the product, and no folder is scanned at run time. */
const MIGRATIONS: Record<string, { up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> }> = {
  '20261101090000_ledger': ledger,
  '20261101090100_register': register,
  '20261101090200_control': control,
  '20261101090300_learning': learning,
  '20261101090400_promotion': promotion,
  '20261101090500_selection': selection,
  '20261122090000_register_national': registerNational,
  '20261122100000_leak_certificate': leakageReport,
  '20261122120000_roles': roles,
  '20261122130000_cases_and_operations': casesAndOperations,
  '20261122140000_bulk_facts': bulkFacts,
  '20261122150000_redaction': redaction,
  '20261122160000_evaluation': evaluation,
  '20261125090000_ledger_coverage': ledgerCoverage,
  '20261125100000_trust': trust,
  '20261125110000_lineage': lineage,
  '20261125120000_mirror_deviation': mirrorDeviation,
  '20261125130000_people_side': peopleSide,
  '20261125140000_search': search,
  '20261125150000_label_revision': labelRevision,
  '20261126090000_what_a_line_says': whatALineSays,
  '20261126100000_ledger_search': ledgerSearch,
  '20261126110000_gate_words': gateWords,
  '20261126120000_follow_up': postDeploymentEvaluation,
};

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => Promise.resolve(Object.keys(MIGRATIONS)),
  getMigrationName: (name) => name,
  getMigration: (name) => {
    const migration = MIGRATIONS[name];
    if (!migration) throw new Error(`no migration named ${name}`);
    return Promise.resolve(migration);
  },
};
