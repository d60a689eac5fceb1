import { rankingName } from '../../../../domain/families/names';
import { answer, api, type VersionSummary } from '../api/client';
import type { Column } from '../components/data-table';
import { Page, ShortId } from '../components/page';
import { PagedTable } from '../components/paged-table';
import { StateTag } from '../components/state-tag';
import { useInfinitePages } from '../components/use-infinite-pages';
import { useFormat, useLanguage, useMessages } from '../i18n';
import { LIVE } from '../messages/states';
import { MESSAGES } from '../messages/versions';

export function VersionsPage() {
  const t = useMessages(MESSAGES);
  const live = useMessages<string>(LIVE);
  const { language } = useLanguage();
  const format = useFormat();
  const pages = useInfinitePages(['versions'], (cursor) =>
    answer(api.GET('/v1/model-versions', { params: { query: { cursor } } })),
  );
  const columns: Column<VersionSummary>[] = [
    { head: t.version, cell: (v) => <ShortId id={v.versionId} to={`/versions/${v.versionId}`} /> },
    { head: t.slot, cell: (v) => v.slot },
    { head: t.family, cell: (v) => rankingName(v.family, language) },
    { head: t.at, cell: (v) => format.instant(v.registeredAt) },
    {
      head: t.state,
      cell: (v) => (v.live ? <StateTag state="live">{live}</StateTag> : v.selectable ? null : t.notSelectable),
    },
  ];
  return (
    <Page title={t.title} lead={t.lead}>
      <PagedTable
        pages={pages}
        empty={t.empty}
        name={t.title}
        columns={columns}
        keyOf={(v) => v.versionId}
        widths="9rem 2fr 2fr 12rem 9rem"
      />
    </Page>
  );
}
