import type { FastifyReply } from 'fastify';

/** Aborts when the response ends or its connection is lost: what is still computed for it is of no use any more. */
export function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => controller.abort());
  return controller.signal;
}
