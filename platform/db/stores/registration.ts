import { canonical } from '../../artifacts/hash';
import { append } from '../../ledger/append';
import { auditContextOf, insertNew } from '../../ledger/record';
import type { Db } from '../../postgres/connection';
import type { Envelope } from '../../signing/dsse';
import { storeStatement } from '../../signing/statement-store';
import { PREDICATE } from '../../signing/statements';
import { toMirror } from './mirror-outbox';
import type { TrainingRun } from './runs';
import type { VersionBundle } from './versions';

/**
 * Registers a frozen version and links the run to it. An equal run ends in the same version: then only the link is new.
 * @param statement the notary's signature, if the version has none yet
 */
export async function recordVersion(
  db: Db,
  run: Pick<TrainingRun, 'runId' | 'slot' | 'actionId'>,
  version: {
    readonly versionId: string;
    readonly bundle: VersionBundle;
    /** False for a version that only serves to study effects: it can never be promoted. */
    readonly selectable: boolean;
    readonly statement: Envelope | undefined;
  },
  at: Date,
): Promise<void> {
  const { versionId, bundle, statement } = version;
  await db.transaction(async (tx) => {
    const inserted = await insertNew(tx, 'ml.model_version', [
      {
        version_id: versionId,
        slot: run.slot,
        family: bundle.family,
        run_id: run.runId,
        matrix_id: bundle.recipe.matrixId,
        recipe: canonical(bundle.recipe),
        selectable: version.selectable,
        registered_at: at,
      },
    ]);
    const audit = await auditContextOf(tx, run.actionId);
    if (statement)
      await storeStatement(tx, { versionId, predicateType: PREDICATE.version, envelope: statement, audit, at });
    const linked = await tx('ml.training_run')
      .where({ run_id: run.runId })
      .whereNull('version_id')
      .update({ version_id: versionId });
    if (inserted === 0 && linked === 0 && !statement) return;
    if (inserted === 1) await toMirror(tx, 'version', versionId);
    const event = inserted === 1 ? 'model-version.registered' : 'model-version.found-again';
    await append(tx, audit, { event, subject: { kind: 'model-version', id: versionId }, after: versionId }, at);
  });
}
