import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 2000;

/** Sends a heartbeat that keeps the details of earlier attempts: an outage is carried in them (`outages.ts`). */
export function sendHeartbeat(): void {
  const context = Context.current();
  context.heartbeat(context.info.heartbeatDetails);
}

/**
 * Runs long work with a heartbeat every two seconds. The signal fires on cancellation and on timeout of the
 * activity.
 */
export async function withHeartbeat<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(sendHeartbeat, HEARTBEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
