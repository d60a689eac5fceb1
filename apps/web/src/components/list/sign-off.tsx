import { Alert, Button, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { usePermission } from '../../api/me';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/list';
import { Section } from '../page';
import { Problem } from '../query-boundary';

const MIN_REASON_LENGTH = 3;

/** Signs off a draft, or refuses it, with a reason. */
export function SignOff({ listId }: { listId: string }) {
  const t = useMessages(MESSAGES);
  const queryClient = useQueryClient();
  const maySignOff = usePermission('signOffList');
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: (decision: 'sign-off' | 'refusal') => {
      const call = { params: { path: { listId } }, body: { reason } };
      return decision === 'sign-off'
        ? answer(api.POST('/v1/selection-lists/{listId}/sign-offs', call))
        : answer(api.POST('/v1/selection-lists/{listId}/refusals', call));
    },
    onSuccess: () => queryClient.invalidateQueries(),
  });
  if (!maySignOff) return <Alert data-color="info">{t.decideLead}</Alert>;
  const ready = reason.trim().length >= MIN_REASON_LENGTH && !decide.isPending;
  return (
    <Section title={t.decide} lead={t.decideLead}>
      <div className="row">
        <Textfield label={t.reason} value={reason} required onChange={(event) => setReason(event.target.value)} />
        <Button disabled={!ready} onClick={() => decide.mutate('sign-off')}>
          {t.signOff}
        </Button>
        <Button variant="secondary" data-color="danger" disabled={!ready} onClick={() => decide.mutate('refusal')}>
          {t.refuse}
        </Button>
      </div>
      {decide.isError ? <Problem error={decide.error} /> : null}
    </Section>
  );
}
