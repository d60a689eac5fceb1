import { Alert, Button, Field, Label, Paragraph, Textarea } from '@digdir/designsystemet-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { answer, api } from '../api/client';
import { useWords } from '../i18n';
import { Problem } from './states';

const WORDS = {
  nb: {
    reason: 'Begrunnelse',
    reasonHelp: 'Skriv hvorfor. Ordene kan slettes senere; at de ble skrevet, står.',
    confirm: 'Du bekrefter med en egen innlogging for akkurat denne handlingen.',
    go: 'Gå videre og bekreft',
    cancel: 'Avbryt',
    working: 'Utfører …',
  },
  en: {
    reason: 'Reason',
    reasonHelp: 'Say why. The words can be erased later; that they were written stands.',
    confirm: 'You confirm by a sign-in of its own for this very permission.',
    go: 'Go on and confirm',
    cancel: 'Cancel',
    working: 'Doing it …',
  },
};

export interface ActSpec {
  readonly permission: 'promotion.request' | 'promotion.approve' | 'promotion.refuse';
  readonly versionId: string;
  readonly requestId: string;
  readonly label: string;
  readonly needsReason: boolean;
  readonly danger?: boolean;
  /** Does it, once the person has confirmed. */
  readonly run: (kept: { requestId: string; reason: string }) => Promise<unknown>;
  readonly done: (kept: { requestId: string }) => void;
}

const KEPT = 'utplukk.permission';
interface Kept {
  readonly permission: string;
  readonly versionId: string;
  readonly requestId: string;
  readonly reason: string;
}
const readKept = (): Kept | undefined => {
  const text = sessionStorage.getItem(KEPT);
  return text ? (JSON.parse(text) as Kept) : undefined;
};

/**
 * An permission that needs a sign-in of its own. What was written stays in this window while the identity provider asks; after
 * that the page comes back, and does what was confirmed. Another person's confirmation does nothing.
 */
export function Act({ spec }: { spec: ActSpec }) {
  const w = useWords(WORDS);
  const here = useLocation();
  const go = useNavigate();
  const [search] = useSearchParams();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const confirm = useMutation({
    mutationFn: async () => {
      const { nonce } = await answer(
        api.GET('/v1/nonces', {
          params: { query: { permission: spec.permission, version: spec.versionId, requestId: spec.requestId } },
        }),
      );
      const kept: Kept = { permission: spec.permission, versionId: spec.versionId, requestId: spec.requestId, reason };
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
      location.assign(
        `/auth/evidence?nonce=${encodeURIComponent(nonce)}&return=${encodeURIComponent(`${here.pathname}?confirmed=${spec.permission}`)}`,
      );
    },
  });
  const run = useMutation({ mutationFn: (kept: Kept) => spec.run(kept), onSuccess: (_, kept) => spec.done(kept) });
  const { mutate } = run;
  useEffect(() => {
    const kept = readKept();
    if (
      search.get('confirmed') !== spec.permission ||
      kept?.permission !== spec.permission ||
      kept.versionId !== spec.versionId
    )
      return;
    sessionStorage.removeItem(KEPT);
    void go(here.pathname, { replace: true });
    if (!search.get('problem')) mutate(kept);
  }, [search, spec.permission, spec.versionId, mutate, go, here.pathname]);
  if (run.isPending) return <Paragraph role="status">{w.working}</Paragraph>;
  const color = spec.danger ? 'danger' : undefined;
  return (
    <div className="stack">
      {run.isError ? <Problem error={run.error} /> : null}
      {open ? (
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            confirm.mutate();
          }}
        >
          {spec.needsReason ? (
            <Field>
              <Label>{w.reason}</Label>
              <Field.Description>{w.reasonHelp}</Field.Description>
              <Textarea
                required
                minLength={3}
                maxLength={2000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </Field>
          ) : null}
          <Alert data-color="info" data-size="sm">
            {w.confirm}
          </Alert>
          {confirm.isError ? <Problem error={confirm.error} /> : null}
          <div className="actions">
            <Button
              type="submit"
              {...(color ? { 'data-color': color } : {})}
              disabled={confirm.isPending || (spec.needsReason && reason.trim().length < 3)}
            >
              {w.go}
            </Button>
            <Button type="button" variant="tertiary" onClick={() => setOpen(false)}>
              {w.cancel}
            </Button>
          </div>
        </form>
      ) : (
        <div>
          <Button
            variant={spec.danger ? 'secondary' : 'primary'}
            {...(color ? { 'data-color': color } : {})}
            onClick={() => setOpen(true)}
          >
            {spec.label}
          </Button>
        </div>
      )}
    </div>
  );
}
