import { Button, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Gate, type PromotionRequest } from '../../api/client';
import { usePermission } from '../../api/me';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/request';
import { Problem } from '../query-boundary';
import { GateOutcome } from './gate-outcome';

const MIN_REASON_LENGTH = 3;

/** A gate of an open request; where it did not pass and may be waived, with a form that does so for a reason. */
export function GateWithWaiver({ gate, request: { requestId, state } }: { gate: Gate; request: PromotionRequest }) {
  const t = useMessages(MESSAGES);
  const queryClient = useQueryClient();
  const mayWaive = usePermission('waiveGate');
  const [reason, setReason] = useState('');
  const waive = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/promotions/{requestId}/gates/{gate}/waivers', {
          params: { path: { requestId, gate: gate.gate } },
          body: { reason },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['request', requestId] }),
  });
  return (
    <li>
      <GateOutcome gate={gate} />
      {gate.canBeWaived && mayWaive && state === 'open' ? (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            waive.mutate();
          }}
        >
          <Textfield
            label={t.why}
            data-size="sm"
            value={reason}
            required
            minLength={MIN_REASON_LENGTH}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button
            type="submit"
            variant="secondary"
            data-size="sm"
            disabled={waive.isPending || reason.trim().length < MIN_REASON_LENGTH}
          >
            {t.waive}
          </Button>
        </form>
      ) : null}
      {waive.isError ? <Problem error={waive.error} /> : null}
    </li>
  );
}
