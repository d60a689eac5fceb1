import { Button, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type PostDeploymentEvaluation } from '../api/client';
import { usePermission } from '../api/me';
import { useFormat, useLanguage, useMessages } from '../i18n';
import { MESSAGES } from '../messages/post-deployment-evaluations';
import { progressName } from '../messages/progress';
import { type Column, DataTable } from './data-table';
import { EvaluationReport } from './evaluation/evaluation-report';
import { Section, ShortId } from './page';
import { Empty, Problem, QueryBoundary } from './query-boundary';

/** How a version did on outcomes that became known after its training, and starting such an evaluation. */
export function PostDeploymentEvaluations({ versionId, family }: { versionId: string; family: string }) {
  const t = useMessages(MESSAGES);
  const mayStart = usePermission('startPostDeploymentEvaluation');
  const evaluations = useQuery({
    queryKey: ['post-deployment-evaluations', versionId],
    queryFn: () =>
      answer(
        api.GET('/v1/model-versions/{versionId}/post-deployment-evaluations', { params: { path: { versionId } } }),
      ),
  });
  return (
    <div className="stack">
      <Paragraph className="lead">{t.lead}</Paragraph>
      {mayStart ? <Start versionId={versionId} /> : null}
      <QueryBoundary query={evaluations}>{(rows) => <Evaluations rows={rows} family={family} />}</QueryBoundary>
    </div>
  );
}

function Evaluations({ rows, family }: { rows: readonly PostDeploymentEvaluation[]; family: string }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const [selectedId, select] = useState<string>();
  const selected = rows.find(({ evaluationId }) => evaluationId === selectedId) ?? rows[0];
  if (!selected) return <Empty>{t.none}</Empty>;
  const show: Column<PostDeploymentEvaluation> = {
    head: t.show,
    cell: (r) => (
      <Button variant="tertiary" data-size="sm" aria-pressed={r === selected} onClick={() => select(r.evaluationId)}>
        {t.show}
      </Button>
    ),
  };
  return (
    <>
      <DataTable
        name={t.all}
        rows={rows}
        keyOf={(r) => r.evaluationId}
        columns={[
          { head: t.asOf, cell: (r) => format.instant(r.asOf) },
          { head: t.rows, numeric: true, cell: (r) => format.number(r.rows) },
          { head: t.findings, numeric: true, cell: (r) => format.number(r.findings) },
          { head: t.made, cell: (r) => format.instant(r.madeAt) },
          { head: t.id, cell: (r) => <ShortId id={r.evaluationId} to={`/lineage/${r.evaluationId}`} /> },
          show,
        ]}
      />
      <Section title={t.result(format.instant(selected.asOf))}>
        <Report evaluationId={selected.evaluationId} family={family} />
      </Section>
    </>
  );
}

function Report({ evaluationId, family }: { evaluationId: string; family: string }) {
  const evaluation = useQuery({
    queryKey: ['post-deployment-evaluation', evaluationId],
    queryFn: () =>
      answer(api.GET('/v1/post-deployment-evaluations/{evaluationId}', { params: { path: { evaluationId } } })),
  });
  return (
    <QueryBoundary query={evaluation}>
      {(document) => <EvaluationReport evaluation={document} family={family} />}
    </QueryBoundary>
  );
}

const POLL_MS = 1000;

/** Starts an evaluation of everything known at the end of a day, and follows it until it is done. */
function useStart(versionId: string, day: string) {
  const queryClient = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/model-versions/{versionId}/post-deployment-evaluations', {
          params: { path: { versionId } },
          body: { asOf: `${day}T23:59:59Z` },
        }),
      ),
  });
  const key = start.data?.key;
  const run = useQuery({
    queryKey: ['post-deployment-evaluation-run', key],
    queryFn: async () => {
      const found = await answer(
        api.GET('/v1/post-deployment-evaluation-runs/{key}', { params: { path: { key: key! } } }),
      );
      if (found.state === 'done')
        await queryClient.invalidateQueries({ queryKey: ['post-deployment-evaluations', versionId] });
      return found;
    },
    enabled: key !== undefined,
    refetchInterval: ({ state: { data } }) => (data === undefined || data.state === 'running' ? POLL_MS : false),
  });
  const busy = start.isPending || (key !== undefined && (run.data === undefined || run.data.state === 'running'));
  return { start, run: run.data, busy };
}

function Start({ versionId }: { versionId: string }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const [day, setDay] = useState(() => new Date().toISOString().slice(0, 10));
  const { start, run, busy } = useStart(versionId, day);
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Textfield label={t.day} type="date" value={day} required onChange={(event) => setDay(event.target.value)} />
      <Button type="submit" disabled={busy}>
        {busy ? t.busy(run?.step ? progressName(run.step, language) : '') : t.start}
      </Button>
      {run?.state === 'failed' ? <Paragraph role="alert">{t.failed}</Paragraph> : null}
      {start.error ? <Problem error={start.error} /> : null}
    </form>
  );
}
