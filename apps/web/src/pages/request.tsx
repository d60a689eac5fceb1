import { Alert, Button, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { answer, api, type Request } from '../api/client';
import { Act, type ActSpec } from '../components/confirm-with-sign-in';
import { Gate } from '../components/gate-result';
import { Facts, Id, Page, Section, StateTag } from '../components/page';
import { Ask, Loading, Problem } from '../components/states';
import { useMay } from '../layout';
import { useFormats, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Ønske om å ta i bruk',
    version: 'Versjon',
    slot: 'Felt',
    state: 'Status',
    asked: 'Bedt om av',
    trained: 'Trent av',
    when: 'Når',
    until: 'Utløper',
    decided: 'Besluttet av',
    reason: 'Begrunnelse',
    erased: '(ordene er slettet)',
    gates: 'Krav',
    gatesLead:
      'Kravene dømmes av arbeidsflyten før noen kan godkjenne. Et krav som ikke er møtt, kan to personer gå forbi med hver sin begrunnelse, som blir stående.',
    judging: 'Kravene dømmes nå.',
    decide: 'Beslutning',
    approve: 'Godkjenn',
    refuse: 'Avslå',
    mayNot: 'Du kan ikke godkjenne dette',
    passOver: 'Gå forbi kravet',
    why: 'Hvorfor',
  },
  en: {
    title: 'Request to go live',
    version: 'Version',
    slot: 'Slot',
    state: 'State',
    asked: 'Asked by',
    trained: 'Trained by',
    when: 'When',
    until: 'Expires',
    decided: 'Decided by',
    reason: 'Reason',
    erased: '(the words were erased)',
    gates: 'Gates',
    gatesLead:
      'The workflow judges the gates before anybody can approve. A gate that failed can be passed over by two people, each with a reason that stays.',
    judging: 'The gates are being judged.',
    decide: 'Decision',
    approve: 'Approve',
    refuse: 'Refuse',
    mayNot: 'You cannot approve this',
    passOver: 'Pass over the gate',
    why: 'Why',
  },
};

const LOOK_AGAIN_MS = 1500;

export function RequestPage() {
  const { requestId = '' } = useParams();
  const request = useQuery({
    queryKey: ['request', requestId],
    queryFn: () => answer(api.GET('/v1/promotions/{requestId}', { params: { path: { requestId } } })),
    // Gates are judged by a workflow a moment after the request.
    refetchInterval: (query) => (query.state.data?.gates.length === 0 ? LOOK_AGAIN_MS : false),
  });
  return (
    <Ask of={request} rows={8}>
      {(data) => <Loaded request={data} />}
    </Ask>
  );
}

function Loaded({ request }: { request: Request }) {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const f = useFormats();
  const { decision } = request;
  return (
    <Page title={w.title}>
      <Facts
        of={[
          [
            w.state,
            <StateTag key="s" state={request.state}>
              {states[request.state]}
            </StateTag>,
          ],
          [w.version, <Id key="v" of={request.versionId} to={`/versions/${request.versionId}`} />],
          [w.slot, request.slot],
          [w.asked, request.requestedBy ?? '–'],
          [w.trained, request.trainedBy ?? '–'],
          [w.when, f.instant(request.requestedAt)],
          [w.until, f.instant(request.expiresAt)],
          ...(decision
            ? ([
                [w.decided, `${decision.by ?? '–'}, ${f.instant(decision.at)}`],
                [w.reason, decision.reason ?? w.erased],
              ] as const)
            : []),
        ]}
      />
      <Section title={w.gates} lead={w.gatesLead}>
        {request.gates.length === 0 ? (
          <>
            <Paragraph role="status">{w.judging}</Paragraph>
            <Loading rows={3} />
          </>
        ) : (
          <ul className="plain">
            {request.gates.map((gate) => (
              <GateWithOverride key={gate.gate} gate={gate} request={request} />
            ))}
          </ul>
        )}
      </Section>
      {request.state === 'open' ? <Decide request={request} /> : null}
    </Page>
  );
}

function GateWithOverride({ gate, request }: { gate: Request['gates'][number]; request: Request }) {
  const w = useWords(WORDS);
  const queries = useQueryClient();
  const may = useMay('waiveGate');
  const [reason, setReason] = useState('');
  const { requestId } = request;
  const over = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/promotions/{requestId}/gates/{gate}/overrides', {
          params: { path: { requestId, gate: gate.gate } },
          body: { reason },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['request', requestId] }),
  });
  return (
    <li>
      <Gate of={gate} />
      {gate.canBePassedOver && may && request.state === 'open' ? (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            over.mutate();
          }}
        >
          <Textfield
            label={w.why}
            data-size="sm"
            value={reason}
            required
            minLength={3}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button
            type="submit"
            variant="secondary"
            data-size="sm"
            disabled={over.isPending || reason.trim().length < 3}
          >
            {w.passOver}
          </Button>
        </form>
      ) : null}
      {over.isError ? <Problem error={over.error} /> : null}
    </li>
  );
}

function Decide({ request }: { request: Request }) {
  const w = useWords(WORDS);
  const queries = useQueryClient();
  const mayApprove = useMay('approvePromotion');
  const mayRefuse = useMay('refusePromotion');
  const { requestId, versionId } = request;
  const [approve, refuse] = useMemo<[ActSpec, ActSpec]>(() => {
    const done = () => void queries.invalidateQueries();
    const path = { params: { path: { requestId } } };
    return [
      {
        permission: 'promotion.approve',
        versionId,
        requestId,
        label: w.approve,
        needsReason: true,
        done,
        run: ({ reason }) => answer(api.POST('/v1/promotions/{requestId}/approval', { ...path, body: { reason } })),
      },
      {
        permission: 'promotion.refuse',
        versionId,
        requestId,
        label: w.refuse,
        needsReason: true,
        danger: true,
        done,
        run: ({ reason }) => answer(api.POST('/v1/promotions/{requestId}/refusal', { ...path, body: { reason } })),
      },
    ];
  }, [requestId, versionId, w, queries]);
  return (
    <Section title={w.decide}>
      {mayApprove && request.problem === null ? (
        <Act spec={approve} />
      ) : (
        <Alert data-color="info">
          {w.mayNot}: {request.problem}
        </Alert>
      )}
      {mayRefuse ? <Act spec={refuse} /> : null}
    </Section>
  );
}
