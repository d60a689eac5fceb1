import type { Column } from './data-table';
import { Empty, QueryBoundary } from './query-boundary';
import type { InfinitePages } from './use-infinite-pages';
import { VirtualTable } from './virtual-table';

/** A paged list with its other states: loading, a problem, no access, no rows. */
export function PagedTable<T>({
  pages,
  empty,
  ...table
}: {
  pages: InfinitePages<T>;
  empty: string;
  name: string;
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  widths: string;
}) {
  const { query, rows, more, busy } = pages;
  return (
    <QueryBoundary query={query}>
      {() =>
        rows.length === 0 ? <Empty>{empty}</Empty> : <VirtualTable {...table} rows={rows} more={more} busy={busy} />
      }
    </QueryBoundary>
  );
}
