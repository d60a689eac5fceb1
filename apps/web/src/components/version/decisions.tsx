import { useQuery } from '@tanstack/react-query';
import { answer, api, type Version } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { REQUEST_STATES } from '../../messages/states';
import { MESSAGES } from '../../messages/version';
import { DataTable } from '../data-table';
import { Link, Section, shortId } from '../page';
import { GateOutcome } from '../promotion/gate-outcome';
import { Empty, QueryBoundary } from '../query-boundary';
import { StateTag } from '../state-tag';

/** The promotion requests of a version, and the gates of the latest one. */
export function Decisions({ requests }: { requests: Version['requests'] }) {
  const t = useMessages(MESSAGES);
  const states = useMessages(REQUEST_STATES);
  const format = useFormat();
  const [latest] = requests;
  if (!latest) return <Empty>{t.noRequests}</Empty>;
  return (
    <div className="stack">
      <DataTable
        name={t.decisions}
        rows={requests}
        keyOf={(r) => r.requestId}
        columns={[
          { head: t.requestId, cell: (r) => <Link to={`/requests/${r.requestId}`}>{shortId(r.requestId)}</Link> },
          { head: t.state, cell: (r) => <StateTag state={r.state}>{states[r.state]}</StateTag> },
          { head: t.by, cell: (r) => r.requestedBy },
          { head: t.when, cell: (r) => format.instant(r.requestedAt) },
        ]}
      />
      <Gates requestId={latest.requestId} />
    </div>
  );
}

function Gates({ requestId }: { requestId: string }) {
  const t = useMessages(MESSAGES);
  const request = useQuery({
    queryKey: ['request', requestId],
    queryFn: () => answer(api.GET('/v1/promotions/{requestId}', { params: { path: { requestId } } })),
  });
  return (
    <Section title={t.gates(shortId(requestId))}>
      <QueryBoundary query={request}>
        {({ gates }) =>
          gates.length === 0 ? (
            <Empty>{t.noGates}</Empty>
          ) : (
            <ul className="plain">
              {gates.map((gate) => (
                <li key={gate.gate}>
                  <GateOutcome gate={gate} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryBoundary>
    </Section>
  );
}
