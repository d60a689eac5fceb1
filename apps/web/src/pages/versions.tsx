import { FAMILIES } from '../../../../domain/i18n';
import { answer, api, type VersionSummary } from '../api/client';
import { Id, Page, StateTag } from '../components/page';
import { usePages } from '../components/use-infinite-pages';
import { Ask, Empty } from '../components/states';
import { type Column, LongList } from '../components/table';
import { useFormats, useLanguage, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Modellversjoner',
    lead: 'En versjon er innholdet sitt: navnet er summen av alt den består av, og kan ikke endres.',
    version: 'Versjon',
    slot: 'Felt',
    family: 'Modell',
    at: 'Registrert',
    state: 'Status',
    study: 'bare til studium',
    empty: 'Ingen versjoner ennå. En ferdig trening gir en.',
  },
  en: {
    title: 'Model versions',
    lead: 'A version is its content: its name is the digest of all it consists of, and cannot change.',
    version: 'Version',
    slot: 'Slot',
    family: 'Model',
    at: 'Registered',
    state: 'State',
    study: 'for study only',
    empty: 'No versions yet. A finished run gives one.',
  },
};

export function VersionsPage() {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const { language } = useLanguage();
  const f = useFormats();
  const { query, rows, more, busy } = usePages(['versions'], (cursor) =>
    answer(api.GET('/v1/model-versions', { params: { query: { cursor } } })),
  );
  const columns: Column<VersionSummary>[] = [
    { head: w.version, cell: (v) => <Id of={v.versionId} to={`/versions/${v.versionId}`} /> },
    { head: w.slot, cell: (v) => v.slot },
    { head: w.family, cell: (v) => FAMILIES[language][v.family] ?? v.family },
    { head: w.at, cell: (v) => f.instant(v.registeredAt) },
    {
      head: w.state,
      cell: (v) => (v.live ? <StateTag state="live">{states.live}</StateTag> : v.selectable ? null : w.study),
    },
  ];
  return (
    <Page title={w.title} lead={w.lead}>
      <Ask of={query}>
        {() =>
          rows.length === 0 ? (
            <Empty>{w.empty}</Empty>
          ) : (
            <LongList
              name={w.title}
              columns={columns}
              rows={rows}
              keyOf={(v) => v.versionId}
              more={more}
              busy={busy}
              widths="9rem 2fr 2fr 12rem 9rem"
            />
          )
        }
      </Ask>
    </Page>
  );
}
