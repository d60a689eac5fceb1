import type { ArtifactStore } from '../artifacts/store';
import type { EvidenceOf } from '../auth/sign-in';
import type { VerifiedToken } from '../auth/tokens';
import type { Db } from '../db/connection';
import type { LifecycleClient } from '../temporal/lifecycle-client';
import type { NotaryClient } from '../trust/notary-client';

/** What a command of CLI or API works with. The token was verified by whoever built this. */
export interface Command {
  readonly db: Db;
  readonly store: ArtifactStore;
  readonly temporal: LifecycleClient;
  readonly token: VerifiedToken;
  readonly notary: NotaryClient;
  /** Signs the same person in again, for one act. */
  readonly evidence: EvidenceOf;
  readonly clock: () => Date;
}
