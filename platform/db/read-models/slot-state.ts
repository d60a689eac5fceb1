import type { SlotState } from '../../../domain/rules/slot-state';
import type { Db, Tx } from '../../postgres/connection';
import { championHistory } from '../stores/champions';
import { gatesOf } from '../stores/gates';
import { interventionsOf } from '../stores/interventions';
import { getRequest } from '../stores/promotions';

/**
 * The state of a slot as its rows tell it, for `transition`.
 * @param requestId the request that a command is about; others are left out
 * @throws UtplukkError NotFound for an unknown request
 */
export async function slotStateOf(db: Db | Tx, slot: string, requestId?: string): Promise<SlotState> {
  const champions = await championHistory(db, slot);
  const interventions = await interventionsOf(db, slot);
  return { champions, interventions, requests: requestId === undefined ? {} : await requestOf(db, requestId) };
}

async function requestOf(db: Db | Tx, requestId: string): Promise<SlotState['requests']> {
  const waivers = await db('ml.gate_waiver')
    .where({ request_id: requestId })
    .select<{ gate: string; by: string }[]>('gate', 'principal_id as by');
  return { [requestId]: { ...(await getRequest(db, requestId)), gates: await gatesOf(db, requestId), waivers } };
}
