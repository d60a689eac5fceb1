import type { FastifyReply, FastifyRequest } from 'fastify';

const POLL_MS = 700;
/** Proxies close silent connections; a comment keeps one open and is no event. */
const KEEP_ALIVE_MS = 15_000;

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
  /** After this one the stream ends. */
  readonly last: boolean;
}

/** Server-sent events: polls a state and sends it whenever it has changed, until it says that it was the last. */
export async function eventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  poll: () => Promise<StreamEvent>,
): Promise<FastifyReply> {
  const first = await poll(); // an error before the first byte is still a problem+json answer
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
    for (let now = first; open; now = await poll()) {
      const text = JSON.stringify(now.data);
      if (text !== sent) {
        out.write(`id: ${++id}\nevent: ${now.event}\ndata: ${text}\n\n`);
        [sent, sentAt] = [text, Date.now()];
      } else if (Date.now() - sentAt > KEEP_ALIVE_MS) {
        out.write(': keep-alive\n\n');
        sentAt = Date.now();
      }
      if (now.last) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } catch (error) {
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    if (open) out.write('event: problem\ndata: {"code":"Internal"}\n\n');
  }
  out.end();
  return reply;
}
