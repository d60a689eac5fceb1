import { Table } from '@digdir/designsystemet-react';
import type { ReactNode } from 'react';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => ReactNode;
  readonly numeric?: boolean;
}

/** A table that scrolls sideways in its own frame, with an accessible name. */
export function DataTable<T>({
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
