import { Alert, Details, Tabs } from '@digdir/designsystemet-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useNavigate, useParams } from 'react-router';
import { FAMILIES } from '../../../../domain/i18n';
import { answer, api, type Version } from '../api/client';
import { Act, type ActSpec } from '../components/confirm-with-sign-in';
import { EvaluationView } from '../components/evaluation';
import { PostDeploymentEvaluations } from '../components/post-deployment-evaluations';
import { Gate } from '../components/gate-result';
import { LeakageReportView } from '../components/leakage-report';
import { Away, Facts, Id, Page, Section, StateTag, To } from '../components/page';
import { Ask, Empty } from '../components/states';
import { Rows } from '../components/table';
import { useMay } from '../layout';
import { useFormats, useLanguage, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Modellversjon',
    slot: 'Felt',
    family: 'Modell',
    run: 'Trening',
    matrix: 'Matrise',
    at: 'Registrert',
    signed: 'Signert',
    yes: 'ja',
    no: 'nei',
    code: 'Kode',
    lineage: 'Avstamming',
    mlflow: 'Se treningen i MLflow',
    card: 'Modellkort',
    later: 'Etterprøving',
    leakage: 'Lekkasjeattest',
    noLeakage: 'Treningen har ingen lekkasjeattest.',
    gates: (id: string) => `Krav i ønsket ${id}`,
    noGates: 'Kravene er ikke dømt ennå.',
    evaluation: 'Evaluering',
    decisions: 'Beslutninger',
    recipe: 'Oppskrift',
    noCard: 'Versjonen ble frosset før versjoner fikk kort.',
    none: 'Ingen har bedt om å ta den i bruk.',
    ask: 'Be om å ta den i bruk',
    study: 'Versjonen vet hvem som kontrollerte. Den kan studeres, aldri tas i bruk.',
    revised: (changed: number, rows: number, from: number, to: number, at: string) =>
      `Fasiten er endret siden treningen (oppdaget ${at}): ${changed} av ${rows} utfall er blitt andre, ${from} funn er borte og ${to} er kommet til. Tren den på nytt.`,
    request: 'Ønske',
    state: 'Status',
    by: 'Bedt om av',
    when: 'Når',
    engine: 'Maskineri',
  },
  en: {
    title: 'Model version',
    slot: 'Slot',
    family: 'Model',
    run: 'Training run',
    matrix: 'Matrix',
    at: 'Registered',
    signed: 'Signed',
    yes: 'yes',
    no: 'no',
    code: 'Code',
    lineage: 'Lineage',
    mlflow: 'See the run in MLflow',
    card: 'Model card',
    later: 'Follow-up',
    leakage: 'Leak certificate',
    noLeakage: 'The run has no leakage report.',
    gates: (id: string) => `Gates of request ${id}`,
    noGates: 'The gates have not been judged yet.',
    evaluation: 'Evaluation',
    decisions: 'Decisions',
    recipe: 'Recipe',
    noCard: 'The version was frozen before versions carried a card.',
    none: 'Nobody has asked for it to go live.',
    ask: 'Ask for it to go live',
    study: 'The version knows who looked. It may be studied, never go live.',
    revised: (changed: number, rows: number, from: number, to: number, at: string) =>
      `The labels have changed since it was trained (found ${at}): ${changed} of ${rows} outcomes became others, ${from} findings are none any more and ${to} were added. Train it again.`,
    request: 'Request',
    state: 'State',
    by: 'Asked by',
    when: 'When',
    engine: 'Engine',
  },
};

export function VersionPage() {
  const { versionId = '' } = useParams();
  const version = useQuery({
    queryKey: ['version', versionId],
    queryFn: () => answer(api.GET('/v1/model-versions/{versionId}', { params: { path: { versionId } } })),
  });
  return (
    <Ask of={version} rows={8}>
      {(data) => <Loaded version={data} />}
    </Ask>
  );
}

