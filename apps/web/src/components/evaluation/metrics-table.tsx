import { Paragraph } from '@digdir/designsystemet-react';
import type { EvaluationRow } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/evaluation';
import { type Column, DataTable } from '../data-table';
import { Method } from './assumptions';
import { RowFigure } from './row-figure';
import { useNames } from './use-names';

const SHOWN = ['average-precision', 'precision', 'recall', 'lift'];

/** Metrics over all rows: a family or baseline a row, a metric a column, intervals on one scale a metric. */
export function MetricsTable({ rows }: { rows: readonly EvaluationRow[] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const names = useNames();
  const overall = rows.filter(({ slice, metric }) => slice === 'all' && SHOWN.includes(metric));
  const metrics = [...new Map(overall.map((row) => [`${row.metric}@${row.k}`, row])).values()].sort(
    (a, b) => SHOWN.indexOf(a.metric) - SHOWN.indexOf(b.metric) || a.k - b.k,
  );
  const families = [...new Set(overall.map(({ family }) => family))];
  if (families.length === 0) return <Paragraph>{t.none}</Paragraph>;
  const upperEnd = (metric: string) =>
    Math.max(1, ...overall.filter((row) => row.metric === metric).map(({ hi }) => hi ?? 0));
  const columnOf = ({ metric, k }: EvaluationRow): Column<string> => ({
    head: names.metric({ metric, k }),
    cell: (family) => {
      const found = overall.find((row) => row.family === family && row.metric === metric && row.k === k);
      return found ? <RowFigure row={found} to={upperEnd(metric)} /> : '–';
    },
  });
  return (
    <>
      <DataTable
        name={t.overall}
        rows={families}
        keyOf={(family) => family}
        columns={[
          { head: t.family, cell: (family) => names.ranking(family) },
          ...metrics.map(columnOf),
          {
            head: t.n,
            numeric: true,
            cell: (family) => format.number(overall.find((row) => row.family === family)?.n ?? 0),
          },
        ]}
      />
      <Method method={overall[0]?.method ?? ''} />
    </>
  );
}
