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
import { Problem, QueryBoundary } from '../components/query-boundary';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/new-run';

const DEBOUNCE_MS = 350;

/** The text once typing pauses, so that not every key is a call. */
function useDebounced(text: string): string {
  const [debounced, setDebounced] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(text), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return debounced;
}

/** Validates the experiment as it is typed; `valid` only where the text as it now stands was found valid. */
function useValidation(text: string) {
  const debounced = useDebounced(text);
  const check = useQuery({
    queryKey: ['experiment', debounced],
    queryFn: () => answer(api.POST('/v1/experiments/validations', { body: { text: debounced } })),
    enabled: debounced.trim() !== '',
  });
  const current = debounced === text;
  return {
    checking: text.trim() !== '' && (check.isFetching || !current),
    valid: check.data?.valid === true && current,
    problems: check.data?.problems ?? [],
    error: check.error,
  };
}
type Validation = ReturnType<typeof useValidation>;

export function NewRunPage() {
  const t = useMessages(MESSAGES);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [text, setText] = useState('');
  const validation = useValidation(text);
  const start = useMutation({
    mutationFn: () => answer(api.POST('/v1/training-runs', { body: { text } })),
    onSuccess: ({ runId }) => {
      void queryClient.invalidateQueries({ queryKey: ['runs'] });
      void navigate(`/runs/${runId}`);
    },
  });
  return (
    <Page title={t.title} lead={t.lead}>
      <ShippedExperiments choose={setText} />
      <Field>
        <Label>{t.text}</Label>
        <Textarea
          className="editor"
          spellCheck={false}
          rows={22}
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-invalid={validation.problems.length > 0}
          aria-describedby="experiment-problems"
        />
        <div id="experiment-problems" aria-live="polite">
          <ValidationResult validation={validation} />
        </div>
      </Field>
      {validation.error ? <Problem error={validation.error} /> : null}
      {start.isError ? <Problem error={start.error} /> : null}
      <div>
        <Button
          disabled={!validation.valid || start.isPending}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {t.start}
        </Button>
      </div>
    </Page>
  );
}

function ShippedExperiments({ choose }: { choose: (text: string) => void }) {
  const t = useMessages(MESSAGES);
  const shipped = useQuery({ queryKey: ['experiments'], queryFn: () => answer(api.GET('/v1/experiments')) });
  return (
    <QueryBoundary query={shipped}>
      {(experiments) => (
        <Field>
          <Label>{t.shipped}</Label>
          <Select
            defaultValue=""
            onChange={(event) => {
              const chosen = experiments.find(({ name }) => name === event.target.value);
              if (chosen) choose(chosen.text);
            }}
          >
            <Select.Option value="">{t.own}</Select.Option>
            {experiments.map(({ name }) => (
              <Select.Option key={name} value={name}>
                {name}
              </Select.Option>
            ))}
          </Select>
        </Field>
      )}
    </QueryBoundary>
  );
}

function ValidationResult({ validation: { checking, problems, valid } }: { validation: Validation }) {
  const t = useMessages(MESSAGES);
  return (
    <>
      {checking ? <Paragraph data-size="sm">{t.checking}</Paragraph> : null}
      {problems.map((p) => (
        <ValidationMessage key={`${p.line} ${p.column} ${p.message}`}>
          {t.line(p.line, p.column)}: {p.path ? `${p.path}: ` : ''}
          {p.message}
        </ValidationMessage>
      ))}
      {valid ? (
        <Alert data-color="success" data-size="sm">
          {t.valid}
        </Alert>
      ) : null}
    </>
  );
}
