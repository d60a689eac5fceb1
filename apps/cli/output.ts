import Table from 'cli-table3';
import type { LifecycleClient } from '../../application/workflow-client';

export interface Out {
  readonly json: boolean;
}

/** Prints `value` as JSON with --json, else what `show` says of it. */
export function print(out: Out, value: unknown, show: () => string): void {
  process.stdout.write(`${out.json ? JSON.stringify(value, null, 2) : show()}\n`);
}

export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | boolean | undefined)[])[],
): string {
  const made = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) made.push(row.map((cell) => String(cell ?? '')));
  return made.toString();
}

export const short = (id: string | undefined): string => (id ?? '').slice(0, 12);
export const interval = (e: { value: number; lo: number; hi: number }): string =>
  `${e.value.toFixed(3)} [${e.lo.toFixed(3)}, ${e.hi.toFixed(3)}]`;

/** Least and most: bounds say nothing of what lies between. */
export const limits = ({ lo, hi }: { lo: number; hi: number }): string => `${lo.toFixed(3)} to ${hi.toFixed(3)}`;

const LOG_EVERY_MS = 5000;

/**
 * A line on the terminal that is rewritten in place. Without a terminal: one line for each step, and one every five
 * seconds within a step.
 */
export class StatusLine {
  #last = '';
  #writtenAt = 0;
  constructor(readonly stream: NodeJS.WriteStream = process.stderr) {}
  show(text: string): void {
    if (text === this.#last) return;
    const counting = text.replace(/\d+/g, '') === this.#last.replace(/\d+/g, '');
    if (!this.stream.isTTY && counting && Date.now() - this.#writtenAt < LOG_EVERY_MS) return;
    this.#last = text;
    this.#writtenAt = Date.now();
    this.stream.write(this.stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  }
  end(): void {
    if (this.stream.isTTY && this.#last) this.stream.write('\r\u001b[K');
    this.#last = '';
  }
}

const POLL_MS = 400;

/** Shows a workflow's progress until `result` settles. */
export async function watching<T>(
  temporal: LifecycleClient,
  workflowId: string,
  what: string,
  result: Promise<T>,
  quiet: boolean,
): Promise<T> {
  const line = new StatusLine();
  let going = true;
  const loop = (async () => {
    while (going && !quiet) {
      const progress = await temporal.progress(workflowId);
      if (progress && going)
        line.show(`${what}: ${progress.step}${progress.total > 1 ? ` ${progress.done}/${progress.total}` : ''}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  })();
  try {
    return await result;
  } finally {
    going = false;
    await loop;
    line.end();
  }
}
