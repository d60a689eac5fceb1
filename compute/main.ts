import { UtplukkError } from '../domain/errors';
import { loadBackend } from '../models/backend';
import type { ComputeJob } from './jobs';
import { runJob } from './run-job';

/** The compute process: one job from standard input, one line of JSON as its answer, then it ends. */
async function main(): Promise<void> {
  const started = process.hrtime.bigint();
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  const job = JSON.parse(Buffer.concat(parts).toString('utf8')) as ComputeJob;
  try {
    const result = await runJob(job);
    const runtime = job.kind === 'evaluate' || job.kind === 'leakage' ? {} : (await loadBackend()).runtime;
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    process.stdout.write(
      `${JSON.stringify({ result, runtime, seconds, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
    );
  } catch (error) {
    if (!(error instanceof UtplukkError)) throw error;
    process.stdout.write(
      `${JSON.stringify({ failure: { type: error.type, message: error.message, next: error.next } })}\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
