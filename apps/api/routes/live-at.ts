import { z } from 'zod';
import { toInstant } from '../../../domain/time/instant';
import { provenLiveAt } from '../../../platform/db/read-models/live-at';
import { route } from '../http/route';
import { presentLive } from './presenters';
import { liveRow } from './schemas';

const getLiveAt = route(
  'getLiveAt',
  {
    method: 'GET',
    url: '/v1/live-at/:instant',
    tag: 'Model versions',
    summary: 'What was live at an instant, in every slot or one, with the ledger entries that prove it',
    params: z.object({ instant: z.string().max(40).describe('such as 2026-03-01T12:00:00Z, or now') }),
    query: z.object({ slot: z.string().max(200).optional() }),
    answer: z.array(liveRow),
  },
  async ({ params, query: { slot } }, { clock, db }) => {
    const at = params.instant === 'now' ? clock() : new Date(toInstant(params.instant, 'the instant'));
    return presentLive(db, await provenLiveAt(db, at, slot));
  },
);

export const liveAtRoutes = [getLiveAt];
