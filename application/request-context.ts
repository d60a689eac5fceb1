import type { ArtifactStore } from '../platform/artifacts/store';
import type { StepUpTokenSource } from '../platform/auth/sign-in';
import type { VerifiedToken } from '../platform/auth/tokens';
import type { Db } from '../platform/postgres/connection';
import type { LifecycleClient } from './workflow-client';
import type { NotaryClient } from '../platform/signing/notary-client';

/** What the application layer works with, for one request of CLI or API. The token is verified. */
export interface RequestContext {
  readonly db: Db;
  readonly store: ArtifactStore;
  readonly temporal: LifecycleClient;
  readonly token: VerifiedToken;
  readonly notary: NotaryClient;
  /** Signs the same person in again, to confirm one action. */
  readonly stepUpToken: StepUpTokenSource;
  readonly clock: () => Date;
}
