import type { ArtifactStore } from '../platform/artifacts/store';
import type { Db } from '../platform/postgres/connection';
import type { AuditContext } from '../platform/ledger/append';
import type { MlflowMirror } from '../platform/mlflow/mirror';
import type { MlflowReconciler } from '../platform/mlflow/reconcile';
import type { Notifier } from '../platform/notifications/notifier';
import type { NotaryClient } from '../platform/signing/notary-client';
import type { Trust } from '../platform/signing/trusted-keys';

/** What activities depend on; built once by the composition root and passed in. */
export interface ActivityDependencies {
  readonly db: Db;
  readonly store: ArtifactStore;
  readonly mirror: MlflowMirror;
  /** Signs the service account of schedules in and records its action. */
  readonly startServiceAction: (purpose: string) => Promise<AuditContext>;
  readonly mlflowReconciler: MlflowReconciler;
  readonly notifier: Notifier;
  readonly notary: NotaryClient;
  /** Pinned keys of the notary and of the identity provider; read when needed. */
  readonly trust: () => Trust;
  /** Token of a service account, for what the notary signs on behalf of services. */
  readonly serviceToken: () => Promise<string>;
  readonly clock: () => Date;
}
