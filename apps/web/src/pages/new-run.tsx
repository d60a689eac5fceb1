import {
  Alert,
  Button,
  Field,
  Label,
  Paragraph,
  Select,
  Textarea,
  ValidationMessage,
} from '@digdir/designsystemet-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { answer, api } from '../api/client';
import { Page } from '../components/page';
import { Ask, Problem } from '../components/states';
import { useWords } from '../i18n';

const WORDS = {
  nb: {
    title: 'Start en trening',
    lead: 'Velg et ferdig eksperiment, eller lim inn ditt eget. Det sjekkes mens du skriver; ingenting starter før alt stemmer.',
    shipped: 'Ferdig eksperiment',
    own: 'Eget',
    text: 'Eksperiment (YAML)',
    start: 'Start',
    checking: 'Sjekker …',
    right: 'Eksperimentet stemmer.',
    line: (n: number, c: number) => `Linje ${n}, tegn ${c}`,
  },
  en: {
    title: 'Start a run',
    lead: 'Choose an experiment that comes with the product, or paste your own. It is checked as you type; nothing starts before all is right.',
    shipped: 'Experiment',
    own: 'Own',
    text: 'Experiment (YAML)',
    start: 'Start',
    checking: 'Checking …',
    right: 'The experiment is right.',
    line: (n: number, c: number) => `Line ${n}, column ${c}`,
  },
};

const PAUSE_MS = 350;

/** What was typed, once the typing pauses. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}

export function NewRunPage() {
  const w = useWords(WORDS);
  const go = useNavigate();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const paused = usePaused(text);
  const shipped = useQuery({ queryKey: ['experiments'], queryFn: () => answer(api.GET('/v1/experiments')) });
  const check = useQuery({
    queryKey: ['experiment', paused],
    queryFn: () => answer(api.POST('/v1/experiments/validations', { body: { text: paused } })),
    enabled: paused.trim() !== '',
  });
  const start = useMutation({
    mutationFn: () => answer(api.POST('/v1/training-runs', { body: { text } })),
    onSuccess: ({ runId }) => {
      void queries.invalidateQueries({ queryKey: ['runs'] });
      void go(`/runs/${runId}`);
    },
  });
  const problems = check.data?.problems ?? [];
  const ready = check.data?.valid === true && paused === text;
  return (
    <Page title={w.title} lead={w.lead}>
      <Ask of={shipped}>
        {(experiments) => (
          <Field>
            <Label>{w.shipped}</Label>
            <Select
              defaultValue=""
              onChange={(event) => setText(experiments.find(({ name }) => name === event.target.value)?.text ?? text)}
            >
              <Select.Option value="">{w.own}</Select.Option>
              {experiments.map(({ name }) => (
                <Select.Option key={name} value={name}>
                  {name}
                </Select.Option>
              ))}
            </Select>
          </Field>
        )}
      </Ask>
      <Field>
        <Label>{w.text}</Label>
        <Textarea
          className="editor"
          spellCheck={false}
          rows={22}
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-invalid={problems.length > 0}
          aria-describedby="experiment-problems"
        />
        <div id="experiment-problems" aria-live="polite">
          {text.trim() === '' ? null : check.isFetching || paused !== text ? (
            <Paragraph data-size="sm">{w.checking}</Paragraph>
          ) : null}
          {problems.map((p) => (
            <ValidationMessage key={`${p.line} ${p.column} ${p.message}`}>
              {w.line(p.line, p.column)}: {p.path ? `${p.path}: ` : ''}
              {p.message}
            </ValidationMessage>
          ))}
          {ready ? (
            <Alert data-color="success" data-size="sm">
              {w.right}
            </Alert>
          ) : null}
        </div>
      </Field>
      {check.isError ? <Problem error={check.error} /> : null}
      {start.isError ? <Problem error={start.error} /> : null}
      <div>
        <Button disabled={!ready || start.isPending} loading={start.isPending} onClick={() => start.mutate()}>
          {w.start}
        </Button>
      </div>
    </Page>
  );
}
