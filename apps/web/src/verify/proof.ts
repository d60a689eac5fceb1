import './buffer-global';
import { leafHash, verifyInclusion } from '../../../../platform/ledger/merkle';

/** Whether an entry's bytes lead to the root of the checkpoint by the inclusion proof (RFC 6962, section 2.1.1). */
export function verifyEntryProof({
  seq,
  bytes,
  proof,
  checkpoint,
}: {
  seq: number;
  bytes: string;
  proof: readonly string[];
  checkpoint: { size: number; root: string };
}): boolean {
  const path = proof.map((hash) => Buffer.from(hash, 'hex'));
  return verifyInclusion(
    leafHash(Buffer.from(bytes, 'utf8')),
    seq - 1,
    checkpoint.size,
    path,
    Buffer.from(checkpoint.root, 'hex'),
  );
}
