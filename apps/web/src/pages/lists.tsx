import { answer, api, type List } from '../api/client';
import type { Column } from '../components/data-table';
import { Page, ShortId } from '../components/page';
import { PagedTable } from '../components/paged-table';
import { StateTag } from '../components/state-tag';
import { useInfinitePages } from '../components/use-infinite-pages';
import { useFormat, useMessages } from '../i18n';
import { MESSAGES } from '../messages/lists';
import { LIST_STATES } from '../messages/states';

export function ListsPage() {
  const t = useMessages(MESSAGES);
  const states = useMessages(LIST_STATES);
  const format = useFormat();
  const pages = useInfinitePages(['lists'], (cursor) =>
    answer(api.GET('/v1/selection-lists', { params: { query: { cursor } } })),
  );
  const columns: Column<List>[] = [
    { head: t.list, cell: (l) => <ShortId id={l.listId} to={`/lists/${l.listId}`} /> },
    { head: t.slot, cell: (l) => l.slot },
    { head: t.asOf, cell: (l) => format.date(l.asOf) },
    { head: t.state, cell: (l) => <StateTag state={l.state}>{states[l.state]}</StateTag> },
    { head: t.signOffs, numeric: true, cell: (l) => `${l.signOffs} / 2` },
    { head: t.places, numeric: true, cell: (l) => format.number(l.capacity) },
    { head: t.candidates, numeric: true, cell: (l) => format.number(l.candidates) },
    { head: t.version, cell: (l) => <ShortId id={l.versionId} to={`/versions/${l.versionId}`} /> },
  ];
  return (
    <Page title={t.title} lead={t.lead}>
      <PagedTable
        pages={pages}
        empty={t.empty}
        name={t.title}
        columns={columns}
        keyOf={(l) => l.listId}
        widths="9rem 2fr 8rem 9rem 7rem 5rem 6rem 9rem"
      />
    </Page>
  );
}
