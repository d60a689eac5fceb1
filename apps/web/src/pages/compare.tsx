import { Paragraph } from '@digdir/designsystemet-react';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { answer, api } from '../api/client';
import { Curves, Figures } from '../parts/evaluation';
import { Page, Section, To } from '../parts/page';
import { Empty, Loading, Problem } from '../parts/states';
import { useFormats, useWords } from '../words';

const WORDS = {
  nb: { title: 'Sammenlign treninger', lead: 'Treninger med ulik oppdeling er dømt på ulike rader. Parvise forskjeller finnes bare innenfor én trening.', none: 'Velg to eller flere ferdige treninger i listen.', rows: (n: number) => `${n} utfall` },
  en: { title: 'Compare runs', lead: 'Runs with other splits were judged on other rows. Differences in pairs exist within one run only.', none: 'Choose two or more finished runs in the list.', rows: (n: number) => `${n} outcomes` },
}; // prettier-ignore

export function ComparePage() {
  const w = useWords(WORDS);
  const f = useFormats();
  const [search] = useSearchParams();
  const ids = (search.get('runs') ?? '').split(',').filter((id) => id !== '');
  const runs = useQueries({ queries: ids.map((runId) => ({ queryKey: ['run', runId], queryFn: () => answer(api.GET('/v1/training-runs/{runId}', { params: { path: { runId } } })) })) });
  const evaluations = useQueries({ queries: ids.map((runId) => ({ queryKey: ['evaluation', runId], queryFn: () => answer(api.GET('/v1/training-runs/{runId}/evaluation', { params: { path: { runId } } })) })) });
  const failed = [...runs, ...evaluations].find((query) => query.isError);
  const loaded = [...runs, ...evaluations].every((query) => query.data !== undefined);
  const curves = useMemo(() => (loaded ? evaluations.map((query, i) => ({ label: `${runs[i]!.data!.name} ${f.date(runs[i]!.data!.startedAt)}`, curves: query.data!.curves.filter(({ family }) => runs[i]!.data!.families.includes(family)) })) : []), [loaded, f]); // eslint-disable-line react-hooks/exhaustive-deps
  if (ids.length < 2) return <Page title={w.title}><Empty>{w.none}</Empty></Page>;
  if (failed) return <Page title={w.title}><Problem error={failed.error} /></Page>;
  if (!loaded) return <Page title={w.title}><Loading /></Page>;
  return (
    <Page title={w.title} lead={w.lead}>
      <Curves of={curves} />
      {runs.map(({ data }) => (
        <Section key={data!.runId} title={`${data!.name}, ${f.instant(data!.startedAt)}`}>
          <Paragraph data-size="sm"><To to={`/runs/${data!.runId}`}>{data!.runId}</To>, {w.rows(data!.evaluation[0]?.n ?? 0)}</Paragraph>
          <Figures rows={data!.evaluation} />
        </Section>
      ))}
    </Page>
  );
} // prettier-ignore
