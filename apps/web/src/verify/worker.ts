import './buffer-global';
import { ExportVerifier, type ExportVerdict, linesOf } from '../../../../platform/ledger/export-verifier';

export interface VerifyJob {
  readonly file: File;
  /** Notary's public key in base64; the key that the file names, when it is empty. */
  readonly key: string;
}
export type VerifyReply =
  /** Everything that verifying needs is loaded. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly entries: number; readonly share: number }
  | { readonly kind: 'done'; readonly verdict: ExportVerdict; readonly believed: string; readonly seconds: number }
  | { readonly kind: 'failed'; readonly message: string };

const say = (reply: VerifyReply): void => postMessage(reply);
const EVERY = 5000;

/** Reads the file a chunk at a time; it never leaves this computer. */
async function* chunksOf(file: File, seen: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
    seen(bytes);
    yield value;
  }
}

async function verifyFile({ file, key }: VerifyJob): Promise<void> {
  const began = performance.now();
  let read = 0;
  let lines = 0;
  let verifier: ExportVerifier | undefined;
  let believed = key.trim();
  for await (const line of linesOf(chunksOf(file, (bytes) => (read = bytes)))) {
    if (!verifier) {
      const named = ((JSON.parse(line.toString()) as { keys?: string[] }).keys ?? [])[0];
      believed ||= named ?? '';
      verifier = new ExportVerifier([Buffer.from(believed, 'base64')]);
    }
    verifier.line(line);
    if (++lines % EVERY === 0) say({ kind: 'progress', entries: lines, share: read / file.size });
  }
  if (!verifier) throw new Error('the file is empty');
  say({ kind: 'done', verdict: verifier.end(), believed, seconds: (performance.now() - began) / 1000 });
}

onmessage = ({ data }: MessageEvent<VerifyJob>) => {
  verifyFile(data).catch((error: unknown) =>
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
};
say({ kind: 'ready' });
