import { randomUUID } from 'node:crypto';
import { signInAsService } from '../../platform/auth/sign-in';
import { canonical } from '../../platform/artifacts/hash';
import { storeStatement } from '../../platform/signing/statement-store';
import { append } from '../../platform/ledger/append';
import { PREDICATE } from '../../platform/signing/statements';
import { auditContextFor, prepared, type TestDatabase, type TestNotary } from './environment';

type Parts = Pick<TestDatabase, 'env' | 'db' | 'store'> & { readonly notary: TestNotary };

/** A registered and signed version without any training; its run names `trainer`. */
export async function signedTestVersion(t: Parts, slot: string, trainer = 'kari'): Promise<string> {
  const audit = await auditContextFor(t, trainer, 'run.start');
  const matrixId = randomUUID();
  const runId = randomUUID();
  const versionId = t.store.put(canonical({ format: 1, slot, nonce: randomUUID() }));
  const envelope = await t.notary.client.version({
    slot,
    versionId,
    runId,
    trainer: { issuer: t.env.OIDC_ISSUER, subject: trainer },
    recipe: {},
    runtime: {},
    serviceToken: await signInAsService(t.env, 'service-schedule'),
  });
  await prepared(t, audit, async (tx) => {
    const at = new Date();
    await tx('ml.matrix').insert({
      matrix_id: matrixId,
      recipe_sha256: matrixId,
      recipe: '{}',
      file_sha256: 'f',
      meta: JSON.stringify({ columns: [], baselines: {}, rows: 0, labeled: 0, positives: 0 }),
      made_at: at,
    });
    await tx('ml.training_run').insert({
      run_id: runId,
      action_id: audit.actionId,
      experiment: '{}',
      experiment_sha256: 'x',
      slot,
      state: 'finished',
      matrix_id: matrixId,
      version_id: versionId,
      started_at: at,
    });
    await tx('ml.model_version').insert({
      version_id: versionId,
      slot,
      family: 'logistic',
      run_id: runId,
      matrix_id: matrixId,
      recipe: '{}',
      selectable: true,
      registered_at: at,
    });
    await storeStatement(tx, { versionId, predicateType: PREDICATE.version, envelope, audit, at });
  });
  return versionId;
}

/** Gate results as the activity records them. */
export async function recordGates(t: Parts, requestId: string, passed = true): Promise<void> {
  const audit = await auditContextFor(t, 'kari', 'run.start');
  await t.db.transaction(async (tx) => {
    await tx('ml.gate_result').insert({ request_id: requestId, gate: 'enough-outcomes', passed, reason: 'test' });
    await append(
      tx,
      audit,
      { event: 'gates.passed', subject: { kind: 'promotion-request', id: requestId } },
      new Date(),
    );
  });
}
