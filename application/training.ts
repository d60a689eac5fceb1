import { randomUUID } from 'node:crypto';
import { conflict } from '../domain/errors';
import { slotKey } from '../domain/rules/slots';
import { startAuditedAction } from '../platform/auth/audit-context';
import { findFinishedRun, getRun, insertRun, type RunInput, type TrainingRun } from '../platform/db/stores/runs';
import { append } from '../platform/ledger/append';
import { recordAction } from './audited-action';
import { storeTable } from '../platform/matrices/table-matrix';
import type { RequestContext } from './request-context';
import type { LoadedExperiment } from './experiments';

/** What identifies a run: its experiment, and the stored table it trains on. */
async function runInput(
  context: Pick<RequestContext, 'store'>,
  { experiment, table }: LoadedExperiment,
): Promise<RunInput> {
  if (!table) return { experiment };
  return {
    experiment,
    table: {
      fileSha256: await storeTable(context.store, table.file),
      fileName: table.file.split('/').at(-1)!,
      mapping: table.mapping,
    },
  };
}

/**
 * Records a training run and starts its workflow.
 * @returns the run's id
 */
export async function startRun(context: RequestContext, loaded: LoadedExperiment): Promise<string> {
  const { db, token, clock } = context;
  const { name } = loaded.experiment;
  const input = await runInput(context, loaded);
  const runId = randomUUID();
  const slot = slotKey(loaded.experiment.slot);
  const at = clock();
  const actionId = await db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, token, 'run.start', `training ${name}`, at);
    const digest = await insertRun(tx, { runId, actionId: audit.actionId, input, slot, at });
    const subject = { kind: 'training-run', id: runId };
    await append(tx, audit, { event: 'training-run.started', subject, after: digest }, at);
    return audit.actionId;
  });
  await context.temporal.startTraining({ runId, actionId, slot, experiment: name });
  return runId;
}

/** The latest finished run of exactly this experiment and table, if there is one. */
export async function finishedRunOf(
  context: Pick<RequestContext, 'db' | 'store'>,
  loaded: LoadedExperiment,
): Promise<TrainingRun | undefined> {
  return findFinishedRun(context.db, await runInput(context, loaded));
}

/** Asks the workflow of a run to stop. @throws UtplukkError NotFound, Conflict for a run that has ended */
export async function cancelRun(context: RequestContext, runId: string): Promise<void> {
  const run = await getRun(context.db, runId);
  if (run.state !== 'running') throw conflict(`run ${runId} is ${run.state} already`);
  await recordAction(context, 'run.cancel', `cancelling ${runId}`, {
    event: 'training-run.cancel-requested',
    subject: { kind: 'training-run', id: runId },
  });
  await context.temporal.cancelTraining(runId);
}
