import type { RequestContext } from '../../application/request-context';
import { getList } from '../../application/selection';
import { gatesOf } from '../../platform/db/stores/gates';

const GATE_WAIT_MS = 30_000;

/** Waits until the workflow has evaluated the gates, so that the one who asks sees the verdict at once. */
export async function gatesEvaluated(
  context: Pick<RequestContext, 'db'>,
  requestId: string,
): Promise<Awaited<ReturnType<typeof gatesOf>>> {
  for (
    const end = Date.now() + GATE_WAIT_MS;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 150))
  ) {
    const gates = await gatesOf(context.db, requestId);
    if (gates.length > 0) return gates;
  }
  return [];
}

const DRAFT_WAIT_MS = 30_000;

/** The round drafts its list in a workflow of its own; this waits for it. */
export async function draftedList(
  db: Parameters<typeof getList>[0],
  scoringId: string,
): Promise<Awaited<ReturnType<typeof getList>>> {
  for (const end = Date.now() + DRAFT_WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, 150))) {
    try {
      return await getList(db, scoringId);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
