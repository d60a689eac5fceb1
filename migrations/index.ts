import type { Knex } from 'knex';
import * as ledger from './20261129090000_ledger';
import * as referenceAndLoading from './20261129090100_reference_and_loading';
import * as providersAndPatients from './20261129090200_providers_and_patients';
import * as bills from './20261129090300_bills';
import * as prescriptions from './20261129090310_prescriptions';
import * as controlCases from './20261129090400_control_cases';
import * as learning from './20261129090500_learning';
import * as promotion from './20261129090600_promotion';
import * as selection from './20261129090700_selection';
import * as lineage from './20261129090800_lineage';
import * as operationsAndAccess from './20261129090900_operations_and_access';
import * as rolesAndGrants from './20261129091000_roles_and_grants';

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** All migrations in order. Listed by hand: the order is part of the product, and no folder is scanned at run time. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '20261129090000_ledger': ledger,
  '20261129090100_reference_and_loading': referenceAndLoading,
  '20261129090200_providers_and_patients': providersAndPatients,
  '20261129090300_bills': bills,
  '20261129090310_prescriptions': prescriptions,
  '20261129090400_control_cases': controlCases,
  '20261129090500_learning': learning,
  '20261129090600_promotion': promotion,
  '20261129090700_selection': selection,
  '20261129090800_lineage': lineage,
  '20261129090900_operations_and_access': operationsAndAccess,
  '20261129091000_roles_and_grants': rolesAndGrants,
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
