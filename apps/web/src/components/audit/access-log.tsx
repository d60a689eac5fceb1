import { useState } from 'react';
import { type AccessRow, answer, api } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { ACCESS_KINDS, ACCESS_PURPOSES, MESSAGES } from '../../messages/audit';
import { codeText } from '../../messages/code-texts';
import { ROLES } from '../../messages/roles';
import type { Column } from '../data-table';
import { ShortId } from '../page';
import { PagedTable } from '../paged-table';
import { useInfinitePages } from '../use-infinite-pages';

/** Who opened a provider or read a list, and for what purpose. */
export function AccessLog() {
  const t = useMessages(MESSAGES);
  const kinds = useMessages(ACCESS_KINDS);
  const roles = useMessages(ROLES);
  const purposes = useMessages(ACCESS_PURPOSES);
  const format = useFormat();
  const [outside, setOutside] = useState(true);
  const pages = useInfinitePages(['access', outside], (cursor) =>
    answer(api.GET('/v1/access', { params: { query: { cursor, withoutOwnCase: outside ? 'true' : 'false' } } })),
  );
  const columns: Column<AccessRow>[] = [
    { head: t.at, cell: (r) => format.instant(r.at) },
    { head: t.by, cell: (r) => r.by },
    { head: t.role, cell: (r) => (r.role === null ? '' : codeText(roles, r.role)) },
    { head: t.kind, cell: (r) => kinds[r.kind] },
    { head: t.subject, cell: (r) => <ShortId id={r.subjectId} /> },
    { head: t.purpose, cell: (r) => `${codeText(purposes, r.purpose)}${r.caseNo ? ` ${r.caseNo}` : ''}` },
    { head: t.rows, cell: (r) => (r.rows ? r.rows.join('–') : '') },
    { head: t.own, cell: (r) => (r.ownCase === null ? '' : r.ownCase ? t.yes : t.no) },
  ];
  return (
    <div className="stack">
      <label>
        <input type="checkbox" checked={outside} onChange={(event) => setOutside(event.target.checked)} /> {t.outside}
      </label>
      <PagedTable
        pages={pages}
        empty={t.none}
        name={t.access}
        columns={columns}
        keyOf={(r) => r.accessId}
        widths="11rem 8rem 9rem 10rem 9rem 12rem 7rem 6rem"
      />
    </div>
  );
}
