import { Alert, Button, Field, Label, Paragraph, Textarea } from '@digdir/designsystemet-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { answer, api } from '../../api/client';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/confirm-with-sign-in';
import { Problem } from '../query-boundary';

export interface ConfirmedAction {
  readonly permission: 'promotion.request' | 'promotion.approve' | 'promotion.refuse';
  readonly versionId: string;
  readonly requestId: string;
  readonly label: string;
  readonly needsReason: boolean;
  readonly danger?: boolean;
  /** Called once the person has confirmed, with what they entered before. */
  readonly run: (entered: { requestId: string; reason: string }) => Promise<unknown>;
  readonly done: (entered: { requestId: string }) => void;
}

/** What is kept in this window while the identity provider asks the person. */
interface Pending {
  readonly permission: string;
  readonly versionId: string;
  readonly requestId: string;
  readonly reason: string;
}
const STORAGE_KEY = 'utplukk.confirmation';
const readPending = (): Pending | undefined => {
  const text = sessionStorage.getItem(STORAGE_KEY);
  return text ? (JSON.parse(text) as Pending) : undefined;
};
const MIN_REASON_LENGTH = 3;

/** Leaves the page for the identity provider, which comes back to it with the confirmation. */
async function signInToConfirm({ permission, versionId, requestId }: ConfirmedAction, reason: string, page: string) {
  const { nonce } = await answer(
    api.GET('/v1/nonces', { params: { query: { permission, version: versionId, requestId } } }),
  );
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ permission, versionId, requestId, reason } satisfies Pending));
  const back = encodeURIComponent(`${page}?confirmed=${permission}`);
  location.assign(`/auth/step-up?nonce=${encodeURIComponent(nonce)}&return=${back}`);
}

/** Runs the action when the page is back from the identity provider with the confirmation of the same person. */
function useReturnFromSignIn(action: ConfirmedAction) {
  const { permission, versionId } = action;
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const run = useMutation({
    mutationFn: (pending: Pending) => action.run(pending),
    onSuccess: (_, pending) => action.done(pending),
  });
  const { mutate } = run;
  useEffect(() => {
    const pending = readPending();
    if (search.get('confirmed') !== permission) return;
    if (pending?.permission !== permission || pending.versionId !== versionId) return;
    sessionStorage.removeItem(STORAGE_KEY);
    void navigate(pathname, { replace: true });
    if (!search.get('problem')) mutate(pending);
  }, [search, permission, versionId, mutate, navigate, pathname]);
  return run;
}

/**
 * An action that a person confirms by a sign-in of its own (step-up authentication). What they entered stays in this
 * window meanwhile; another person's confirmation does nothing.
 */
export function ConfirmWithSignIn({ action }: { action: ConfirmedAction }) {
  const t = useMessages(MESSAGES);
  const [open, setOpen] = useState(false);
  const run = useReturnFromSignIn(action);
  if (run.isPending) return <Paragraph role="status">{t.working}</Paragraph>;
  return (
    <div className="stack">
      {run.isError ? <Problem error={run.error} /> : null}
      {open ? (
        <ConfirmationForm action={action} close={() => setOpen(false)} />
      ) : (
        <div>
          <Button variant={action.danger ? 'secondary' : 'primary'} {...colourOf(action)} onClick={() => setOpen(true)}>
            {action.label}
          </Button>
        </div>
      )}
    </div>
  );
}

const colourOf = ({ danger }: ConfirmedAction) => (danger ? ({ 'data-color': 'danger' } as const) : {});

function ConfirmationForm({ action, close }: { action: ConfirmedAction; close: () => void }) {
  const t = useMessages(MESSAGES);
  const { pathname } = useLocation();
  const [reason, setReason] = useState('');
  const confirm = useMutation({ mutationFn: () => signInToConfirm(action, reason, pathname) });
  const reasonMissing = action.needsReason && reason.trim().length < MIN_REASON_LENGTH;
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      {action.needsReason ? (
        <Field>
          <Label>{t.reason}</Label>
          <Field.Description>{t.reasonHelp}</Field.Description>
          <Textarea
            required
            minLength={MIN_REASON_LENGTH}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
      ) : null}
      <Alert data-color="info" data-size="sm">
        {t.confirm}
      </Alert>
      {confirm.isError ? <Problem error={confirm.error} /> : null}
      <div className="actions">
        <Button type="submit" {...colourOf(action)} disabled={confirm.isPending || reasonMissing}>
          {t.proceed}
        </Button>
        <Button type="button" variant="tertiary" onClick={close}>
          {t.cancel}
        </Button>
      </div>
    </form>
  );
}
