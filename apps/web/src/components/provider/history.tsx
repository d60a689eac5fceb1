import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { Provider } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/provider-plots';
import { Chart } from '../chart';
import { DataTable } from '../data-table';
import { Section, ShortId } from '../page';

/** Changes of rules that moved the figures of all providers at once. */
const EVENTS = [
  ['econsult', '2020-04-01'],
  ['tariff', '2024-07-01'],
] as const;

/** The events within a range of days, as vertical lines of a chart. */
const eventLines = (names: Readonly<Record<(typeof EVENTS)[number][0], string>>, from: string, to: string) => ({
  symbol: 'none' as const,
  silent: true,
  label: { formatter: (p: { name: string }) => p.name },
  data: EVENTS.filter(([, day]) => day >= from && day <= to).map(([name, day]) => ({ xAxis: day, name: names[name] })),
});

/** Probability and rank of a provider on each list it was scored for. */
export function RankHistory({ provider: { ranks } }: { provider: Provider }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const option = useMemo<EChartsOption>(() => {
    const days = ranks.map((r) => r.asOf.slice(0, 10));
    return {
      xAxis: { type: 'time' },
      yAxis: { type: 'value', min: 0, max: 1, name: t.probability },
      series: [
        {
          type: 'line',
          name: t.probability,
          symbolSize: 8,
          data: ranks.map((r) => [r.asOf, r.probability]),
          markLine: eventLines(t.events, days[0] ?? '', days.at(-1) ?? ''),
        },
      ],
    };
  }, [ranks, t]);
  if (ranks.length === 0) return null;
  const table = (
    <DataTable
      name={t.ranks}
      rows={ranks}
      keyOf={(r) => r.listId}
      columns={[
        { head: t.asOf, cell: (r) => format.date(r.asOf) },
        { head: t.rank, numeric: true, cell: (r) => `${format.number(r.rank)} / ${format.number(r.of)}` },
        { head: t.probability, numeric: true, cell: (r) => format.share(r.probability) },
        { head: t.list, cell: (r) => <ShortId id={r.listId} to={`/lists/${r.listId}`} /> },
      ]}
    />
  );
  return (
    <Section title={t.ranks}>
      {ranks.length > 1 ? <Chart name={t.ranks} option={option} low table={table} /> : table}
    </Section>
  );
}

/** Refunds, bills and patients of a provider month by month. */
export function RefundsByMonth({ provider: { months } }: { provider: Provider }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const option = useMemo<EChartsOption>(
    () => ({
      xAxis: { type: 'time' },
      yAxis: { type: 'value', name: t.amount },
      series: [
        {
          type: 'bar',
          name: t.amount,
          data: months.map((m) => [m.month, Math.round(m.amountOre / 100)]),
          markLine: eventLines(t.events, months[0]?.month ?? '', months.at(-1)?.month ?? ''),
        },
      ],
    }),
    [months, t],
  );
  if (months.length === 0) return null;
  const table = (
    <DataTable
      name={t.months}
      rows={months}
      keyOf={(m) => m.month}
      columns={[
        { head: t.month, cell: (m) => format.month(m.month) },
        { head: t.amount, numeric: true, cell: (m) => format.amount(m.amountOre) },
        { head: t.bills, numeric: true, cell: (m) => format.number(m.bills) },
        { head: t.patients, numeric: true, cell: (m) => format.number(m.patients) },
      ]}
    />
  );
  return (
    <Section title={t.months}>
      <Chart name={t.months} option={option} low table={table} />
    </Section>
  );
}
