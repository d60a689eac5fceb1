import { Button, Table } from '@digdir/designsystemet-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../i18n';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => ReactNode;
  readonly numeric?: boolean;
}

/** A table that scrolls sideways in its own frame, with a name for those who hear it. */
export function Rows<T>({
  name,
  columns,
  rows,
  keyOf,
}: {
  name: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
}) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={name}>
      <Table data-size="sm" zebra>
        <caption className="hidden">{name}</caption>
        <Table.Head>
          <Table.Row>
            {columns.map(({ head, numeric }) => (
              <Table.HeaderCell key={head} scope="col" className={numeric ? 'num' : undefined}>
                {head}
              </Table.HeaderCell>
            ))}
          </Table.Row>
        </Table.Head>
        <Table.Body>
          {rows.map((row) => (
            <Table.Row key={keyOf(row)}>
              {columns.map(({ head, cell, numeric }) => (
                <Table.Cell key={head} className={numeric ? 'num' : undefined}>
                  {cell(row)}
                </Table.Cell>
              ))}
            </Table.Row>
          ))}
        </Table.Body>
      </Table>
    </div>
  );
}

const WORDS = {
  nb: { more: 'Hent flere', loading: 'Henter …', shown: (n: number) => (n === 1 ? 'én rad' : `${n} rader hentet`) },
  en: { more: 'Load more', loading: 'Loading …', shown: (n: number) => (n === 1 ? 'one row' : `${n} rows loaded`) },
};
const ROW_PX = 44;
const AHEAD = 12;

/**
 * A list of any length: only what is in view is in the document, and the next page is asked for when its end comes near.
 * A grid by role, so that a screen reader hears rows and columns.
 */
export function LongList<T>({
  name,
  columns,
  rows,
  keyOf,
  more,
  busy,
  widths,
}: {
  name: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  more: (() => void) | undefined;
  busy: boolean;
  widths: string;
}) {
  const w = useWords(WORDS);
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: AHEAD,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !busy && last >= rows.length - AHEAD) more();
  }, [last, rows.length, more, busy]);
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
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = rows[item.index]!;
            return (
              <div
                role="row"
                aria-rowindex={item.index + 2}
                className="long-row"
                key={keyOf(row)}
                style={{
                  ...template,
                  position: 'absolute',
                  top: 0,
                  insetInline: 0,
                  height: ROW_PX,
                  transform: `translateY(${item.start}px)`,
                }}
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
      </div>
      <div className="long-foot">
        <span aria-live="polite">{busy ? w.loading : w.shown(rows.length)}</span>
        {more ? (
          <Button variant="tertiary" data-size="sm" onClick={more} disabled={busy}>
            {w.more}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
