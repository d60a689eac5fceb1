import type { ActivityDependencies } from '../activities/deps';
import { ArtifactStore } from '../platform/artifacts/store';
import { startAuditedAction } from '../platform/auth/audit-context';
import { signInAsService } from '../platform/auth/sign-in';
import { tokenVerifier } from '../platform/auth/tokens';
import type { Env } from '../platform/config/env';
import { connect } from '../platform/postgres/connection';
import { append } from '../platform/ledger/append';
import { Mlflow } from '../platform/mlflow/client';
import { MlflowMirror } from '../platform/mlflow/mirror';
import { MlflowReconciler } from '../platform/mlflow/reconcile';
import { notifierFrom } from '../platform/notifications/notifier';
import { NotaryClient } from '../platform/signing/notary-client';
import { readTrustedKeys } from '../platform/signing/trusted-keys';

/** Composition root: builds what activities, CLI and API work with. */
export function compose(
  env: Env,
  { connections = 8 }: { connections?: number } = {},
): ActivityDependencies & { close(): Promise<void> } {
  const db = connect(env.DATABASE_URL, connections);
  const store = new ArtifactStore(env.UTPLUKK_STORE);
  const mirror = new MlflowMirror(new Mlflow(env.MLFLOW_TRACKING_URI), db, store);
  const verify = tokenVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE });
  return {
    db,
    store,
    mirror,
    mlflowReconciler: new MlflowReconciler(mirror, db),
    notifier: notifierFrom(env.UTPLUKK_NOTIFY, env.UTPLUKK_APPROVERS),
    startServiceAction: async (purpose) => {
      const token = await verify(await signInAsService(env, 'service-schedule'));
      return db.transaction(async (tx) => {
        const audit = await startAuditedAction(tx, token, 'rescore.start', purpose);
        await append(
          tx,
          audit,
          { event: 'action.started', subject: { kind: 'action', id: audit.actionId } },
          new Date(),
        );
        return audit;
      });
    },
    notary: new NotaryClient(env.UTPLUKK_NOTARY),
    trust: () => readTrustedKeys(env.UTPLUKK_TRUST),
    serviceToken: () => signInAsService(env, 'service-schedule'),
    clock: () => new Date(),
    close: () => db.destroy(),
  };
}
