import { Button } from '@digdir/designsystemet-react';
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type RefObject, useEffect, useRef } from 'react';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/table';
import type { Column } from './data-table';
import type { InfinitePages } from './use-infinite-pages';

const ROW_PX = 44;
/** Rows outside the view that are rendered, and how near the end the next page is fetched. */
const OVERSCAN = 12;

/** Virtual rows of the scrolling frame; fetches the next page when the last rows come into view. */
function useVirtualRows(frame: RefObject<HTMLDivElement | null>, { rows, more, busy }: TableRows<unknown>) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const last = virtualizer.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !busy && last >= rows.length - OVERSCAN) more();
  }, [last, rows.length, more, busy]);
  return virtualizer;
}

type TableRows<T> = Pick<InfinitePages<T>, 'rows' | 'more' | 'busy'>;
interface Props<T> extends TableRows<T> {
  readonly name: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  /** Widths of the columns, as of `grid-template-columns`. */
  readonly widths: string;
}

/**
 * A list of any length: only the rows in view are in the document, and the next page is fetched when its end comes
 * near. A table by role, so that a screen reader hears rows and columns.
 */
export function VirtualTable<T>(props: Props<T>) {
  const { name, columns, rows, more, busy, widths } = props;
  const frame = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualRows(frame, { rows, more, busy });
  // A share of what is left, but never so little that nothing can be read.
  const template = { gridTemplateColumns: widths.replace(/(\d+)fr/g, 'minmax(8rem, $1fr)') };
  return (
    <div className="long">
      <div
        ref={frame}
        className="long-frame"
        tabIndex={0}
        role="table"
        aria-label={name}
        aria-rowcount={more ? -1 : rows.length + 1}
      >
        <div role="rowgroup" className="long-head">
          <div role="row" className="long-row" style={template}>
            {columns.map(({ head, numeric }) => (
              <div role="columnheader" key={head} className={numeric ? 'num' : undefined}>
                {head}
              </div>
            ))}
          </div>
        </div>
        <Body {...props} virtualizer={virtualizer} template={template} />
      </div>
      <Foot rows={rows} more={more} busy={busy} />
    </div>
  );
}

function Body<T>({
  virtualizer,
  template,
  rows,
  columns,
  keyOf,
}: Props<T> & { virtualizer: Virtualizer<HTMLDivElement, Element>; template: CSSProperties }) {
  return (
    <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
      {virtualizer.getVirtualItems().map(({ index, start }) => {
        const row = rows[index]!;
        const place = { position: 'absolute', top: 0, insetInline: 0, transform: `translateY(${start}px)` } as const;
        return (
          <div
            role="row"
            aria-rowindex={index + 2}
            className="long-row"
            key={keyOf(row)}
            style={{ ...template, ...place, height: ROW_PX }}
          >
            {columns.map(({ head, cell, numeric }) => (
              <div role="cell" key={head} className={numeric ? 'num' : undefined}>
                {cell(row)}
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

function Foot({ rows, more, busy }: TableRows<unknown>) {
  const t = useMessages(MESSAGES);
  return (
    <div className="long-foot">
      <span aria-live="polite">{busy ? t.loading : t.shown(rows.length)}</span>
      {more ? (
        <Button variant="tertiary" data-size="sm" onClick={more} disabled={busy}>
          {t.more}
        </Button>
      ) : null}
    </div>
  );
}
