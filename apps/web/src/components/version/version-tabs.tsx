import { Details, Tabs } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { answer, api, type Version } from '../../api/client';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/version';
import { EvaluationReport } from '../evaluation/evaluation-report';
import { JsonDocument } from '../json-document';
import { LeakageReportView } from '../leakage-report';
import { DescriptionList } from '../page';
import { PostDeploymentEvaluations } from '../post-deployment-evaluations';
import { Empty, QueryBoundary } from '../query-boundary';
import { Decisions } from './decisions';

const TABS = ['evaluation', 'postDeployment', 'leakage', 'card', 'decisions', 'recipe'] as const;

/** Evaluation, leakage report, model card, decisions and recipe of a version. */
export function VersionTabs({ version }: { version: Version }) {
  const t = useMessages(MESSAGES);
  const { versionId, runId, family } = version;
  return (
    <Tabs defaultValue="evaluation">
      <Tabs.List>
        {TABS.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {t[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="evaluation">
        <RunEvaluation runId={runId} family={family} />
      </Tabs.Panel>
      <Tabs.Panel value="postDeployment">
        <PostDeploymentEvaluations versionId={versionId} family={family} />
      </Tabs.Panel>
      <Tabs.Panel value="leakage">
        <RunLeakage runId={runId} />
      </Tabs.Panel>
      <Tabs.Panel value="card">
        <ModelCard version={version} />
      </Tabs.Panel>
      <Tabs.Panel value="decisions">
        <Decisions requests={version.requests} />
      </Tabs.Panel>
      <Tabs.Panel value="recipe">
        <Recipe version={version} />
      </Tabs.Panel>
    </Tabs>
  );
}

function RunEvaluation({ runId, family }: { runId: string; family: string }) {
  const evaluation = useQuery({
    queryKey: ['evaluation', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}/evaluation', { params: { path: { runId } } })),
  });
  return (
    <QueryBoundary query={evaluation}>
      {(document) => <EvaluationReport evaluation={document} family={family} />}
    </QueryBoundary>
  );
}

function RunLeakage({ runId }: { runId: string }) {
  const t = useMessages(MESSAGES);
  const run = useQuery({
    queryKey: ['run', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}', { params: { path: { runId } } })),
  });
  return (
    <QueryBoundary query={run}>
      {({ leakage }) => (leakage ? <LeakageReportView leakage={leakage} /> : <Empty>{t.noLeakage}</Empty>)}
    </QueryBoundary>
  );
}

function ModelCard({ version: { versionId, hasCard } }: { version: Version }) {
  const t = useMessages(MESSAGES);
  if (!hasCard) return <Empty>{t.noCard}</Empty>;
  return (
    <iframe className="frame" title={t.card} src={`/v1/model-versions/${versionId}/card?format=html`} sandbox="" />
  );
}

function Recipe({ version: { runtime, recipe } }: { version: Version }) {
  const t = useMessages(MESSAGES);
  return (
    <>
      <DescriptionList items={Object.entries(runtime)} />
      <Details>
        <Details.Summary>{t.recipeDocument}</Details.Summary>
        <Details.Content>
          <JsonDocument value={recipe} />
        </Details.Content>
      </Details>
    </>
  );
}
