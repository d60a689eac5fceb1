import { Button, Checkbox } from '@digdir/designsystemet-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { FAMILIES } from '../../../../domain/i18n';
import { answer, api, type RunSummary } from '../api/client';
import { Id, Page, StateTag, To } from '../components/page';
import { usePages } from '../components/use-infinite-pages';
import { Ask, Empty } from '../components/states';
import { type Column, LongList } from '../components/table';
import { useMay } from '../layout';
import { useFormats, useLanguage, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Treninger',
    lead: 'Hver trening ble lett gjennom etter lekkasjer før noe ble tilpasset.',
    start: 'Start en trening',
    compare: 'Sammenlign valgte',
    name: 'Navn',
    state: 'Status',
    families: 'Modeller',
    by: 'Startet av',
    at: 'Når',
    version: 'Versjon',
    empty: 'Ingen treninger ennå.',
    pick: (name: string) => `Velg ${name} for sammenligning`,
    choose: 'Velg',
  },
  en: {
    title: 'Training runs',
    lead: 'Every run was searched for leaks before anything was fitted.',
    start: 'Start a run',
    compare: 'Compare chosen',
    name: 'Name',
    state: 'State',
    families: 'Models',
    by: 'Started by',
    at: 'When',
    version: 'Version',
    empty: 'No runs yet.',
    pick: (name: string) => `Choose ${name} for comparison`,
    choose: 'Choose',
  },
};

export function RunsPage() {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const { language } = useLanguage();
  const f = useFormats();
  const may = useMay('startTrainingRun');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { query, rows, more, busy } = usePages(['runs'], (cursor) =>
    answer(api.GET('/v1/training-runs', { params: { query: { cursor } } })),
  );
  const toggle = (id: string) =>
    setChosen((old) => (old.includes(id) ? old.filter((other) => other !== id) : [...old, id]));
  const columns: Column<RunSummary>[] = [
    {
      head: w.choose,
      cell: (r) =>
        r.state === 'finished' ? (
          <Checkbox
            data-size="sm"
            aria-label={w.pick(`${r.name}, ${f.instant(r.startedAt)}`)}
            value={r.runId}
            checked={chosen.includes(r.runId)}
            onChange={() => toggle(r.runId)}
          />
        ) : null,
    },
    { head: w.name, cell: (r) => <To to={`/runs/${r.runId}`}>{r.name}</To> },
    { head: w.state, cell: (r) => <StateTag state={r.state}>{states[r.state]}</StateTag> },
    { head: w.families, cell: (r) => r.families.map((family) => FAMILIES[language][family] ?? family).join(', ') },
    { head: w.by, cell: (r) => r.startedBy },
    { head: w.at, cell: (r) => f.instant(r.startedAt) },
    { head: w.version, cell: (r) => (r.versionId ? <Id of={r.versionId} to={`/versions/${r.versionId}`} /> : null) },
  ];
  const actions = (
    <>
      {chosen.length > 1 ? (
        <Button asChild variant="secondary">
          <Link to={`/runs/compare?runs=${chosen.join(',')}`}>{w.compare}</Link>
        </Button>
      ) : null}
      {may ? (
        <Button asChild>
          <Link to="/runs/new">{w.start}</Link>
        </Button>
      ) : null}
    </>
  );
  return (
    <Page title={w.title} lead={w.lead} actions={actions}>
      <Ask of={query}>
        {() =>
          rows.length === 0 ? (
            <Empty>{w.empty}</Empty>
          ) : (
            <LongList
              name={w.title}
              columns={columns}
              rows={rows}
              keyOf={(r) => r.runId}
              more={more}
              busy={busy}
              widths="3rem 2fr 7rem 2fr 7rem 11rem 9rem"
            />
          )
        }
      </Ask>
    </Page>
  );
}
