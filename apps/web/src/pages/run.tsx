import { Alert, Button, Details, Paragraph } from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useParams } from 'react-router';
import { FAMILIES } from '../../../../domain/i18n';
import { answer, api, type Run } from '../api/client';
import { EvaluationView } from '../components/evaluation';
import { LeakageReportView } from '../components/leakage-report';
import { Away, Facts, Id, Page, Section, StateTag } from '../components/page';
import { Ask, Problem } from '../components/states';
import { Rows } from '../components/table';
import { useMay, useMe } from '../layout';
import { useFormats, useLanguage, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Trening',
    state: 'Status',
    slot: 'Felt',
    by: 'Startet av',
    started: 'Startet',
    ended: 'Ferdig',
    matrix: 'Matrise',
    version: 'Modellversjon',
    cancel: 'Stopp',
    temporal: 'Se arbeidsflyten i Temporal',
    problem: 'Den mislyktes:',
    experiment: 'Eksperimentet som det ble kjørt',
    step: 'Steg',
    folds: 'Deler som er tilpasset',
    fold: 'Del',
    family: 'Modell',
    train: 'Treningsrader',
    never: 'Aldri kontrollerte ved siden av',
    test: 'Testrader',
    positives: 'Funn i test',
    trials: 'Innstillinger som ble prøvd',
    trialsLead:
      'Tilpasset og bedømt på det som var kjent før første testdel. Den med lavest tap brukes; nummer 0 er den eksperimentet gir.',
    trial: 'Nr.',
    loss: 'Logaritmisk tap',
    ap: 'Gj.sn. presisjon',
    settings: 'Innstilling',
    steps: {
      search: 'søker innstillinger',
      population: 'alle aktører',
      planning: 'planlegger',
      extraction: 'uttrekk',
      features: 'egenskaper',
      'leakage-check': 'lekkasjesjekk',
      training: 'trener',
      evaluation: 'evaluerer',
      'final-model': 'siste modell',
      registration: 'registrerer',
      finished: 'ferdig',
    },
  },
  en: {
    title: 'Training run',
    state: 'State',
    slot: 'Slot',
    by: 'Started by',
    started: 'Started',
    ended: 'Ended',
    matrix: 'Matrix',
    version: 'Model version',
    cancel: 'Stop',
    temporal: 'See the workflow in Temporal',
    problem: 'It failed:',
    experiment: 'The experiment as it was run',
    step: 'Step',
    folds: 'Folds fitted',
    fold: 'Fold',
    family: 'Model',
    train: 'Training rows',
    never: 'Never controlled beside them',
    test: 'Test rows',
    positives: 'Findings in test',
    trials: 'Settings that were tried',
    trialsLead:
      'Fitted and judged on what was known before the first test part. The one with the lowest loss is used; number 0 is what the experiment gives.',
    trial: 'No.',
    loss: 'Log loss',
    ap: 'Average precision',
    settings: 'Setting',
    steps: {
      search: 'searching settings',
      population: 'all providers',
      planning: 'planning',
      extraction: 'extraction',
      features: 'features',
      'leakage-check': 'target-leakage check',
      training: 'training',
      evaluation: 'evaluation',
      'final-model': 'final model',
      registration: 'registration',
      finished: 'finished',
    },
  },
};

interface Progress {
  readonly state: Run['state'];
  readonly step: string | null;
  readonly done: number;
  readonly total: number;
  readonly folds: readonly { readonly fold: string; readonly family: string }[];
}

/** Progress of a run as the server tells it; the stream ends with the run. */
function useProgress(runId: string, running: boolean): Progress | undefined {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress>();
  useEffect(() => {
    if (!running) return;
    const source = new EventSource(`/v1/training-runs/${runId}/events`);
    source.addEventListener('progress', (event: MessageEvent<string>) => {
      const now = JSON.parse(event.data) as Progress;
      setProgress(now);
      if (now.state !== 'running') {
        source.close();
        void queries.invalidateQueries({ queryKey: ['run', runId] });
      }
    });
    return () => source.close();
  }, [runId, running, queries]);
  return progress;
}

export function RunPage() {
  const { runId = '' } = useParams();
  const w = useWords(WORDS);
  const run = useQuery({
    queryKey: ['run', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}', { params: { path: { runId } } })),
  });
  return (
    <Ask of={run} rows={8}>
      {(data) => <Loaded run={data} title={`${w.title}: ${data.name}`} />}
    </Ask>
  );
}

