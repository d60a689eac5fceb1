import type { FamilySpec } from '../../../domain/families';
import type { Db, Tx } from '../../postgres/connection';

export interface Trial {
  readonly family: FamilySpec['family'];
  readonly trial: number;
  readonly settings: FamilySpec;
  readonly validationLoss: number;
  readonly averagePrecision: number;
  readonly result: { readonly rows: number; readonly findings: number; readonly chosen: readonly unknown[] };
}

interface Row {
  family: FamilySpec['family'];
  trial: number;
  settings: FamilySpec;
  validation_loss: number;
  average_precision: number;
  result: Trial['result'];
}

/** All settings that a run tried, the best of each family first; equal ones in the order of their numbers. */
export async function trialsOf(db: Db | Tx, runId: string): Promise<Trial[]> {
  const rows = await db('ml.trial')
    .where({ run_id: runId })
    .orderBy(['family', 'validation_loss', 'trial'])
    .select<Row[]>('*');
  return rows.map((row) => ({
    family: row.family,
    trial: row.trial,
    settings: row.settings,
    validationLoss: row.validation_loss,
    averagePrecision: row.average_precision,
    result: row.result,
  }));
}

/** The setting of a family that did best; undefined where none was tried. */
export const bestTrial = async (db: Db | Tx, runId: string, family: FamilySpec['family']): Promise<Trial | undefined> =>
  (await trialsOf(db, runId)).find((trial) => trial.family === family);
