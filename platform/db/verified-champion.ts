import { conflict, notAllowed, notFound } from '../../domain/errors';
import { scoringProblem } from '../../domain/rules/interventions';
import type { ArtifactStore } from '../artifacts/store';
import type { Db, Tx } from '../postgres/connection';
import { interventionsOf } from './stores/interventions';
import { signedVersion, statementById, statementsOf } from '../signing/statement-store';
import { championOf } from './stores/champions';
import { verifyDecision, verifyVersion, PREDICATE } from '../signing/statements';
import type { Trust } from '../signing/trusted-keys';

/** The version that scoring may load, with everything checked that makes it so. */
export interface VerifiedChampion {
  readonly versionId: string;
  readonly decisionId: string;
  readonly liveFrom: Date;
}

/**
 * The champion of a slot, verified before scoring loads it. Neither the workflow that promoted it nor the rows of the
 * database are trusted; checked are the two-person decision signed by the notary, both people's tokens against pinned
 * keys, the signed registration, revocations, interventions, and the bundle's bytes against the version's digest.
 * @throws UtplukkError naming the check that failed
 */
export async function verifiedChampion(
  { db, store, trust }: { db: Db | Tx; store: ArtifactStore; trust: Trust },
  slot: string,
  at: Date,
): Promise<VerifiedChampion> {
  const champion = await championOf(db, slot);
  if (!champion)
    throw notFound(
      `no version is live for ${slot}`,
      'Propose and approve one first: `utplukk promotion request <version>`.',
    );
  const { versionId, decisionId, liveFrom } = champion;
  const stopped = scoringProblem(await interventionsOf(db, slot), at);
  if (stopped)
    throw notAllowed(
      `scoring of ${slot} is stopped: ${stopped}`,
      '`utplukk slot interventions` shows it, and who has still to answer.',
    );
  const decision = await db('ml.decision as d')
    .join('ml.promotion_request as r', 'r.request_id', 'd.request_id')
    .where({ decision_id: decisionId })
    .first<{ request_id: string; statement_id: string | null } | undefined>('d.request_id', 'd.statement_id');
  const envelope = decision?.statement_id ? await statementById(db, decision.statement_id) : undefined;
  if (!decision || !envelope)
    throw notAllowed(
      `version ${versionId.slice(0, 12)} has no signed two-person decision in ${slot}`,
      'Ask for its promotion anew.',
    );
  const signed = await verifyDecision(envelope, trust, { versionId, slot, requestId: decision.request_id });
  if (signed.verdict !== 'approved')
    throw notAllowed(`the signed decision about version ${versionId.slice(0, 12)} is a refusal`);
  const registered = verifyVersion(await signedVersion(db, versionId), trust, versionId);
  if (registered.slot !== slot)
    throw conflict(`version ${versionId.slice(0, 12)} was registered for ${registered.slot}`);
  if ((await statementsOf(db, versionId, PREDICATE.revocation)).length > 0)
    throw notAllowed(`version ${versionId.slice(0, 12)} was revoked`, 'Promote another version.');
  store.getJson(versionId); // the bundle's bytes against its name
  return { versionId, decisionId, liveFrom };
}