function Loaded({ run, title }: { run: Run; title: string }) {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const f = useFormats();
  const queries = useQueryClient();
  const mayCancel = useMay('cancelTrainingRun');
  const temporal = useMe().data?.links.temporal;
  const { runId } = run;
  const progress = useProgress(runId, run.state === 'running');
  const cancel = useMutation({
    mutationFn: () => answer(api.POST('/v1/training-runs/{runId}/cancellations', { params: { path: { runId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['run', runId] }),
  });
  const evaluation = useQuery({
    queryKey: ['evaluation', runId],
    queryFn: () => answer(api.GET('/v1/training-runs/{runId}/evaluation', { params: { path: { runId } } })),
    enabled: run.state === 'finished',
  });
  const actions =
    run.state === 'running' && mayCancel ? (
      <Button variant="secondary" data-color="danger" onClick={() => cancel.mutate()}>
        {w.cancel}
      </Button>
    ) : null;
  return (
    <Page title={title} actions={actions}>
      <Facts
        of={[
          [
            w.state,
            <StateTag key="s" state={run.state}>
              {states[run.state]}
            </StateTag>,
          ],
          [w.slot, run.slot],
          [w.by, run.startedBy ?? '–'],
          [w.started, f.instant(run.startedAt)],
          [w.ended, f.instant(run.endedAt)],
          [w.matrix, run.matrixId ? <Id key="m" of={run.matrixId} to={`/lineage/${run.matrixId}`} /> : '–'],
          [w.version, run.versionId ? <Id key="v" of={run.versionId} to={`/versions/${run.versionId}`} /> : '–'],
        ]}
      />
      {temporal ? (
        <p>
          <Away to={`${temporal}/workflows/train-${runId}`}>{w.temporal}</Away>
        </p>
      ) : null}
      {run.problem ? (
        <Alert data-color="danger">
          {w.problem} {run.problem}
        </Alert>
      ) : null}
      {cancel.isError ? <Problem error={cancel.error} /> : null}
      {run.state === 'running' ? <Running progress={progress} /> : null}
      <LeakageReportView of={run.leakage} />
      {run.state === 'finished' ? <Ask of={evaluation}>{(document) => <EvaluationView of={document} />}</Ask> : null}
      <Trials run={run} />
      <Folds run={run} />
      <Details>
        <Details.Summary>{w.experiment}</Details.Summary>
        <Details.Content>
          <pre className="scroll" tabIndex={0}>
            {JSON.stringify(run.experiment, null, 2)}
          </pre>
        </Details.Content>
      </Details>
    </Page>
  );
}

function Running({ progress }: { progress: Progress | undefined }) {
  const w = useWords(WORDS);
  const step = progress?.step ?? 'planning';
  const name = w.steps[step as 'planning'] ?? step;
  return (
    <Section title={w.step}>
      <div aria-live="polite">
        <label>
          {name} {progress && progress.total > 1 ? `${progress.done} / ${progress.total}` : ''}
          <br />
          <progress max={progress?.total ?? 1} value={progress?.done ?? 0} style={{ width: '100%' }} />
        </label>
        <Paragraph data-size="sm">
          {w.folds}: {progress?.folds.length ?? 0}
        </Paragraph>
      </div>
    </Section>
  );
}

const MOST_TRIALS = 30;

function Trials({ run: { trials } }: { run: Run }) {
  const w = useWords(WORDS);
  const { language } = useLanguage();
  const f = useFormats();
  if (trials.length === 0) return null;
  const ofSettings = ({ family: _, ...settings }: Record<string, unknown>) =>
    Object.entries(settings)
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
      .join(', ');
  return (
    <Section title={w.trials} lead={w.trialsLead}>
      <Rows
        name={w.trials}
        rows={trials.slice(0, MOST_TRIALS)}
        keyOf={(t) => `${t.family} ${t.trial}`}
        columns={[
          { head: w.family, cell: (t) => FAMILIES[language][t.family] ?? t.family },
          { head: w.trial, numeric: true, cell: (t) => t.trial },
          { head: w.loss, numeric: true, cell: (t) => f.number(t.validationLoss, 4) },
          { head: w.ap, numeric: true, cell: (t) => f.number(t.averagePrecision, 3) },
          { head: w.settings, cell: (t) => <code>{ofSettings(t.settings)}</code> },
        ]}
      />
    </Section>
  );
}

function Folds({ run }: { run: Run }) {
  const w = useWords(WORDS);
  const { language } = useLanguage();
  const f = useFormats();
  if (run.folds.length === 0) return null;
  return (
    <Section title={w.folds}>
      <Rows
        name={w.folds}
        rows={run.folds}
        keyOf={(fold) => `${fold.fold} ${fold.family}`}
        columns={[
          { head: w.fold, cell: (fold) => fold.fold },
          { head: w.family, cell: (fold) => FAMILIES[language][fold.family] ?? fold.family },
          { head: w.train, numeric: true, cell: (fold) => f.number(fold.trainRows) },
          ...(run.folds.some((fold) => fold.unlabeledRows !== null)
            ? [
                {
                  head: w.never,
                  numeric: true,
                  cell: (fold: Run['folds'][number]) => f.number(fold.unlabeledRows ?? 0),
                },
              ]
            : []),
          { head: w.test, numeric: true, cell: (fold) => f.number(fold.testRows) },
          { head: w.positives, numeric: true, cell: (fold) => f.number(fold.testPositives) },
        ]}
      />
    </Section>
  );
}
