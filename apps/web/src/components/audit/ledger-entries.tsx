import { Button, Details, Paragraph, Textfield } from '@digdir/designsystemet-react';
import { useState } from 'react';
import { answer, api, type LedgerEntry } from '../../api/client';
import { usePermission } from '../../api/me';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/audit';
import { codeText } from '../../messages/code-texts';
import { ROLES } from '../../messages/roles';
import type { Column } from '../data-table';
import { JsonDocument } from '../json-document';
import { Link, ShortId } from '../page';
import { PagedTable } from '../paged-table';
import { useInfinitePages } from '../use-infinite-pages';

type Filter = Readonly<Record<'event' | 'subject' | 'by', string>>;
const NO_FILTER: Filter = { event: '', subject: '', by: '' };

/** The entries of the audit log, newest first, with a search by event, subject and person. */
export function LedgerEntries() {
  const t = useMessages(MESSAGES);
  const [filter, setFilter] = useState(NO_FILTER);
  const [selected, select] = useState<LedgerEntry>();
  const query = Object.fromEntries(Object.entries(filter).filter(([, text]) => text.trim() !== ''));
  const pages = useInfinitePages(['entries', filter], (cursor) =>
    answer(api.GET('/v1/ledger/entries', { params: { query: { cursor, limit: 100, ...query } } })),
  );
  return (
    <div className="stack">
      <FilterForm apply={setFilter} />
      <PagedTable
        pages={pages}
        empty={t.none}
        name={t.entries}
        columns={useEntryColumns(select)}
        keyOf={(e) => String(e.seq)}
        widths="5rem 11rem 8rem 8rem 15rem 15rem 2fr"
      />
      {selected ? <SelectedEntry entry={selected} /> : null}
    </div>
  );
}

function useEntryColumns(select: (entry: LedgerEntry) => void): Column<LedgerEntry>[] {
  const t = useMessages(MESSAGES);
  const roles = useMessages(ROLES);
  const format = useFormat();
  return [
    {
      head: t.seq,
      numeric: true,
      cell: (e) => (
        <Button variant="tertiary" data-size="sm" onClick={() => select(e)}>
          {e.seq}
        </Button>
      ),
    },
    { head: t.at, cell: (e) => format.instant(e.at) },
    { head: t.by, cell: (e) => e.by },
    { head: t.role, cell: (e) => (e.role === null ? '' : codeText(roles, e.role)) },
    // Events and kinds are shown as the log stores them: this is what one searches for, and what exported files hold.
    { head: t.event, cell: (e) => <code title={e.event}>{e.event}</code> },
    {
      head: t.subject,
      cell: (e) => (
        <>
          <code>{e.subject.kind}</code> <ShortId id={e.subject.id} />
        </>
      ),
    },
    { head: t.why, cell: (e) => e.reason ?? e.purpose },
  ];
}

function FilterForm({ apply }: { apply: (filter: Filter) => void }) {
  const t = useMessages(MESSAGES);
  const [entered, setEntered] = useState(NO_FILTER);
  const field = (key: keyof Filter, label: string) => (
    <Textfield
      label={label}
      value={entered[key]}
      onChange={(change) => setEntered({ ...entered, [key]: change.target.value })}
    />
  );
  return (
    <form
      className="row"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        apply(entered);
      }}
    >
      {field('event', t.eventStarts)}
      {field('subject', t.subjectStarts)}
      {field('by', t.by)}
      <Button type="submit">{t.search}</Button>
    </form>
  );
}

function SelectedEntry({ entry }: { entry: LedgerEntry }) {
  const t = useMessages(MESSAGES);
  const maySeeLineage = usePermission('getLineageGraph');
  const { seq, event, subject, changes } = entry;
  const id = <code>{subject.id}</code>;
  return (
    <section className="card" aria-live="polite">
      <Paragraph>
        <strong>{seq}</strong> <code>{event}</code>: <code>{subject.kind}</code>{' '}
        {maySeeLineage ? <Link to={`/lineage/${encodeURIComponent(subject.id)}`}>{id}</Link> : id}
      </Paragraph>
      <Details data-size="sm">
        <Details.Summary>
          {t.changes} ({changes.length})
        </Details.Summary>
        <Details.Content>
          <JsonDocument value={changes} />
        </Details.Content>
      </Details>
    </section>
  );
}
