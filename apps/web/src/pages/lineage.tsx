import { Button, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { answer, api, type Graph, type LiveRow } from '../api/client';
import { Facts, Id, Page, Section, To } from '../components/page';
import { NodeDetails } from '../components/node-details';
import { Ask, Empty, Loading } from '../components/states';
import { Rows } from '../components/table';
import { useFormats, useWords } from '../i18n';
import { KINDS } from '../messages/kinds';

const Flow = lazy(async () => ({ default: (await import('../components/flow')).Flow }));

const WORDS = {
  nb: {
    title: 'Avstamming',
    lead: 'Hva noe kom av, og hva som kom av det: uttrekk, matrise, trening, versjon, beslutning, skåring, liste, sak.',
    id: 'Id (seks tegn eller mer)',
    find: 'Vis',
    graph: 'Graf',
    asList: 'Som liste',
    cut: 'Det er mer: bare det nærmeste vises.',
    what: 'Hva',
    steps: 'Steg',
    when: 'Når',
    by: 'Hvem',
    ledger: 'Revisjonsspor',
    none: 'Skriv en id, eller følg en lenke fra en versjon, trening eller liste.',
    live: 'Hva var i bruk …',
    liveLead: 'For ethvert tidspunkt: hvilken versjon, hvem som ba om det og godkjente, og hva som kom av det.',
    at: 'Tidspunkt',
    slider: 'Dager tilbake',
    nothing: 'Ingenting var i bruk da.',
    slot: 'Felt',
    version: 'Versjon',
    from: 'Fra',
    until: 'Til',
    trained: 'Trent av',
    asked: 'Bedt om av',
    approved: 'Godkjent av',
    data: 'Data',
    code: 'Kode',
    lists: 'Lister',
  },
  en: {
    title: 'Lineage',
    lead: 'What a thing came from, and what came of it: snapshot, matrix, run, version, decision, scoring, list, case.',
    id: 'Id (six characters or more)',
    find: 'Show',
    graph: 'Graph',
    asList: 'As a list',
    cut: 'There is more: only the nearest are shown.',
    what: 'What',
    steps: 'Steps',
    when: 'When',
    by: 'Who',
    ledger: 'Ledger',
    none: 'Type an id, or follow a link from a version, run or list.',
    live: 'What was live …',
    liveLead: 'For any instant: which version, who asked and who approved, and what came of it.',
    at: 'Instant',
    slider: 'Days back',
    nothing: 'Nothing was live then.',
    slot: 'Slot',
    version: 'Version',
    from: 'From',
    until: 'Until',
    trained: 'Trained by',
    asked: 'Asked by',
    approved: 'Approved by',
    data: 'Data',
    code: 'Code',
    lists: 'Lists',
  },
};

export function LineagePage() {
  const { id } = useParams();
  const w = useWords(WORDS);
  const go = useNavigate();
  const [typed, setTyped] = useState(id ?? '');
  return (
    <Page title={w.title} lead={w.lead}>
      <form
        className="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void go(`/lineage/${encodeURIComponent(typed.trim())}`);
        }}
      >
        <Textfield label={w.id} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Button type="submit" disabled={typed.trim().length < 3}>
          {w.find}
        </Button>
      </form>
      {id ? <GraphOf key={id} id={id} /> : <Empty>{w.none}</Empty>}
      <LiveAt />
    </Page>
  );
}

function GraphOf({ id }: { id: string }) {
  const w = useWords(WORDS);
  const graph = useQuery({
    queryKey: ['graph', id],
    queryFn: () => answer(api.GET('/v1/lineage-graph/{id}', { params: { path: { id } } })),
  });
  return (
    <Ask of={graph} rows={8}>
      {(data) => <Drawn graph={data} cut={data.cut ? w.cut : undefined} />}
    </Ask>
  );
}

