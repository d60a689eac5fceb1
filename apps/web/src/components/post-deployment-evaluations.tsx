import { Button, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { useMay } from '../layout';
import { useFormats, useWords } from '../i18n';
import { EvaluationView } from './evaluation';
import { Id, Section } from './page';
import { Ask, Empty, Problem } from './states';
import { Rows } from './table';

const WORDS = {
  nb: {
    lead: 'Den frosne modellen, dømt på utfall som ble kjent etter at den var ferdig trent. Ingen av dem har den lært av.',
    none: 'Versjonen er ikke etterprøvd ennå.',
    all: 'Etterprøvinger',
    asOf: 'Kjent per',
    rows: 'Nye utfall',
    findings: 'Funn',
    made: 'Utført',
    id: 'Avstamming',
    show: 'Vis',
    whole: (at: string) => `Slik gikk det, kjent per ${at}`,
    start: 'Etterprøv',
    day: 'Kjent til og med',
    busy: (step: string) => `Etterprøver: ${step} …`,
    steps: { extraction: 'uttrekk', features: 'variabler', evaluation: 'evaluering' } as Readonly<
      Record<string, string>
    >,
    failed: 'Etterprøvingen mislyktes. Er det kommet utfall siden treningen? Temporal viser hvorfor.',
  },
  en: {
    lead: 'The frozen model, judged on outcomes that became known after it had been trained. It learnt from none of them.',
    none: 'The version has not been followed up yet.',
    all: 'Follow-ups',
    asOf: 'Known at',
    rows: 'New outcomes',
    findings: 'Findings',
    made: 'Made',
    id: 'Lineage',
    show: 'Show',
    whole: (at: string) => `How it went, known at ${at}`,
    start: 'Follow up',
    day: 'Known up to',
    busy: (step: string) => `Following up: ${step} …`,
    steps: { extraction: 'extraction', features: 'features', evaluation: 'evaluation' } as Readonly<
      Record<string, string>
    >,
    failed: 'The follow-up failed. Did outcomes come since the training? Temporal shows why.',
  },
};

const POLL_MS = 1000;

/** How a version did on outcomes that it could not know, and asking once more. */
export function PostDeploymentEvaluations({ versionId, family }: { versionId: string; family: string }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const may = useMay('startPostDeploymentEvaluation');
  const [chosen, choose] = useState<string>();
  const all = useQuery({
    queryKey: ['post-deployment-evaluations', versionId],
    queryFn: () =>
      answer(
        api.GET('/v1/model-versions/{versionId}/post-deployment-evaluations', { params: { path: { versionId } } }),
      ),
  });
  return (
    <div className="stack">
      <Paragraph className="lead">{w.lead}</Paragraph>
      {may ? <Start versionId={versionId} /> : null}
      <Ask of={all}>
        {(rows) => {
          const one = rows.find(({ evaluationId }) => evaluationId === chosen) ?? rows[0];
          if (!one) return <Empty>{w.none}</Empty>;
          return (
            <>
              <Rows
                name={w.all}
                rows={rows}
                keyOf={(r) => r.evaluationId}
                columns={[
                  { head: w.asOf, cell: (r) => f.instant(r.asOf) },
                  { head: w.rows, numeric: true, cell: (r) => f.number(r.rows) },
                  { head: w.findings, numeric: true, cell: (r) => f.number(r.findings) },
                  { head: w.made, cell: (r) => f.instant(r.madeAt) },
                  { head: w.id, cell: (r) => <Id of={r.evaluationId} to={`/lineage/${r.evaluationId}`} /> },
                  {
                    head: w.show,
                    cell: (r) => (
                      <Button
                        variant="tertiary"
                        data-size="sm"
                        aria-pressed={r === one}
                        onClick={() => choose(r.evaluationId)}
                      >
                        {w.show}
                      </Button>
                    ),
                  },
                ]}
              />
              <Section title={w.whole(f.instant(one.asOf))}>
                <One evaluationId={one.evaluationId} family={family} />
              </Section>
            </>
          );
        }}
      </Ask>
    </div>
  );
}

function One({ evaluationId, family }: { evaluationId: string; family: string }) {
  const one = useQuery({
    queryKey: ['post-deployment-evaluation', evaluationId],
    queryFn: () =>
      answer(api.GET('/v1/post-deployment-evaluations/{evaluationId}', { params: { path: { evaluationId } } })),
  });
  return (
    <Ask of={one}>
      {(document) => (
        <div className="stack">
          <EvaluationView of={document} family={family} />
        </div>
      )}
    </Ask>
  );
}

function Start({ versionId }: { versionId: string }) {
  const w = useWords(WORDS);
  const queries = useQueryClient();
  const [day, setDay] = useState(() => new Date().toISOString().slice(0, 10));
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
    queryKey: ['follow-up-run', key],
    queryFn: async () => {
      const found = await answer(api.GET('/v1/follow-up-runs/{key}', { params: { path: { key: key! } } }));
      if (found.state === 'done')
        await queries.invalidateQueries({ queryKey: ['post-deployment-evaluations', versionId] });
      return found;
    },
    enabled: key !== undefined,
    refetchInterval: ({ state: { data } }) => (data === undefined || data.state === 'running' ? POLL_MS : false),
  });
  const busy = start.isPending || (key !== undefined && (run.data === undefined || run.data.state === 'running'));
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Textfield label={w.day} type="date" value={day} required onChange={(event) => setDay(event.target.value)} />
      <Button type="submit" disabled={busy}>
        {busy ? w.busy(w.steps[run.data?.step ?? ''] ?? '') : w.start}
      </Button>
      {run.data?.state === 'failed' ? <Paragraph role="alert">{w.failed}</Paragraph> : null}
      {start.error ? <Problem error={start.error} /> : null}
    </form>
  );
}
