import { estimateText } from '../../domain/cards/format';
import { NO_VALUE_TEXTS } from '../../domain/schemas/evaluation';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { verifyCheckpoint } from '../ledger/checkpoint';
import { leafHash, verifyInclusion } from '../ledger/merkle';
import { type Envelope, envelopeSchema, verifyEnvelope } from './dsse';
import {
  verifyDecision,
  verifyLabelCorrection,
  verifyPostDeploymentStatement,
  verifyRequest,
  verifyVersion,
  PREDICATE,
} from './statements';
import type { Trust } from './trusted-keys';

export const VERSION_FORMAT = 'utplukk-version/1';

/**
 * One file with a version's bundle and its files, all signed statements about it, and proofs that its entries are in
 * the ledger.
 */
export const versionFileSchema = z.strictObject({
  format: z.literal(VERSION_FORMAT),
  versionId: z.string(),
  slot: z.string(),
  bundle: z.base64(),
  files: z.record(z.string(), z.base64()),
  statements: z.array(envelopeSchema),
  checkpoint: z.string(),
  entries: z.array(z.strictObject({ index: z.number(), bytes: z.base64(), proof: z.array(z.base64()) })),
});
export type VersionFile = z.infer<typeof versionFileSchema>;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface VersionVerdict {
  readonly versionId: string;
  readonly statements: readonly string[];
  readonly entries: number;
  readonly problems: readonly string[];
}

/** Verifies an exported version from the file and the verifier's trusted keys alone. */
export async function verifyVersionFile(file: VersionFile, trust: Trust): Promise<VersionVerdict> {
  const problems: string[] = [];
  const attempt = async <T>(what: string, work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  };
  if (sha256(Buffer.from(file.bundle, 'base64')) !== file.versionId)
    problems.push(`the bundle's bytes are not those of version ${file.versionId}`);
  for (const [sha, bytes] of Object.entries(file.files))
    if (sha256(Buffer.from(bytes, 'base64')) !== sha) problems.push(`file ${sha} in the bundle was changed`);
  for (const sha of namesIn(Buffer.from(file.bundle, 'base64').toString()))
    if (!(sha in file.files)) problems.push(`file ${sha} of the bundle is missing`);
  const statements: string[] = [];
  for (const envelope of file.statements) {
    const said = await attempt('a statement', () => checkStatement(envelope, file, trust));
    if (said) statements.push(said);
  }
  const checkpoint = await attempt('the checkpoint', () => verifyCheckpoint(file.checkpoint, trust.notaryKeys));
  for (const { index, bytes, proof } of checkpoint ? file.entries : []) {
    const raw = Buffer.from(bytes, 'base64');
    const path = proof.map((hash) => Buffer.from(hash, 'base64'));
    if (!verifyInclusion(leafHash(raw), index, checkpoint!.size, path, checkpoint!.root))
      problems.push(`entry ${index + 1} is not in the ledger that was anchored at ${checkpoint!.at}`);
  }
  return { versionId: file.versionId, statements, entries: file.entries.length, problems };
}

async function checkStatement(
  envelope: Envelope,
  { versionId, slot, files }: VersionFile,
  trust: Trust,
): Promise<string> {
  const statement = verifyEnvelope(envelope, trust.notaryKeys);
  const { requestId = '' } = statement.predicate as { requestId?: string };
  if (statement.predicateType === PREDICATE.version)
    return `registered ${verifyVersion(envelope, trust, versionId).at}`;
  if (statement.predicateType === PREDICATE.request) {
    const { predicate } = await verifyRequest(envelope, trust, { versionId, slot, requestId });
    return `requested by ${predicate.requester.subject} at ${predicate.at}`;
  }
  if (statement.predicateType === PREDICATE.decision) {
    const decision = await verifyDecision(envelope, trust, { versionId, slot, requestId });
    return (
      `${decision.verdict} by ${decision.decider.subject} at ${decision.at}, requested by ` +
      `${decision.requester.subject}`
    );
  }
  if (statement.predicateType === PREDICATE.labelCorrection) {
    const { at, rows, toFinding, fromFinding, unsettled } = verifyLabelCorrection(envelope, trust, versionId);
    const changes = `${toFinding} became findings, ${fromFinding} are no longer findings, ${unsettled} have no label`;
    return `labels corrected by ${at}: of ${rows}, ${changes}`;
  }
  if (statement.predicateType === PREDICATE.postDeploymentEvaluation) {
    const {
      asOf,
      rows,
      findings,
      averagePrecision: ap,
      documentSha256,
    } = verifyPostDeploymentStatement(envelope, trust, versionId);
    if (!(documentSha256 in files))
      throw new Error(`file ${documentSha256} of the post-deployment evaluation as of ${asOf} is missing`);
    const interval = ap ? estimateText(ap) : NO_VALUE_TEXTS.en['no-findings'];
    return (
      `evaluated on ${rows} new outcomes as of ${asOf}, ` +
      `${findings} of them findings: average precision ${interval}`
    );
  }
  return statement.predicateType;
}

/** Hashes of the files that a bundle refers to: model, weights, card, evaluation. */
export function namesIn(bundle: string): string[] {
  const { model, weights, card } = JSON.parse(bundle) as {
    model?: string;
    weights?: string;
    card?: Record<string, string>;
  };
  return [model, weights, ...Object.values(card ?? {})].filter((sha) => sha !== undefined);
}
