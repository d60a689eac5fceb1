import { Paragraph } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { answer, api, type Evaluation, type Run } from '../api/client';
import { MetricsTable } from '../components/evaluation/metrics-table';
import { PrecisionCurves } from '../components/evaluation/precision-curves';
import { Link, Page, Section } from '../components/page';
import { Empty, QueryBoundary } from '../components/query-boundary';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/compare';

interface EvaluatedRun {
  readonly run: Run;
  readonly evaluation: Evaluation;
}

async function evaluatedRun(runId: string): Promise<EvaluatedRun> {
  const path = { params: { path: { runId } } };
  const [run, evaluation] = await Promise.all([
    answer(api.GET('/v1/training-runs/{runId}', path)),
    answer(api.GET('/v1/training-runs/{runId}/evaluation', path)),
  ]);
  return { run, evaluation };
}

export function ComparePage() {
  const t = useMessages(MESSAGES);
  const [search] = useSearchParams();
  const ids = (search.get('runs') ?? '').split(',').filter((id) => id !== '');
  const runs = useQuery({
    queryKey: ['evaluated-runs', ...ids],
    queryFn: () => Promise.all(ids.map(evaluatedRun)),
    enabled: ids.length > 1,
  });
  return (
    <Page title={t.title} lead={t.lead}>
      {ids.length < 2 ? (
        <Empty>{t.none}</Empty>
      ) : (
        <QueryBoundary query={runs}>{(found) => <Comparison runs={found} />}</QueryBoundary>
      )}
    </Page>
  );
}

function Comparison({ runs }: { runs: readonly EvaluatedRun[] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const evaluations = useMemo(
    () =>
      runs.map(({ run, evaluation }) => ({
        label: `${run.name} ${format.date(run.startedAt)}`,
        curves: evaluation.curves.filter(({ family }) => run.families.includes(family)),
      })),
    [runs, format],
  );
  return (
    <>
      <PrecisionCurves evaluations={evaluations} />
      {runs.map(({ run }) => (
        <Section key={run.runId} title={`${run.name}, ${format.instant(run.startedAt)}`}>
          <Paragraph data-size="sm">
            <Link to={`/runs/${run.runId}`}>{run.runId}</Link>, {t.rows(run.evaluation[0]?.n ?? 0)}
          </Paragraph>
          <MetricsTable rows={run.evaluation} />
        </Section>
      ))}
    </>
  );
}
