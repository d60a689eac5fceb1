import type { FamilySpec } from '../../../domain/families';
import { digestOf } from '../../artifacts/hash';
import { recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';

/** What a trial measured on the validation parts of the first fold's training rows. */
export interface TrialOutcome {
  readonly validationLoss: number;
  readonly averagePrecision: number;
  readonly rows: number;
  readonly findings: number;
  /** Hyperparameters that the fit of each split selected. */
  readonly selected: readonly unknown[];
}

export interface Trial {
  readonly family: FamilySpec['family'];
  readonly trial: number;
  readonly settings: FamilySpec;
  readonly validationLoss: number;
  readonly averagePrecision: number;
  readonly result: Pick<TrialOutcome, 'rows' | 'findings' | 'selected'>;
}

interface Row {
  family: FamilySpec['family'];
  trial: number;
  settings: FamilySpec;
  validation_loss: number;
  average_precision: number;
  result: Trial['result'];
}

/** All trials of a run, the best of each family first; ties in the order of their numbers. */
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

/** The trial of a family with the lowest validation loss; undefined where none was run. */
export const bestTrial = async (db: Db | Tx, runId: string, family: FamilySpec['family']): Promise<Trial | undefined> =>
  (await trialsOf(db, runId)).find((trial) => trial.family === family);

/** Validation loss of a trial that has been run. */
export async function trialLoss(
  db: Db,
  { runId, family, trial }: { runId: string; family: string; trial: number },
): Promise<number | undefined> {
  const row = await db('ml.trial')
    .where({ run_id: runId, family, trial })
    .first<{ validation_loss: number } | undefined>('validation_loss');
  return row?.validation_loss;
}

/** Records a trial once. */
export async function recordTrial(
  db: Db,
  done: {
    actionId: string;
    runId: string;
    family: string;
    trial: number;
    settings: FamilySpec;
    result: TrialOutcome;
    at: Date;
  },
): Promise<void> {
  const { runId, family, trial, settings, result } = done;
  const { validationLoss, averagePrecision, ...rest } = result;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.trial',
      rows: [
        {
          run_id: runId,
          family,
          trial,
          settings: JSON.stringify(settings),
          validation_loss: validationLoss,
          average_precision: averagePrecision,
          result: JSON.stringify(rest),
          tried_at: done.at,
        },
      ],
      audit: done.actionId,
      entry: {
        event: 'trial.fitted',
        subject: { kind: 'trial', id: `${runId}/${family}/${trial}` },
        after: digestOf({ settings, result }),
      },
      at: done.at,
    }),
  );
}
