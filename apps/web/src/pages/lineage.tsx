import { Button, Textfield } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { answer, api, type Graph } from '../api/client';
import { DataTable } from '../components/data-table';
import { LineageNode } from '../components/lineage-node';
import { LiveAt } from '../components/live-at';
import { Link, Page, Section, shortId } from '../components/page';
import { Empty, Loading, QueryBoundary } from '../components/query-boundary';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/lineage';
import { LINEAGE_KINDS } from '../messages/lineage-kinds';

// The graph's libraries are large, and only this page needs them.
const LineageGraph = lazy(async () => ({ default: (await import('../components/lineage-graph')).LineageGraph }));

const MIN_ID_LENGTH = 3;

export function LineagePage() {
  const { id } = useParams();
  const t = useMessages(MESSAGES);
  const navigate = useNavigate();
  const [entered, setEntered] = useState(id ?? '');
  return (
    <Page title={t.title} lead={t.lead}>
      <form
        className="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate(`/lineage/${encodeURIComponent(entered.trim())}`);
        }}
      >
        <Textfield label={t.id} value={entered} onChange={(event) => setEntered(event.target.value)} />
        <Button type="submit" disabled={entered.trim().length < MIN_ID_LENGTH}>
          {t.find}
        </Button>
      </form>
      {id ? <Lineage key={id} id={id} /> : <Empty>{t.none}</Empty>}
      <LiveAt />
    </Page>
  );
}

function Lineage({ id }: { id: string }) {
  const graph = useQuery({
    queryKey: ['graph', id],
    queryFn: () => answer(api.GET('/v1/lineage-graph/{id}', { params: { path: { id } } })),
  });
  return (
    <QueryBoundary query={graph} rows={8}>
      {(data) => <LineageDetails graph={data} />}
    </QueryBoundary>
  );
}

/** The name of a node as the API's edges use it. */
const nodeName = ({ kind, id }: Graph['nodes'][number]) => `${kind}/${id}`;

function LineageDetails({ graph }: { graph: Graph }) {
  const t = useMessages(MESSAGES);
  const kinds = useMessages(LINEAGE_KINDS);
  const format = useFormat();
  const [selected, select] = useState(`${graph.of.kind}/${graph.of.id}`);
  const node = graph.nodes.find((n) => nodeName(n) === selected);
  return (
    <>
      <Section title={t.graph} lead={graph.truncated ? t.truncated : undefined}>
        <Suspense fallback={<Loading rows={6} />}>
          <LineageGraph graph={graph} selected={selected} select={select} />
        </Suspense>
      </Section>
      {node ? <LineageNode node={node} /> : null}
      <Section title={t.asList}>
        <DataTable
          name={t.asList}
          rows={graph.nodes}
          keyOf={nodeName}
          columns={[
            { head: t.distance, numeric: true, cell: (n) => n.distance },
            {
              head: t.what,
              cell: (n) => (
                <Link to={`/lineage/${encodeURIComponent(n.id)}`}>
                  {kinds[n.kind]} <code>{shortId(n.id)}</code>
                </Link>
              ),
            },
            { head: t.when, cell: (n) => format.instant(n.at) },
            { head: t.by, cell: (n) => n.by },
            { head: t.ledger, cell: (n) => n.ledger.join(', ') },
          ]}
        />
      </Section>
    </>
  );
}
