import { Alert, Heading, Paragraph } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, api, type Overview } from '../api/client';
import { DescriptionList, ShortId, Page, Link } from '../components/page';
import { StateTag } from '../components/state-tag';
import { QueryBoundary, Empty } from '../components/query-boundary';
import { usePermission } from '../api/me';
import { useFormat, useMessages } from '../i18n';
import { INTERVENTIONS, MESSAGES } from '../messages/overview';
import { LIST_STATES } from '../messages/states';

const Card = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="card">
    <Heading level={2} data-size="2xs">
      {title}
    </Heading>
    {children}
  </section>
);

const REFRESH_MS = 30_000;

export function OverviewPage() {
  const t = useMessages(MESSAGES);
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => answer(api.GET('/v1/overview')),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page title={t.title} lead={t.lead}>
      <QueryBoundary query={overview} rows={8}>
        {(data) => (
          <>
            <Warnings overview={data} />
            <div className="cards">
              <LiveVersions overview={data} />
              <WaitingForDecision overview={data} />
              <LatestList overview={data} />
              <Schedules />
              <DataFreshness overview={data} />
              <FailedRuns overview={data} />
            </div>
          </>
        )}
      </QueryBoundary>
    </Page>
  );
}

function Warnings({ overview }: { overview: Overview }) {
  const t = useMessages(MESSAGES);
  const interventions = useMessages(INTERVENTIONS);
  const format = useFormat();
  return (
    <>
      {overview.interventions.map((e) => (
        <Alert key={e.interventionId} data-color="danger">
          {interventions[e.kind]}: {e.slot}, {format.instant(e.at)}
          {e.confirmBy ? `, ${t.confirm} ${format.instant(e.confirmBy)}` : ''}
        </Alert>
      ))}
      {overview.deviations > 0 ? <Alert data-color="warning">{t.deviations(overview.deviations)}</Alert> : null}
    </>
  );
}

function LiveVersions({ overview: { live } }: { overview: Overview }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  return (
    <Card title={t.live}>
      {live.length === 0 ? <Empty>{t.nothingLive}</Empty> : null}
      {live.map((row) => (
        <div key={row.slot} className="stack">
          <DescriptionList
            items={[
              [t.slot, row.slot],
              [t.version, <ShortId key="v" id={row.versionId} to={`/versions/${row.versionId}`} />],
              [t.since, format.instant(row.liveFrom)],
              [t.requested, row.requestedBy ?? '–'],
              [t.approved, row.decidedBy ?? '–'],
            ]}
          />
          {row.suspended ? <Alert data-color="danger">{t.suspended}</Alert> : null}
        </div>
      ))}
    </Card>
  );
}

function WaitingForDecision({ overview: { requests, drafts } }: { overview: Overview }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const mine = (yes: boolean) => (yes ? <StateTag state="draft">{t.forMe}</StateTag> : null);
  return (
    <Card title={t.waiting}>
      {requests.length + drafts.length === 0 ? <Empty>{t.nothingWaiting}</Empty> : null}
      <ul className="plain">
        {requests.map((r) => (
          <li key={r.requestId}>
            <Link to={`/requests/${r.requestId}`}>
              {t.request}: {r.slot}
            </Link>{' '}
            {mine(r.problem === null)}
            <Paragraph data-size="sm" className="lead">
              {t.requested} {r.requestedBy ?? '–'}, {t.until} {format.instant(r.expiresAt)}
            </Paragraph>
          </li>
        ))}
        {drafts.map(({ list, mine: maySignOff }) => (
          <li key={list.listId}>
            <Link to={`/lists/${list.listId}`}>
              {t.draft}: {list.slot}
            </Link>{' '}
            {mine(maySignOff)}
            <Paragraph data-size="sm" className="lead">
              {t.signOffs(list.signOffs)}
            </Paragraph>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function LatestList({ overview: { lastList } }: { overview: Overview }) {
  const t = useMessages(MESSAGES);
  const states = useMessages(LIST_STATES);
  const format = useFormat();
  const mayOpen = usePermission('getSelectionList');
  if (!lastList)
    return (
      <Card title={t.list}>
        <Empty>{t.noList}</Empty>
      </Card>
    );
  return (
    <Card title={t.list}>
      <p>
        <StateTag state={lastList.state}>{states[lastList.state]}</StateTag>
      </p>
      <DescriptionList
        items={[
          [t.list, <ShortId key="l" id={lastList.listId} to={mayOpen ? `/lists/${lastList.listId}` : undefined} />],
          [t.asOf, format.instant(lastList.asOf)],
          [t.places, format.number(lastList.capacity)],
          [t.candidates, format.number(lastList.candidates)],
          [t.version, <ShortId key="v" id={lastList.versionId} to={`/versions/${lastList.versionId}`} />],
        ]}
      />
    </Card>
  );
}

function Schedules() {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const maySee = usePermission('listSchedules');
  const schedules = useQuery({
    queryKey: ['schedules'],
    queryFn: () => answer(api.GET('/v1/schedules')),
    enabled: maySee,
  });
  if (!maySee) return null;
  return (
    <Card title={t.next}>
      <QueryBoundary query={schedules} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>{t.noNext}</Empty>
          ) : (
            <ul className="plain">
              {rows.map((s) => (
                <li key={s.id}>
                  <code>{s.id}</code>
                  <br />
                  {s.paused ? t.paused : format.instant(s.next)}
                </li>
              ))}
            </ul>
          )
        }
      </QueryBoundary>
    </Card>
  );
}

function DataFreshness({ overview: { data, ledger } }: { overview: Overview }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const anchored = ledger.checkpoint ? `${format.number(ledger.checkpoint.size)} ${t.anchored}` : t.never;
  return (
    <Card title={t.data}>
      <DescriptionList
        items={[
          [t.lastLoad, format.instant(data.lastLoad)],
          [t.newest, format.instant(data.newestFact)],
          [
            t.snapshot,
            data.snapshot ? (
              <>
                <ShortId id={data.snapshot.snapshotId} to={`/lineage/${data.snapshot.snapshotId}`} /> {t.asOf}{' '}
                {format.instant(data.snapshot.asOf)}
              </>
            ) : (
              '–'
            ),
          ],
          [t.quarantine, format.number(data.quarantined)],
          [t.ledger, `${format.number(ledger.entries)} ${t.entries}, ${anchored}`],
        ]}
      />
    </Card>
  );
}

function FailedRuns({ overview: { failed } }: { overview: Overview }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  return (
    <Card title={t.failed}>
      {failed.length === 0 ? (
        <Empty>{t.noFailed}</Empty>
      ) : (
        <ul className="plain">
          {failed.map((run) => (
            <li key={run.runId}>
              <Link to={`/runs/${run.runId}`}>{run.name}</Link>, {format.instant(run.startedAt)}
              <Paragraph data-size="sm" className="lead">
                {run.problem}
              </Paragraph>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
