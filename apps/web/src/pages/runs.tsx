import { Button, Checkbox } from '@digdir/designsystemet-react';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { rankingName } from '../../../../domain/families/names';
import { answer, api, type RunSummary } from '../api/client';
import { usePermission } from '../api/me';
import type { Column } from '../components/data-table';
import { Link, Page, ShortId } from '../components/page';
import { PagedTable } from '../components/paged-table';
import { StateTag } from '../components/state-tag';
import { useInfinitePages } from '../components/use-infinite-pages';
import { useFormat, useLanguage, useMessages } from '../i18n';
import { MESSAGES } from '../messages/runs';
import { RUN_STATES } from '../messages/states';

export function RunsPage() {
  const t = useMessages(MESSAGES);
  const mayStart = usePermission('startTrainingRun');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const pages = useInfinitePages(['runs'], (cursor) =>
    answer(api.GET('/v1/training-runs', { params: { query: { cursor } } })),
  );
  const toggle = (id: string) =>
    setChosen((old) => (old.includes(id) ? old.filter((other) => other !== id) : [...old, id]));
  const actions = (
    <>
      {chosen.length > 1 ? (
        <Button asChild variant="secondary">
          <RouterLink to={`/runs/compare?runs=${chosen.join(',')}`}>{t.compare}</RouterLink>
        </Button>
      ) : null}
      {mayStart ? (
        <Button asChild>
          <RouterLink to="/runs/new">{t.start}</RouterLink>
        </Button>
      ) : null}
    </>
  );
  return (
    <Page title={t.title} lead={t.lead} actions={actions}>
      <PagedTable
        pages={pages}
        empty={t.empty}
        name={t.title}
        columns={useRunColumns(chosen, toggle)}
        keyOf={(r) => r.runId}
        widths="3rem 2fr 7rem 2fr 7rem 11rem 9rem"
      />
    </Page>
  );
}

/** Columns of the table; finished runs have a box that chooses them for comparison. */
function useRunColumns(chosen: readonly string[], toggle: (runId: string) => void): Column<RunSummary>[] {
  const t = useMessages(MESSAGES);
  const states = useMessages(RUN_STATES);
  const { language } = useLanguage();
  const format = useFormat();
  return [
    {
      head: t.choose,
      cell: (r) =>
        r.state === 'finished' ? (
          <Checkbox
            data-size="sm"
            aria-label={t.pick(`${r.name}, ${format.instant(r.startedAt)}`)}
            value={r.runId}
            checked={chosen.includes(r.runId)}
            onChange={() => toggle(r.runId)}
          />
        ) : null,
    },
    { head: t.name, cell: (r) => <Link to={`/runs/${r.runId}`}>{r.name}</Link> },
    { head: t.state, cell: (r) => <StateTag state={r.state}>{states[r.state]}</StateTag> },
    { head: t.families, cell: (r) => r.families.map((family) => rankingName(family, language)).join(', ') },
    { head: t.by, cell: (r) => r.startedBy },
    { head: t.at, cell: (r) => format.instant(r.startedAt) },
    {
      head: t.version,
      cell: (r) => (r.versionId ? <ShortId id={r.versionId} to={`/versions/${r.versionId}`} /> : null),
    },
  ];
}
