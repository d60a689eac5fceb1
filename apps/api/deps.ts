import type { ArtifactStore } from '../../platform/artifacts/store';
import type { TokenVerifier } from '../../platform/auth/tokens';
import type { Db } from '../../platform/postgres/connection';
import type { Anchors } from '../../platform/ledger/verify';
import type { LifecycleClient } from '../../application/workflow-client';
import type { NotaryClient } from '../../platform/signing/notary-client';
import type { OidcSettings } from './http/oidc';
import type { Sessions } from './http/session';

/** What the API works with. */
export interface ApiDeps {
  readonly db: Db;
  /** The same database, for exports that stream on a connection of their own. */
  readonly databaseUrl: string;
  readonly store: ArtifactStore;
  readonly temporal: LifecycleClient;
  readonly notary: NotaryClient;
  /** Checkpoints outside the database; undefined where there are none. */
  readonly anchors: () => Anchors | undefined;
  readonly verify: TokenVerifier;
  readonly sessions: Sessions;
  readonly oidc: OidcSettings;
  readonly rateLimit: number;
  /** Addresses or ranges of proxies whose X-Forwarded-For counts; none where undefined. */
  readonly trustProxy?: readonly string[] | undefined;
  /** Folder of the built pages; undefined where they were not built. */
  readonly web: string | undefined;
  /** Pages of other servers that a person may go on to. */
  readonly links: { readonly temporal: string | undefined; readonly mlflow: string | undefined };
  readonly clock: () => Date;
}
