import type { FastifyReply, FastifyRequest } from 'fastify';

const LOOK_EVERY_MS = 700;
/** Proxies close what is silent; a comment is no event. */
const SILENT_MS = 15_000;

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
  /** After this one the stream ends. */
  readonly last: boolean;
}

/** Server-sent events: `look` is asked again and again, what changed is sent, until it says that it was the last. */
export async function eventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  look: () => Promise<StreamEvent>,
): Promise<FastifyReply> {
  const first = await look(); // an error before the first byte is still a problem+json answer
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  } as Record<string, string>);
  let open = true;
  request.raw.on('close', () => (open = false));
  let id = 0;
  let sent = '';
  let sentAt = Date.now();
  try {
    for (let now = first; open; now = await look()) {
      const text = JSON.stringify(now.data);
      if (text !== sent) {
        out.write(`id: ${++id}\nevent: ${now.event}\ndata: ${text}\n\n`);
        [sent, sentAt] = [text, Date.now()];
      } else if (Date.now() - sentAt > SILENT_MS) {
        out.write(': still here\n\n');
        sentAt = Date.now();
      }
      if (now.last) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    if (open) out.write('event: problem\ndata: {"code":"Internal"}\n\n');
  }
  out.end();
  return reply;
}
