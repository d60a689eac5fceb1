import { conflict, notAllowed, notFound } from '../../domain/errors';
import { liveChampion } from '../../domain/rules/slot-state';
import type { ArtifactStore } from '../artifacts/store';
import type { Db, Tx } from '../postgres/connection';
import { interventionsOf } from './stores/interventions';
import { signedVersion, statementById, statementsOf } from '../signing/statement-store';
import { championHistory } from './stores/champions';
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
  const slotRows = { champions: await championHistory(db, slot), interventions: await interventionsOf(db, slot) };
  const { champion, problem } = liveChampion(slotRows, at);
  if (problem)
    throw notAllowed(
      `scoring of ${slot} is stopped: ${problem}`,
      '`utplukk slot interventions` shows it, and who has still to answer.',
    );
  if (!champion)
    throw notFound(
      `no version is live for ${slot}`,
      'Propose and approve one first: `utplukk promotion request <version>`.',
    );
  const { versionId, decisionId, liveFrom, requestId, statementId } = champion;
  const envelope = statementId ? await statementById(db, statementId) : undefined;
  if (!envelope)
    throw notAllowed(
      `version ${versionId.slice(0, 12)} has no signed two-person decision in ${slot}`,
      'Ask for its promotion anew.',
    );
  const signed = await verifyDecision(envelope, trust, { versionId, slot, requestId });
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
