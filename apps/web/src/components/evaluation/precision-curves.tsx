import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { Evaluation } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/evaluation';
import { Chart } from '../chart';
import { DataTable } from '../data-table';
import { Interval } from '../interval';
import { Section } from '../page';
import { useNames } from './use-names';

interface Series {
  readonly name: string;
  readonly points: Evaluation['curves'][number]['points'];
}

/** A line with its band: two stacked areas, an invisible one up to `lo` and a tinted one from `lo` to `hi`. */
function lineWithBand({ name, points }: Series) {
  const area = {
    type: 'line' as const,
    name,
    stack: name,
    symbol: 'none' as const,
    silent: true,
    lineStyle: { opacity: 0 },
    tooltip: { show: false },
  };
  return [
    { type: 'line' as const, name, symbolSize: 5, data: points.map((p) => [p.k, p.precision.value]) },
    { ...area, data: points.map((p) => [p.k, p.precision.lo]) },
    { ...area, areaStyle: { opacity: 0.08 }, data: points.map((p) => [p.k, p.precision.hi - p.precision.lo]) },
  ];
}

/** Precision among the first k, for every k, of one or several evaluations; `label` names the evaluation. */
export function PrecisionCurves({
  evaluations,
}: {
  evaluations: readonly { label: string; curves: Evaluation['curves'] }[];
}) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const names = useNames();
  const series = useMemo(
    () =>
      evaluations.flatMap(({ label, curves }) =>
        curves.map(({ family, points }): Series => {
          const ranking = names.ranking(family);
          return { name: label ? `${label}: ${ranking}` : ranking, points };
        }),
      ),
    [evaluations, names],
  );
  const option = useMemo<EChartsOption>(
    () => ({
      xAxis: { type: 'value', name: t.k, nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'value', name: t.precision, min: 0, max: 1 },
      series: series.flatMap(lineWithBand),
    }),
    [series, t],
  );
  const table = (
    <DataTable
      name={t.curve}
      rows={series.flatMap(({ name, points }) => points.map((p) => ({ name, ...p })))}
      keyOf={(r) => `${r.name} ${r.k}`}
      columns={[
        { head: t.family, cell: (r) => r.name },
        { head: t.k, numeric: true, cell: (r) => r.k },
        { head: t.precision, cell: (r) => <Interval estimate={r.precision} /> },
        { head: t.amount, numeric: true, cell: (r) => (r.amountNok ? format.nok(r.amountNok.value) : '–') },
      ]}
    />
  );
  return (
    <Section title={t.curve} lead={t.curveLead}>
      <Chart name={t.curve} option={option} table={table} />
    </Section>
  );
}
