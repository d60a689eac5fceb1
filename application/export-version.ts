import fs from 'node:fs';
import { notFound } from '../domain/errors';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { Db } from '../platform/postgres/connection';
import { postDeploymentEvaluationsOf } from '../platform/db/stores/post-deployment-evaluation';
import { statementsOf } from '../platform/signing/statement-store';
import { getVersion } from '../platform/db/stores/versions';
import { entryProofs } from '../platform/ledger/proofs';
import { readCheckpoint } from '../platform/ledger/checkpointer';
import type { Anchors } from '../platform/ledger/verify';
import { namesIn, VERSION_FORMAT, type VersionFile } from '../platform/signing/version-file';

const CHECKPOINT = 'checkpoint';

/**
 * Writes one file with everything about a version, for the stand-alone verifier: bundle and files, all signed
 * statements, and its ledger entries with inclusion proofs.
 * @param id the version's id or its first characters
 * @param out path of the file
 * @throws UtplukkError NotFound for no such version, or before the first checkpoint
 */
export async function exportVersion(
  { db, store }: { db: Db; store: ArtifactStore },
  anchors: Anchors,
  id: string,
  out: string,
): Promise<{ versionId: string; statements: number; entries: number }> {
  const { versionId, slot } = await getVersion(db, id);
  const latest = readCheckpoint(anchors.anchor, anchors.keys);
  if (!latest)
    throw notFound(
      'no checkpoint has been signed yet',
      'Try again in a minute, or see whether the notary runs: `utplukk doctor`.',
    );
  const bundle = store.get(versionId);
  const requests = await db('ml.promotion_request').where({ version_id: versionId }).pluck<string[]>('request_id');
  const postDeploymentEvaluations = await postDeploymentEvaluationsOf(db, versionId);
  const entries = await entryProofs(db, anchors.anchor, latest.size, [
    versionId,
    ...requests,
    ...postDeploymentEvaluations.map(({ evaluationId }) => evaluationId),
  ]);
  const named = [
    ...namesIn(bundle.toString()),
    ...postDeploymentEvaluations.map(({ documentSha256 }) => documentSha256),
  ];
  const file: VersionFile = {
    format: VERSION_FORMAT,
    versionId,
    slot,
    bundle: bundle.toString('base64'),
    files: Object.fromEntries(named.map((sha) => [sha, store.get(sha).toString('base64')])),
    statements: (await statementsOf(db, versionId)).map(({ envelope }) => envelope),
    checkpoint: anchors.anchor.read(CHECKPOINT)!.toString('utf8'),
    entries: entries.map(({ index, bytes, proof }) => ({
      index,
      bytes: bytes.toString('base64'),
      proof: proof.map((hash) => hash.toString('base64')),
    })),
  };
  fs.writeFileSync(out, `${JSON.stringify(file)}\n`);
  return { versionId, statements: file.statements.length, entries: entries.length };
}
