import { Alert, Heading, Paragraph } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, api, type Overview } from '../api/client';
import { Facts, Id, Page, StateTag, To } from '../components/page';
import { Ask, Empty } from '../components/states';
import { useMay } from '../layout';
import { useFormats, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Oversikt',
    lead: 'Hva som gjelder nå, hva som venter, og hvor ferske dataene er.',
    live: 'I bruk nå',
    nothingLive: 'Ingen modellversjon er i bruk.',
    since: 'siden',
    asked: 'ba om',
    approved: 'godkjente',
    stopped: 'Skåring er stoppet for dette feltet.',
    version: 'Versjon',
    slot: 'Felt',
    waiting: 'Venter på beslutning',
    nothingWaiting: 'Ingenting venter.',
    request: 'Ønske om å ta i bruk',
    draft: 'Listeutkast',
    forMe: 'Venter på deg',
    until: 'frist',
    signOffs: (n: number) => `${n} av 2 forseglinger`,
    next: 'Planlagte kjøringer',
    noNext: 'Ingen planlagte kjøringer.',
    paused: 'satt på pause',
    list: 'Siste utvalgsliste',
    noList: 'Ingen liste er laget ennå.',
    asOf: 'per',
    places: 'plasser',
    candidates: 'aktører skåret',
    data: 'Data',
    lastLoad: 'Sist lastet',
    newest: 'Nyeste opplysning',
    snapshot: 'Siste uttrekk',
    quarantine: 'I karantene',
    failed: 'Mislykkede treninger siste 30 dager',
    noFailed: 'Ingen.',
    ledger: 'Revisjonsspor',
    entries: 'innslag',
    anchored: 'forankret utenfor databasen',
    never: 'ikke forankret',
    intervention: { suspend: 'Skåring er stoppet', 'roll-back': 'Tilbake til en tidligere versjon' },
    confirm: 'bekreftes før',
    deviations: (n: number) => `MLflow ble endret for hånd ${n} ganger siste 30 dager. Alt er ført og speilet på nytt.`,
  },
  en: {
    title: 'Overview',
    lead: 'What is live, what waits, and how new the data are.',
    live: 'Live now',
    nothingLive: 'No model version is live.',
    since: 'since',
    asked: 'asked by',
    approved: 'approved by',
    stopped: 'Scoring is stopped for this slot.',
    version: 'Version',
    slot: 'Slot',
    waiting: 'Waiting for a decision',
    nothingWaiting: 'Nothing waits.',
    request: 'Request to go live',
    draft: 'Draft list',
    forMe: 'Waits for you',
    until: 'until',
    signOffs: (n: number) => `${n} of 2 seals`,
    next: 'Next scheduled runs',
    noNext: 'Nothing is scheduled.',
    paused: 'paused',
    list: 'Last selection list',
    noList: 'No list has been made yet.',
    asOf: 'as of',
    places: 'places',
    candidates: 'providers scored',
    data: 'Data',
    lastLoad: 'Last load',
    newest: 'Newest fact',
    snapshot: 'Last snapshot',
    quarantine: 'In quarantine',
    failed: 'Failed training runs, last 30 days',
    noFailed: 'None.',
    ledger: 'Ledger',
    entries: 'entries',
    anchored: 'anchored outside the database',
    never: 'not anchored',
    intervention: { suspend: 'Scoring is stopped', 'roll-back': 'Returned to an earlier version' },
    confirm: 'to be confirmed before',
    deviations: (n: number) =>
      `MLflow was changed by hand ${n} times in the last 30 days. All of it is on record and was mirrored again.`,
  },
};

const Card = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="card">
    <Heading level={2} data-size="2xs">
      {title}
    </Heading>
    {children}
  </section>
);

export function OverviewPage() {
  const w = useWords(WORDS);
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => answer(api.GET('/v1/overview')),
    refetchInterval: 30_000,
  });
  return (
    <Page title={w.title} lead={w.lead}>
      <Ask of={overview} rows={8}>
        {(data) => (
          <>
            <Warnings of={data} />
            <div className="cards">
              <Live of={data} />
              <Waiting of={data} />
              <LastList of={data} />
              <Schedules />
              <Freshness of={data} />
              <Failed of={data} />
            </div>
          </>
        )}
      </Ask>
    </Page>
  );
}

function Warnings({ of }: { of: Overview }) {
  const w = useWords(WORDS);
  const f = useFormats();
  return (
    <>
      {of.interventions.map((e) => (
        <Alert key={e.interventionId} data-color="danger">
          {w.intervention[e.kind]}: {e.slot}, {f.instant(e.at)}
          {e.confirmBy ? `, ${w.confirm} ${f.instant(e.confirmBy)}` : ''}
        </Alert>
      ))}
      {of.deviations > 0 ? <Alert data-color="warning">{w.deviations(of.deviations)}</Alert> : null}
    </>
  );
}

