import './buffer-global';
import { type ExportVerdict, ExportVerifier, linesOf } from '../../../../platform/ledger/export-verifier';

export interface VerifyJob {
  readonly file: File;
  /** The notary's public key in base64; where it is empty, the key that the file names is used. */
  readonly key: string;
}
export type VerifyReply =
  /** Everything that verifying needs is loaded. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly entries: number; readonly share: number }
  | { readonly kind: 'done'; readonly verdict: ExportVerdict; readonly publicKey: string; readonly seconds: number }
  | { readonly kind: 'failed'; readonly message: string };

const reply = (message: VerifyReply): void => postMessage(message);
/** Lines between two reports of progress. */
const PROGRESS_LINES = 5000;

/** Reads the file in chunks; it never leaves this computer. */
async function* chunksOf(file: File, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
    onRead(bytes);
    yield value;
  }
}

async function verifyFile({ file, key }: VerifyJob): Promise<void> {
  const startedAt = performance.now();
  let bytesRead = 0;
  let lines = 0;
  let verifier: ExportVerifier | undefined;
  let publicKey = key.trim();
  for await (const line of linesOf(chunksOf(file, (bytes) => (bytesRead = bytes)))) {
    if (!verifier) {
      const keyOfFile = ((JSON.parse(line.toString()) as { keys?: string[] }).keys ?? [])[0];
      publicKey ||= keyOfFile ?? '';
      verifier = new ExportVerifier([Buffer.from(publicKey, 'base64')]);
    }
    verifier.line(line);
    if (++lines % PROGRESS_LINES === 0) reply({ kind: 'progress', entries: lines, share: bytesRead / file.size });
  }
  if (!verifier) throw new Error('the file is empty');
  reply({ kind: 'done', verdict: verifier.end(), publicKey, seconds: (performance.now() - startedAt) / 1000 });
}

onmessage = ({ data }: MessageEvent<VerifyJob>) => {
  verifyFile(data).catch((error: unknown) =>
    reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
};
reply({ kind: 'ready' });
