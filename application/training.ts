import { randomUUID } from 'node:crypto';
import { conflict } from '../domain/errors';
import { slotKey } from '../domain/rules/slots';
import { beginAct } from '../platform/auth/audit-context';
import { findFinishedRun, getRun, insertRun, type RunInput, type TrainingRun } from '../platform/db/stores/runs';
import { append } from '../platform/ledger/append';
import { pinTable } from '../platform/matrices/table-matrix';
import type { Command } from './request-context';
import type { LoadedExperiment } from './experiments';

async function runInput(command: Pick<Command, 'store'>, { experiment, table }: LoadedExperiment): Promise<RunInput> {
  if (!table) return { experiment };
  return {
    experiment,
    table: {
      fileSha256: await pinTable(command.store, table.file),
      fileName: table.file.split('/').at(-1)!,
      mapping: table.mapping,
    },
  };
}

/** Records a training run and starts its workflow. */
export async function startRun(command: Command, loaded: LoadedExperiment): Promise<string> {
  const { db, token, clock } = command;
  const input = await runInput(command, loaded);
  const runId = randomUUID();
  const slot = slotKey(loaded.experiment.slot);
  const at = clock();
  const actId = await db.transaction(async (tx) => {
    const act = await beginAct(tx, token, 'run.start', `training ${loaded.experiment.name}`, at);
    const digest = await insertRun(tx, { runId, actId: act.actId, input, slot, at });
    await append(
      tx,
      act,
      { act: 'training-run.started', subject: { kind: 'training-run', id: runId }, after: digest },
      at,
    );
    return act.actId;
  });
  await command.temporal.startTraining({ runId, actId, slot, experiment: loaded.experiment.name });
  return runId;
}

/** The finished run of exactly this experiment and table, if there is one. */
export async function finishedRunOf(
  command: Pick<Command, 'db' | 'store'>,
  loaded: LoadedExperiment,
): Promise<TrainingRun | undefined> {
  return findFinishedRun(command.db, await runInput(command, loaded));
}

export async function cancelRun(command: Command, runId: string): Promise<void> {
  const run = await getRun(command.db, runId);
  if (run.state !== 'running') throw conflict(`run ${runId} is ${run.state} already`);
  await command.db.transaction(async (tx) => {
    const act = await beginAct(tx, command.token, 'run.cancel', `cancelling ${runId}`, command.clock());
    await append(
      tx,
      act,
      { act: 'training-run.cancel-asked', subject: { kind: 'training-run', id: runId } },
      command.clock(),
    );
  });
  await command.temporal.cancelTraining(runId);
}
