import { Alert } from '@digdir/designsystemet-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, api, type PromotionRequest } from '../../api/client';
import { usePermission } from '../../api/me';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/request';
import { Section } from '../page';
import { type ConfirmedAction, ConfirmWithSignIn } from './confirm-with-sign-in';

/** Approves or refuses an open request; says why where the signed-in person may not approve it. */
export function Decision({ request }: { request: PromotionRequest }) {
  const t = useMessages(MESSAGES);
  const mayApprove = usePermission('approvePromotion');
  const mayRefuse = usePermission('refusePromotion');
  const { approve, refuse } = useDecisions(request);
  return (
    <Section title={t.decide}>
      {mayApprove && request.problem === null ? (
        <ConfirmWithSignIn action={approve} />
      ) : (
        <Alert data-color="info">
          {t.mayNot}: {request.problem}
        </Alert>
      )}
      {mayRefuse ? <ConfirmWithSignIn action={refuse} /> : null}
    </Section>
  );
}

function useDecisions({ requestId, versionId }: PromotionRequest): Record<'approve' | 'refuse', ConfirmedAction> {
  const t = useMessages(MESSAGES);
  const queryClient = useQueryClient();
  return useMemo(() => {
    const done = () => void queryClient.invalidateQueries();
    const path = { params: { path: { requestId } } };
    const decision = { versionId, requestId, needsReason: true, done };
    return {
      approve: {
        ...decision,
        permission: 'promotion.approve',
        label: t.approve,
        run: ({ reason }) => answer(api.POST('/v1/promotions/{requestId}/approval', { ...path, body: { reason } })),
      },
      refuse: {
        ...decision,
        permission: 'promotion.refuse',
        label: t.refuse,
        danger: true,
        run: ({ reason }) => answer(api.POST('/v1/promotions/{requestId}/refusal', { ...path, body: { reason } })),
      },
    };
  }, [requestId, versionId, t, queryClient]);
}