function Live({ of }: { of: Overview }) {
  const w = useWords(WORDS);
  const f = useFormats();
  return (
    <Card title={w.live}>
      {of.live.length === 0 ? <Empty>{w.nothingLive}</Empty> : null}
      {of.live.map((row) => (
        <div key={row.slot} className="stack">
          <Facts
            of={[
              [w.slot, row.slot],
              [w.version, <Id key="v" of={row.versionId} to={`/versions/${row.versionId}`} />],
              [w.since, f.instant(row.liveFrom)],
              [w.asked, row.requestedBy ?? '–'],
              [w.approved, row.decidedBy ?? '–'],
            ]}
          />
          {row.stopped ? <Alert data-color="danger">{w.stopped}</Alert> : null}
        </div>
      ))}
    </Card>
  );
}

function Waiting({ of }: { of: Overview }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const mine = (yes: boolean) => (yes ? <StateTag state="draft">{w.forMe}</StateTag> : null);
  return (
    <Card title={w.waiting}>
      {of.requests.length + of.drafts.length === 0 ? <Empty>{w.nothingWaiting}</Empty> : null}
      <ul className="plain">
        {of.requests.map((r) => (
          <li key={r.requestId}>
            <To to={`/requests/${r.requestId}`}>
              {w.request}: {r.slot}
            </To>{' '}
            {mine(r.problem === null)}
            <Paragraph data-size="sm" className="lead">
              {w.asked} {r.requestedBy ?? '–'}, {w.until} {f.instant(r.expiresAt)}
            </Paragraph>
          </li>
        ))}
        {of.drafts.map(({ list, mine: maySignOff }) => (
          <li key={list.listId}>
            <To to={`/lists/${list.listId}`}>
              {w.draft}: {list.slot}
            </To>{' '}
            {mine(maySignOff)}
            <Paragraph data-size="sm" className="lead">
              {w.signOffs(list.signOffs)}
            </Paragraph>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function LastList({ of: { lastList } }: { of: Overview }) {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const f = useFormats();
  const may = useMay('getSelectionList');
  if (!lastList)
    return (
      <Card title={w.list}>
        <Empty>{w.noList}</Empty>
      </Card>
    );
  return (
    <Card title={w.list}>
      <p>
        <StateTag state={lastList.state}>{states[lastList.state]}</StateTag>
      </p>
      <Facts
        of={[
          [w.list, <Id key="l" of={lastList.listId} to={may ? `/lists/${lastList.listId}` : undefined} />],
          [w.asOf, f.instant(lastList.asOf)],
          [w.places, f.number(lastList.capacity)],
          [w.candidates, f.number(lastList.candidates)],
          [w.version, <Id key="v" of={lastList.versionId} to={`/versions/${lastList.versionId}`} />],
        ]}
      />
    </Card>
  );
}

function Schedules() {
  const w = useWords(WORDS);
  const f = useFormats();
  const may = useMay('listSchedules');
  const schedules = useQuery({
    queryKey: ['schedules'],
    queryFn: () => answer(api.GET('/v1/schedules')),
    enabled: may,
  });
  if (!may) return null;
  return (
    <Card title={w.next}>
      <Ask of={schedules} rows={2}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>{w.noNext}</Empty>
          ) : (
            <ul className="plain">
              {rows.map((s) => (
                <li key={s.id}>
                  <code>{s.id}</code>
                  <br />
                  {s.paused ? w.paused : f.instant(s.next)}
                </li>
              ))}
            </ul>
          )
        }
      </Ask>
    </Card>
  );
}

function Freshness({ of: { data, ledger } }: { of: Overview }) {
  const w = useWords(WORDS);
  const f = useFormats();
  return (
    <Card title={w.data}>
      <Facts
        of={[
          [w.lastLoad, f.instant(data.lastLoad)],
          [w.newest, f.instant(data.newestFact)],
          [
            w.snapshot,
            data.snapshot ? (
              <>
                <Id of={data.snapshot.snapshotId} to={`/lineage/${data.snapshot.snapshotId}`} /> {w.asOf}{' '}
                {f.instant(data.snapshot.asOf)}
              </>
            ) : (
              '–'
            ),
          ],
          [w.quarantine, f.number(data.quarantined)],
          [
            w.ledger,
            `${f.number(ledger.entries)} ${w.entries}, ${ledger.checkpoint ? `${f.number(ledger.checkpoint.size)} ${w.anchored}` : w.never}`,
          ],
        ]}
      />
    </Card>
  );
}

function Failed({ of: { failed } }: { of: Overview }) {
  const w = useWords(WORDS);
  const f = useFormats();
  return (
    <Card title={w.failed}>
      {failed.length === 0 ? (
        <Empty>{w.noFailed}</Empty>
      ) : (
        <ul className="plain">
          {failed.map((run) => (
            <li key={run.runId}>
              <To to={`/runs/${run.runId}`}>{run.name}</To>, {f.instant(run.startedAt)}
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
