import type { ArtifactStore } from '../platform/artifacts/store';
import type { StepUpTokenSource } from '../platform/auth/sign-in';
import type { VerifiedToken } from '../platform/auth/tokens';
import type { Db } from '../platform/postgres/connection';
import type { LifecycleClient } from './workflow-client';
import type { NotaryClient } from '../platform/signing/notary-client';

/** What a command of CLI or API works with. The token was verified by whoever built this. */
export interface RequestContext {
  readonly db: Db;
  readonly store: ArtifactStore;
  readonly temporal: LifecycleClient;
  readonly token: VerifiedToken;
  readonly notary: NotaryClient;
  /** Signs the same person in again, for one action. */
  readonly evidence: StepUpTokenSource;
  readonly clock: () => Date;
}
