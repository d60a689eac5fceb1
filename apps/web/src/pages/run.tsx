import { Alert, Button, Details } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api, type Run } from '../api/client';
import { useMe, usePermission } from '../api/me';
import { EvaluationReport } from '../components/evaluation/evaluation-report';
import { JsonDocument } from '../components/json-document';
import { LeakageReportView } from '../components/leakage-report';
import { DescriptionList, ExternalLink, Page, ShortId } from '../components/page';
import { Problem, QueryBoundary } from '../components/query-boundary';
import { RunProgress } from '../components/run/run-progress';
import { Folds, Trials } from '../components/run/run-tables';
import { useProgress } from '../components/run/use-progress';
import { StateTag } from '../components/state-tag';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/run';
import { RUN_STATES } from '../messages/states';

export function RunPage() {
  const { runId = '' } = useParams();
  const run = useQuery({
    queryKey: ['run', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}', { params: { path: { runId } } })),
  });
  return (
    <QueryBoundary query={run} rows={8}>
      {(data) => <RunDetails run={data} />}
    </QueryBoundary>
  );
}

function RunDetails({ run }: { run: Run }) {
  const t = useMessages(MESSAGES);
  const queryClient = useQueryClient();
  const mayCancel = usePermission('cancelTrainingRun');
  const temporal = useMe().data?.links.temporal;
  const { runId, state } = run;
  const progress = useProgress(runId, state === 'running');
  const cancel = useMutation({
    mutationFn: () => answer(api.POST('/v1/training-runs/{runId}/cancellations', { params: { path: { runId } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['run', runId] }),
  });
  const actions =
    state === 'running' && mayCancel ? (
      <Button variant="secondary" data-color="danger" onClick={() => cancel.mutate()}>
        {t.cancel}
      </Button>
    ) : null;
  return (
    <Page title={`${t.title}: ${run.name}`} actions={actions}>
      <Facts run={run} />
      {temporal ? (
        <p>
          <ExternalLink to={`${temporal}/workflows/train-${runId}`}>{t.temporal}</ExternalLink>
        </p>
      ) : null}
      {run.problem ? (
        <Alert data-color="danger">
          {t.problem} {run.problem}
        </Alert>
      ) : null}
      {cancel.isError ? <Problem error={cancel.error} /> : null}
      {state === 'running' ? <RunProgress progress={progress} /> : null}
      <LeakageReportView leakage={run.leakage} />
      {state === 'finished' ? <RunEvaluation runId={runId} /> : null}
      <Trials trials={run.trials} />
      <Folds folds={run.folds} />
      <Details>
        <Details.Summary>{t.experiment}</Details.Summary>
        <Details.Content>
          <JsonDocument value={run.experiment} />
        </Details.Content>
      </Details>
    </Page>
  );
}

function Facts({ run }: { run: Run }) {
  const t = useMessages(MESSAGES);
  const states = useMessages(RUN_STATES);
  const format = useFormat();
  const { state, matrixId, versionId } = run;
  return (
    <DescriptionList
      items={[
        [
          t.state,
          <StateTag key="s" state={state}>
            {states[state]}
          </StateTag>,
        ],
        [t.slot, run.slot],
        [t.by, run.startedBy ?? '–'],
        [t.started, format.instant(run.startedAt)],
        [t.ended, format.instant(run.endedAt)],
        [t.matrix, matrixId ? <ShortId key="m" id={matrixId} to={`/lineage/${matrixId}`} /> : '–'],
        [t.version, versionId ? <ShortId key="v" id={versionId} to={`/versions/${versionId}`} /> : '–'],
      ]}
    />
  );
}

function RunEvaluation({ runId }: { runId: string }) {
  const evaluation = useQuery({
    queryKey: ['evaluation', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}/evaluation', { params: { path: { runId } } })),
  });
  return <QueryBoundary query={evaluation}>{(document) => <EvaluationReport evaluation={document} />}</QueryBoundary>;
}
