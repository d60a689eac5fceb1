import type { ExplanationQueue } from '../../application/explanation-queue';
import type { LifecycleClient } from '../../application/workflow-client';
import type { ArtifactStore } from '../../platform/artifacts/store';
import type { TokenVerifier } from '../../platform/auth/tokens';
import type { Anchors } from '../../platform/ledger/verify';
import type { Db } from '../../platform/postgres/connection';
import type { NotaryClient } from '../../platform/signing/notary-client';
import type { OidcSettings } from './http/oidc';
import type { Sessions } from './http/session';
import type { RefundTotals } from './routes/refund-totals';

/** What the API works with; built once by server.ts. */
export interface ApiDeps {
  readonly db: Db;
  /** The same database, for exports that stream on a connection of their own. */
  readonly databaseUrl: string;
  readonly store: ArtifactStore;
  readonly temporal: LifecycleClient;
  readonly notary: NotaryClient;
  /** Explanations computed for pages, a bounded number at a time. */
  readonly explanations: ExplanationQueue;
  readonly refundTotals: RefundTotals;
  /** Checkpoints outside the database; undefined before the notary's first run. */
  readonly anchors: () => Anchors | undefined;
  readonly verify: TokenVerifier;
  readonly sessions: Sessions;
  readonly oidc: OidcSettings;
  /** Requests a minute that one principal may make. */
  readonly rateLimit: number;
  /** Addresses or ranges of proxies whose X-Forwarded-For is trusted; none where undefined. */
  readonly trustProxy?: readonly string[] | undefined;
  /** Folder of the built pages; undefined where they were not built. */
  readonly web: string | undefined;
  /** Folder of the built documentation; undefined where `npm run docs` has not made it. */
  readonly docs?: string | undefined;
  /** Addresses of other servers that pages link to. */
  readonly links: { readonly temporal: string | undefined; readonly mlflow: string | undefined };
  readonly clock: () => Date;
}
