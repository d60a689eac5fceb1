import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/audit';
import { DataTable } from '../data-table';
import { ShortId } from '../page';
import { Empty, QueryBoundary } from '../query-boundary';

/** Signed checkpoints of the audit log, kept outside the database. */
export function Checkpoints() {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const checkpoints = useQuery({ queryKey: ['checkpoints'], queryFn: () => answer(api.GET('/v1/ledger/checkpoints')) });
  return (
    <QueryBoundary query={checkpoints}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty>{t.noCheckpoints}</Empty>
        ) : (
          <DataTable
            name={t.checkpoints}
            rows={rows}
            keyOf={(c) => String(c.size)}
            columns={[
              { head: t.size, numeric: true, cell: (c) => format.number(c.size) },
              { head: t.at, cell: (c) => format.instant(c.at) },
              { head: t.root, cell: (c) => <ShortId id={c.root} /> },
            ]}
          />
        )
      }
    </QueryBoundary>
  );
}
