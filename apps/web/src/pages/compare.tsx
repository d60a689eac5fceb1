import { Paragraph } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { answer, api } from '../api/client';
import { Curves, Figures } from '../components/evaluation';
import { Page, Section, To } from '../components/page';
import { Ask, Empty } from '../components/states';
import { useFormats, useWords } from '../i18n';

const WORDS = {
  nb: {
    title: 'Sammenlign treninger',
    lead: 'Treninger med ulik oppdeling er dømt på ulike rader. Parvise forskjeller finnes bare innenfor én trening.',
    none: 'Velg to eller flere ferdige treninger i listen.',
    rows: (n: number) => `${n} utfall`,
  },
  en: {
    title: 'Compare runs',
    lead: 'Runs with other splits were judged on other rows. Differences in pairs exist within one run only.',
    none: 'Choose two or more finished runs in the list.',
    rows: (n: number) => `${n} outcomes`,
  },
};

/** A run with its evaluation, as one thing to wait for. */
async function evaluatedRun(runId: string) {
  const path = { params: { path: { runId } } };
  const [run, evaluation] = await Promise.all([
    answer(api.GET('/v1/training-runs/{runId}', path)),
    answer(api.GET('/v1/training-runs/{runId}/evaluation', path)),
  ]);
  return { run, evaluation };
}

export function ComparePage() {
  const w = useWords(WORDS);
  const [search] = useSearchParams();
  const ids = (search.get('runs') ?? '').split(',').filter((id) => id !== '');
  const judged = useQuery({
    queryKey: ['judged', ...ids],
    queryFn: () => Promise.all(ids.map(evaluatedRun)),
    enabled: ids.length > 1,
  });
  return (
    <Page title={w.title} lead={w.lead}>
      {ids.length < 2 ? <Empty>{w.none}</Empty> : <Ask of={judged}>{(runs) => <Compared runs={runs} />}</Ask>}
    </Page>
  );
}

function Compared({ runs }: { runs: readonly Awaited<ReturnType<typeof evaluatedRun>>[] }) {
  const w = useWords(WORDS);
  const f = useFormats();
  const curves = useMemo(
    () =>
      runs.map(({ run, evaluation }) => ({
        label: `${run.name} ${f.date(run.startedAt)}`,
        curves: evaluation.curves.filter(({ family }) => run.families.includes(family)),
      })),
    [runs, f],
  );
  return (
    <>
      <Curves of={curves} />
      {runs.map(({ run }) => (
        <Section key={run.runId} title={`${run.name}, ${f.instant(run.startedAt)}`}>
          <Paragraph data-size="sm">
            <To to={`/runs/${run.runId}`}>{run.runId}</To>, {w.rows(run.evaluation[0]?.n ?? 0)}
          </Paragraph>
          <Figures rows={run.evaluation} />
        </Section>
      ))}
    </>
  );
}