function Drawn({ graph, cut }: { graph: Graph; cut: string | undefined }) {
  const w = useWords(WORDS);
  const kinds = useWords(KINDS);
  const f = useFormats();
  const [picked, setPicked] = useState(`${graph.of.kind}/${graph.of.id}`);
  const node = graph.nodes.find((n) => `${n.kind}/${n.id}` === picked);
  return (
    <>
      <Section title={w.graph} lead={cut}>
        <Suspense fallback={<Loading rows={6} />}>
          <Flow graph={graph} picked={picked} pick={setPicked} />
        </Suspense>
      </Section>
      {node ? <NodeDetails node={node} /> : null}
      <Section title={w.asList}>
        <Rows
          name={w.asList}
          rows={graph.nodes}
          keyOf={(n) => `${n.kind}/${n.id}`}
          columns={[
            { head: w.steps, numeric: true, cell: (n) => n.distance },
            {
              head: w.what,
              cell: (n) => (
                <To to={`/lineage/${encodeURIComponent(n.id)}`}>
                  {kinds[n.kind]} <code>{n.id.slice(0, 12)}</code>
                </To>
              ),
            },
            { head: w.when, cell: (n) => f.instant(n.at) },
            { head: w.by, cell: (n) => n.by },
            { head: w.ledger, cell: (n) => n.ledger.join(', ') },
          ]}
        />
      </Section>
    </>
  );
}

const DAY_MS = 86_400_000;
const SLIDER_DAYS = 730;
const asLocal = (date: Date) => date.toISOString().slice(0, 19);

/** The time machine: type an instant, to the second, or pull the slider; until then it is now, by the server's clock. Instants are UTC here, as they are kept. */
function LiveAt() {
  const w = useWords(WORDS);
  const [now] = useState(() => new Date());
  const [typed, setAt] = useState<string>();
  const at = typed ?? asLocal(now);
  const instant = new Date(`${at}Z`);
  const valid = !Number.isNaN(instant.getTime());
  const days = valid ? Math.max(0, Math.min(SLIDER_DAYS, Math.round((now.getTime() - instant.getTime()) / DAY_MS))) : 0;
  const live = useQuery({
    queryKey: ['live', typed ?? 'now'],
    queryFn: () =>
      answer(
        api.GET('/v1/live-at/{instant}', {
          params: { path: { instant: typed === undefined ? 'now' : instant.toISOString() } },
        }),
      ),
    enabled: valid,
    placeholderData: (before) => before,
  });
  return (
    <Section title={w.live} lead={w.liveLead} id="live">
      <div className="row">
        <Textfield
          label={`${w.at} (UTC)`}
          type="datetime-local"
          step={1}
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <label style={{ flex: 1, minWidth: '14rem' }}>
          {w.slider}: {days}
          <br />
          <input
            type="range"
            style={{ width: '100%' }}
            min={0}
            max={SLIDER_DAYS}
            value={SLIDER_DAYS - days}
            onChange={(event) =>
              setAt(asLocal(new Date(now.getTime() - (SLIDER_DAYS - Number(event.target.value)) * DAY_MS)))
            }
          />
        </label>
      </div>
      <Ask of={live} rows={3}>
        {(rows) => (
          <div aria-live="polite" className="stack">
            {rows.length === 0 ? (
              <Paragraph>{w.nothing}</Paragraph>
            ) : (
              rows.map((row) => <Live key={row.slot} row={row} />)
            )}
          </div>
        )}
      </Ask>
    </Section>
  );
}

function Live({ row }: { row: LiveRow }) {
  const w = useWords(WORDS);
  const f = useFormats();
  return (
    <div className="card">
      <Facts
        of={[
          [w.slot, row.slot],
          [w.version, <Id key="v" of={row.versionId} to={`/versions/${row.versionId}`} />],
          [w.from, f.instant(row.liveFrom)],
          [w.until, f.instant(row.liveUntil)],
          [w.trained, row.trainedBy ?? '–'],
          [w.asked, `${row.requestedBy ?? '–'}, ${f.instant(row.requestedAt)}`],
          [
            w.approved,
            <To key="a" to={`/requests/${row.requestId}`}>{`${row.decidedBy ?? '–'}, ${f.instant(row.decidedAt)}`}</To>,
          ],
          [
            w.data,
            <Id key="d" of={row.snapshotId ?? row.matrixId} to={`/lineage/${row.snapshotId ?? row.matrixId}`} />,
          ],
          [w.code, row.code ? <Id key="c" of={row.code} /> : '–'],
          [
            w.lists,
            row.lists.length === 0 ? (
              '–'
            ) : (
              <span key="l" className="actions">
                {row.lists.map((list) => (
                  <Id key={list} of={list} to={`/lists/${list}`} />
                ))}
              </span>
            ),
          ],
          [w.ledger, row.ledger.map(({ seq, event }) => `${seq} (${event})`).join(', ')],
        ]}
      />
    </div>
  );
}