function Loaded({ version }: { version: Version }) {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const { language } = useLanguage();
  const f = useFormats();
  const { versionId, runId, family } = version;
  const evaluation = useQuery({
    queryKey: ['evaluation', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}/evaluation', { params: { path: { runId } } })),
  });
  const run = useQuery({
    queryKey: ['run', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}', { params: { path: { runId } } })),
  });
  return (
    <Page title={`${w.title} ${versionId.slice(0, 12)}`}>
      <Facts
        of={[
          [w.slot, version.slot],
          [w.family, FAMILIES[language][family] ?? family],
          [w.at, f.instant(version.registeredAt)],
          [w.signed, version.signed ? w.yes : w.no],
          [
            w.run,
            <To key="r" to={`/runs/${runId}`}>
              {runId.slice(0, 8)}
            </To>,
          ],
          [w.matrix, <Id key="m" of={version.matrixId} to={`/lineage/${version.matrixId}`} />],
          [w.lineage, <Id key="l" of={versionId} to={`/lineage/${versionId}`} />],
          ...(version.live
            ? [
                [
                  w.state,
                  <StateTag key="s" state="live">
                    {states.live}
                  </StateTag>,
                ] as const,
              ]
            : []),
        ]}
      />
      {version.links.mlflow ? (
        <p>
          <Away to={version.links.mlflow}>{w.mlflow}</Away>
        </p>
      ) : null}
      <Revised of={version.revisions[0]} />
      {version.selectable ? <AskToGoLive version={version} /> : <Alert data-color="warning">{w.study}</Alert>}
      <Tabs defaultValue="evaluation">
        <Tabs.List>
          <Tabs.Tab value="evaluation">{w.evaluation}</Tabs.Tab>
          <Tabs.Tab value="later">{w.later}</Tabs.Tab>
          <Tabs.Tab value="leakage">{w.leakage}</Tabs.Tab>
          <Tabs.Tab value="card">{w.card}</Tabs.Tab>
          <Tabs.Tab value="decisions">{w.decisions}</Tabs.Tab>
          <Tabs.Tab value="recipe">{w.recipe}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="evaluation">
          <Ask of={evaluation}>
            {(document) => (
              <div className="stack">
                <EvaluationView of={document} family={family} />
              </div>
            )}
          </Ask>
        </Tabs.Panel>
        <Tabs.Panel value="later">
          <PostDeploymentEvaluations versionId={versionId} family={family} />
        </Tabs.Panel>
        <Tabs.Panel value="leakage">
          <Ask of={run}>
            {(of) => (of.leakage ? <LeakageReportView of={of.leakage} /> : <Empty>{w.noLeakage}</Empty>)}
          </Ask>
        </Tabs.Panel>
        <Tabs.Panel value="card">
          {version.hasCard ? (
            <iframe
              className="frame"
              title={w.card}
              src={`/v1/model-versions/${versionId}/card?format=html`}
              sandbox=""
            />
          ) : (
            <Empty>{w.noCard}</Empty>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="decisions">
          <Requests version={version} />
        </Tabs.Panel>
        <Tabs.Panel value="recipe">
          <Facts of={Object.entries(version.engine).map(([name, value]) => [name, value] as const)} />
          <Details>
            <Details.Summary>{w.recipe}</Details.Summary>
            <Details.Content>
              <pre className="scroll" tabIndex={0}>
                {JSON.stringify(version.recipe, null, 2)}
              </pre>
            </Details.Content>
          </Details>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

/** Outcomes that became others after it was trained on them. */
function Revised({ of }: { of: Version['revisions'][number] | undefined }) {
  const w = useWords(WORDS);
  const f = useFormats();
  if (!of || of.changed === 0) return null;
  return (
    <Alert data-color="warning">
      {w.revised(of.changed, of.rows, of.fromFinding, of.toFinding, f.instant(of.foundAt))}
    </Alert>
  );
}

/** Asking for it to go live, where the role allows it. */
function AskToGoLive({ version: { versionId } }: { version: Version }) {
  const w = useWords(WORDS);
  const may = useMay('requestPromotion');
  const go = useNavigate();
  const queries = useQueryClient();
  const spec = useMemo<ActSpec>(
    () => ({
      permission: 'promotion.request',
      versionId,
      requestId: crypto.randomUUID(),
      label: w.ask,
      needsReason: false,
      run: ({ requestId }) =>
        answer(
          api.POST('/v1/model-versions/{versionId}/promotions', {
            params: { path: { versionId } },
            body: { requestId },
          }),
        ),
      done: ({ requestId }) => {
        void queries.invalidateQueries();
        void go(`/requests/${requestId}`);
      },
    }),
    [versionId, w.ask, queries, go],
  );
  return may ? <Act spec={spec} /> : null;
}

function Requests({ version: { requests } }: { version: Version }) {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const f = useFormats();
  const [latest] = requests;
  const request = useQuery({
    queryKey: ['request', latest?.requestId],
    queryFn: () =>
      answer(api.GET('/v1/promotions/{requestId}', { params: { path: { requestId: latest!.requestId } } })),
    enabled: latest !== undefined,
  });
  if (!latest) return <Empty>{w.none}</Empty>;
  return (
    <div className="stack">
      <Rows
        name={w.decisions}
        rows={requests}
        keyOf={(r) => r.requestId}
        columns={[
          { head: w.request, cell: (r) => <To to={`/requests/${r.requestId}`}>{r.requestId.slice(0, 8)}</To> },
          { head: w.state, cell: (r) => <StateTag state={r.state}>{states[r.state]}</StateTag> },
          { head: w.by, cell: (r) => r.requestedBy },
          { head: w.when, cell: (r) => f.instant(r.requestedAt) },
        ]}
      />
      <Section title={w.gates(latest.requestId.slice(0, 8))}>
        <Ask of={request}>
          {({ gates }) =>
            gates.length === 0 ? (
              <Empty>{w.noGates}</Empty>
            ) : (
              <ul className="plain">
                {gates.map((gate) => (
                  <li key={gate.gate}>
                    <Gate of={gate} />
                  </li>
                ))}
              </ul>
            )
          }
        </Ask>
      </Section>
    </div>
  );
}
