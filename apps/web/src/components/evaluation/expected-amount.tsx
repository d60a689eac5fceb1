import { hasValue, noValueText } from '../../../../../domain/schemas/evaluation';
import type { Evaluation } from '../../api/client';
import { useFormat, useLanguage, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/expected-amount';
import { DataTable } from '../data-table';
import { Interval } from '../interval';
import { Section } from '../page';
import { useNames } from './use-names';

/** Whether the expected amounts were right, and what ranking by them would have given on the same rows. */
export function ExpectedAmount({
  amounts,
  rows,
  family,
}: {
  amounts: NonNullable<Evaluation['amounts']>;
  rows: Evaluation['rows'];
  family: string | undefined;
}) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const names = useNames();
  const { language } = useLanguage();
  const own = amounts.filter((row) => family === undefined || row.family === family);
  const upheld = rows.filter(({ metric, slice, k }) => metric === 'amount-upheld' && slice === 'all' && k > 0);
  const ks = [...new Set(upheld.map(({ k }) => k))].sort((a, b) => a - b);
  const upheldOf = (ranking: string, k: number) => {
    const found = upheld.find((row) => row.family === ranking && row.k === k);
    if (!found) return '–';
    if (!hasValue(found)) return noValueText(found, language);
    return `${format.nok(found.value)} [${format.nok(found.lo)}; ${format.nok(found.hi)}]`;
  };
  if (own.length === 0) return null;
  const scale = Math.max(2, ...own.map(({ ratio }) => ratio.hi));
  return (
    <Section title={t.title} lead={t.lead}>
      <DataTable
        name={t.title}
        rows={own}
        keyOf={(r) => r.family}
        columns={[
          { head: t.family, cell: (r) => names.ranking(r.family) },
          { head: t.expected, numeric: true, cell: (r) => format.nok(r.expectedAmountNok) },
          { head: t.upheld, numeric: true, cell: (r) => format.nok(r.upheldNok) },
          { head: t.ratio, cell: (r) => <Interval estimate={r.ratio} digits={2} to={scale} /> },
          { head: t.rank, numeric: true, cell: (r) => r.rankCorrelation.toFixed(2) },
        ]}
      />
      <DataTable
        name={t.atTop}
        rows={own.flatMap((row) => ks.map((k) => ({ ...row, k })))}
        keyOf={(r) => `${r.family} ${r.k}`}
        columns={[
          { head: t.family, cell: (r) => names.ranking(r.family) },
          { head: t.first, numeric: true, cell: (r) => r.k },
          { head: t.byScore, numeric: true, cell: (r) => upheldOf(r.family, r.k) },
          { head: t.byAmount, numeric: true, cell: (r) => upheldOf(r.rankedAs, r.k) },
        ]}
      />
    </Section>
  );
}
