import { answer, api, type List } from '../api/client';
import { Id, Page, StateTag } from '../components/page';
import { usePages } from '../components/use-infinite-pages';
import { Ask, Empty } from '../components/states';
import { type Column, LongList } from '../components/table';
import { useFormats, useWords } from '../i18n';
import { STATES } from '../messages/states';

const WORDS = {
  nb: {
    title: 'Utvalgslister',
    lead: 'En liste er et utkast til to personer har forseglet den. Utvalgt betyr ikke mistenkt: en linje åpner en undersøkelse og avgjør ingenting.',
    list: 'Liste',
    slot: 'Felt',
    asOf: 'Per',
    state: 'Status',
    signOffs: 'Forseglinger',
    places: 'Plasser',
    candidates: 'Skårede',
    version: 'Versjon',
    empty: 'Ingen lister ennå.',
  },
  en: {
    title: 'Selection lists',
    lead: 'A list is a draft until two people have sealed it. Selected does not mean suspected: a line opens an inquiry and decides nothing.',
    list: 'List',
    slot: 'Slot',
    asOf: 'As of',
    state: 'State',
    signOffs: 'Seals',
    places: 'Places',
    candidates: 'Scored',
    version: 'Version',
    empty: 'No lists yet.',
  },
};

export function ListsPage() {
  const w = useWords(WORDS);
  const states = useWords(STATES);
  const f = useFormats();
  const { query, rows, more, busy } = usePages(['lists'], (cursor) =>
    answer(api.GET('/v1/selection-lists', { params: { query: { cursor } } })),
  );
  const columns: Column<List>[] = [
    { head: w.list, cell: (l) => <Id of={l.listId} to={`/lists/${l.listId}`} /> },
    { head: w.slot, cell: (l) => l.slot },
    { head: w.asOf, cell: (l) => f.date(l.asOf) },
    { head: w.state, cell: (l) => <StateTag state={l.state}>{states[l.state]}</StateTag> },
    { head: w.signOffs, numeric: true, cell: (l) => `${l.signOffs} / 2` },
    { head: w.places, numeric: true, cell: (l) => f.number(l.capacity) },
    { head: w.candidates, numeric: true, cell: (l) => f.number(l.candidates) },
    { head: w.version, cell: (l) => <Id of={l.versionId} to={`/versions/${l.versionId}`} /> },
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
              keyOf={(l) => l.listId}
              more={more}
              busy={busy}
              widths="9rem 2fr 8rem 7rem 6rem 5rem 6rem 9rem"
            />
          )
        }
      </Ask>
    </Page>
  );
}
