import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { LOAD_KINDS, MESSAGES, MIRRORED_KINDS } from '../../messages/data';
import { ShortId } from '../page';
import { PagedTable } from '../paged-table';
import { useInfinitePages } from '../use-infinite-pages';

/** Files loaded into the register, newest first. */
export function Loads() {
  const t = useMessages(MESSAGES);
  const kinds = useMessages(LOAD_KINDS);
  const format = useFormat();
  const pages = useInfinitePages(['loads'], (cursor) =>
    answer(api.GET('/v1/loads', { params: { query: { cursor } } })),
  );
  return (
    <PagedTable
      pages={pages}
      empty={t.none}
      name={t.loads}
      keyOf={(l) => String(l.batchId)}
      widths="2fr 8rem 8rem 8rem 7rem 11rem 11rem"
      columns={[
        { head: t.file, cell: (l) => l.file },
        { head: t.kind, cell: (l) => codeText(kinds, l.kind) },
        { head: t.read, numeric: true, cell: (l) => format.number(l.read) },
        { head: t.loaded, numeric: true, cell: (l) => format.number(l.loaded) },
        { head: t.refused, numeric: true, cell: (l) => format.number(l.quarantined) },
        { head: t.known, cell: (l) => format.instant(l.knownUntil) },
        { head: t.at, cell: (l) => format.instant(l.at) },
      ]}
    />
  );
}

/** Rows that were refused when their file was loaded, with the reason. */
export function Quarantine() {
  const t = useMessages(MESSAGES);
  const pages = useInfinitePages(['quarantine'], (cursor) =>
    answer(api.GET('/v1/quarantine', { params: { query: { cursor } } })),
  );
  return (
    <PagedTable
      pages={pages}
      empty={t.none}
      name={t.quarantine}
      keyOf={(q) => String(q.id)}
      widths="2fr 5rem 2fr 8rem 9rem 3fr"
      columns={[
        { head: t.file, cell: (q) => q.file },
        { head: t.line, numeric: true, cell: (q) => q.line },
        { head: t.item, cell: (q) => q.item },
        { head: t.field, cell: (q) => q.field },
        { head: t.value, cell: (q) => q.value },
        { head: t.reason, cell: (q) => <span title={q.reason}>{q.reason}</span> },
      ]}
    />
  );
}

/** Immutable snapshots that were extracted from the register. */
export function Snapshots() {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const pages = useInfinitePages(['snapshots'], (cursor) =>
    answer(api.GET('/v1/snapshots', { params: { query: { cursor } } })),
  );
  return (
    <PagedTable
      pages={pages}
      empty={t.none}
      name={t.snapshots}
      keyOf={(s) => s.snapshotId}
      widths="2fr 12rem 8rem 9rem 12rem"
      columns={[
        { head: t.snapshot, cell: (s) => <ShortId id={s.snapshotId} to={`/lineage/${s.snapshotId}`} /> },
        { head: t.asOf, cell: (s) => format.instant(s.asOf) },
        { head: t.lastLoad, numeric: true, cell: (s) => s.loadWatermark },
        { head: t.rows, numeric: true, cell: (s) => format.number(s.rows) },
        { head: t.at, cell: (s) => format.instant(s.madeAt) },
      ]}
    />
  );
}

/** Changes in MLflow that somebody made by hand, found when it was compared with the database. */
export function MlflowDeviations() {
  const t = useMessages(MESSAGES);
  const kinds = useMessages(MIRRORED_KINDS);
  const format = useFormat();
  const query = useQuery({ queryKey: ['deviations'], queryFn: () => answer(api.GET('/v1/deviations')) });
  return (
    <PagedTable
      pages={{ query, rows: query.data ?? [], more: undefined, busy: false }}
      empty={t.none}
      name={t.deviations}
      keyOf={(d) => `${d.foundAt} ${d.subjectId} ${d.what}`}
      widths="11rem 8rem 9rem 2fr 2fr 2fr"
      columns={[
        { head: t.at, cell: (d) => format.instant(d.foundAt) },
        { head: t.kind, cell: (d) => codeText(kinds, d.kind) },
        { head: t.item, cell: (d) => <ShortId id={d.subjectId} /> },
        { head: t.what, cell: (d) => d.what },
        { head: t.expected, cell: (d) => d.expected },
        { head: t.found, cell: (d) => d.found },
      ]}
    />
  );
}
