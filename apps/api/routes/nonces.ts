import { z } from 'zod';
import { getVersion } from '../../../platform/db/stores/versions';
import { nonceOf } from '../../../platform/signing/step-up-token';
import { route } from '../http/route';
import { idParam } from './schemas';

const getNonce = route(
  'getNonce',
  {
    method: 'GET',
    url: '/v1/nonces',
    tag: 'Promotions',
    summary: 'The nonce of a step-up sign-in that confirms one action',
    query: z.object({
      permission: z.enum(['promotion.request', 'promotion.approve', 'promotion.refuse']),
      version: idParam('v').shape.v,
      requestId: z.uuid(),
    }),
    answer: z.object({ nonce: z.string() }),
  },
  async ({ query: { permission, version, requestId } }, { db }) => {
    const { versionId, slot } = await getVersion(db, version);
    return { nonce: nonceOf({ permission, slot, versionId, requestId }) };
  },
);

export const nonceRoutes = [getNonce];
