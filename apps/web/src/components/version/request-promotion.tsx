import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { answer, api } from '../../api/client';
import { usePermission } from '../../api/me';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/version';
import { type ConfirmedAction, ConfirmWithSignIn } from '../promotion/confirm-with-sign-in';

/** Requests that the version goes live; shown to people who may. */
export function RequestPromotion({ versionId }: { versionId: string }) {
  const t = useMessages(MESSAGES);
  const mayRequest = usePermission('requestPromotion');
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const action = useMemo<ConfirmedAction>(
    () => ({
      permission: 'promotion.request',
      versionId,
      requestId: crypto.randomUUID(),
      label: t.request,
      needsReason: false,
      run: ({ requestId }) =>
        answer(
          api.POST('/v1/model-versions/{versionId}/promotions', {
            params: { path: { versionId } },
            body: { requestId },
          }),
        ),
      done: ({ requestId }) => {
        void queryClient.invalidateQueries();
        void navigate(`/requests/${requestId}`);
      },
    }),
    [versionId, t.request, queryClient, navigate],
  );
  return mayRequest ? <ConfirmWithSignIn action={action} /> : null;
}
