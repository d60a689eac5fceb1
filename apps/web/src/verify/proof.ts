import './buffer-global';
import { leafHash, verifyInclusion } from '../../../../platform/ledger/merkle';

/** Whether an entry's bytes lead to the root of the checkpoint, by the proof that came along (RFC 6962). */
export function proofHolds({
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
