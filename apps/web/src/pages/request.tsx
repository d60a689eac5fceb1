import { Paragraph } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api, type PromotionRequest } from '../api/client';
import { DescriptionList, Page, Section, ShortId } from '../components/page';
import { Decision } from '../components/promotion/decision';
import { GateWithWaiver } from '../components/promotion/gate-with-waiver';
import { Loading, QueryBoundary } from '../components/query-boundary';
import { StateTag } from '../components/state-tag';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/request';
import { REQUEST_STATES } from '../messages/states';

const POLL_MS = 1500;

export function RequestPage() {
  const { requestId = '' } = useParams();
  const request = useQuery({
    queryKey: ['request', requestId],
    queryFn: () => answer(api.GET('/v1/promotions/{requestId}', { params: { path: { requestId } } })),
    // A workflow evaluates the gates a moment after the request.
    refetchInterval: (query) => (query.state.data?.gates.length === 0 ? POLL_MS : false),
  });
  return (
    <QueryBoundary query={request} rows={8}>
      {(data) => <RequestDetails request={data} />}
    </QueryBoundary>
  );
}

function RequestDetails({ request }: { request: PromotionRequest }) {
  const t = useMessages(MESSAGES);
  const states = useMessages(REQUEST_STATES);
  const format = useFormat();
  const { state, versionId, decision } = request;
  return (
    <Page title={t.title}>
      <DescriptionList
        items={[
          [
            t.state,
            <StateTag key="s" state={state}>
              {states[state]}
            </StateTag>,
          ],
          [t.version, <ShortId key="v" id={versionId} to={`/versions/${versionId}`} />],
          [t.slot, request.slot],
          [t.requested, request.requestedBy ?? '–'],
          [t.trained, request.trainedBy ?? '–'],
          [t.when, format.instant(request.requestedAt)],
          [t.until, format.instant(request.expiresAt)],
          ...(decision
            ? ([
                [t.decided, `${decision.by ?? '–'}, ${format.instant(decision.at)}`],
                [t.reason, decision.reason ?? t.erased],
              ] as const)
            : []),
        ]}
      />
      <Gates request={request} />
      {state === 'open' ? <Decision request={request} /> : null}
    </Page>
  );
}

function Gates({ request }: { request: PromotionRequest }) {
  const t = useMessages(MESSAGES);
  return (
    <Section title={t.gates} lead={t.gatesLead}>
      {request.gates.length === 0 ? (
        <>
          <Paragraph role="status">{t.evaluating}</Paragraph>
          <Loading rows={3} />
        </>
      ) : (
        <ul className="plain">
          {request.gates.map((gate) => (
            <GateWithWaiver key={gate.gate} gate={gate} request={request} />
          ))}
        </ul>
      )}
    </Section>
  );
}
