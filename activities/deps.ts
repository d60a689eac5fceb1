import type { ArtifactStore } from '../platform/artifacts/store';
import type { Db } from '../platform/db/connection';
import type { ActRef } from '../platform/ledger/ledger';
import type { MlflowMirror } from '../platform/mlflow/mirror';

/** What activities work with; built once by the composition root and handed in. */
export interface Deps {
  readonly db: Db;
  readonly store: ArtifactStore;
  readonly mirror: MlflowMirror;
  /** Signs the schedule's service account in and records its act. */
  readonly beginServiceAct: (purpose: string) => Promise<ActRef>;
  readonly clock: () => Date;
}
