import { FAMILIES } from '../../../../domain/i18n';
import type { Evaluation } from '../api/client';
import { useFormats, useLanguage, useWords } from '../i18n';
import { Interval } from './interval';
import { Section } from './page';
import { Rows } from './table';

const WORDS = {
  nb: {
    title: 'Forventet beløp',
    lead: 'Hva funnene i testdelene var ventet å være verdt, mot hva som ble opprettholdt. Forholdet er 1 der beløpene stemmer samlet. Kronene øverst på listen står med skåren og med forventet beløp som orden.',
    family: 'Modell',
    expected: 'Ventet (median)',
    upheld: 'Opprettholdt (median)',
    ratio: 'Opprettholdt / ventet',
    rank: 'Rangkorrelasjon',
    among: 'Kroner øverst på listen',
    first: 'De første',
    byScore: 'Etter skår',
    byAmount: 'Etter forventet beløp',
  },
  en: {
    title: 'Expected NOK',
    lead: 'What the findings of the test parts were expected to be worth, beside what was upheld. The ratio is 1 where amounts are right on the whole. NOK of the first on the list stand by score and by expected NOK.',
    family: 'Model',
    expected: 'Expected (median)',
    upheld: 'Upheld (median)',
    ratio: 'Upheld / expected',
    rank: 'Rank correlation',
    among: 'NOK of the first on the list',
    first: 'The first',
    byScore: 'By score',
    byAmount: 'By expected NOK',
  },
};

/** Whether amounts hold, and what ordering by them would have given on the same rows. */
export function Amounts({
  of,
  rows,
  family,
}: {
  of: NonNullable<Evaluation['amounts']>;
  rows: Evaluation['rows'];
  family: string | undefined;
}) {
  const w = useWords(WORDS);
  const f = useFormats();
  const { language } = useLanguage();
  const own = of.filter((row) => family === undefined || row.family === family);
  const upheld = rows.filter(({ metric, slice, k }) => metric === 'amount-upheld' && slice === 'all' && k > 0);
  const ks = [...new Set(upheld.map(({ k }) => k))].sort((a, b) => a - b);
  const amountNok = (name: string, k: number) => {
    const found = upheld.find((row) => row.family === name && row.k === k);
    return found
      ? `${f.amountNok(found.value * 100)} [${f.amountNok(found.lo * 100)}, ${f.amountNok(found.hi * 100)}]`
      : '–';
  };
  const lists = own.flatMap((row) => ks.map((k) => ({ ...row, k })));
  if (own.length === 0) return null;
  return (
    <Section title={w.title} lead={w.lead}>
      <Rows
        name={w.title}
        rows={own}
        keyOf={(r) => r.family}
        columns={[
          { head: w.family, cell: (r) => FAMILIES[language][r.family] ?? r.family },
          { head: w.expected, numeric: true, cell: (r) => f.amountNok(r.expectedAmountNok * 100) },
          { head: w.upheld, numeric: true, cell: (r) => f.amountNok(r.upheldNok * 100) },
          {
            head: w.ratio,
            cell: (r) => <Interval of={r.ratio} digits={2} to={Math.max(2, ...own.map(({ ratio }) => ratio.hi))} />,
          },
          { head: w.rank, numeric: true, cell: (r) => r.rankCorrelation.toFixed(2) },
        ]}
      />
      <Rows
        name={w.among}
        rows={lists}
        keyOf={(r) => `${r.family} ${r.k}`}
        columns={[
          { head: w.family, cell: (r) => FAMILIES[language][r.family] ?? r.family },
          { head: w.first, numeric: true, cell: (r) => r.k },
          { head: w.byScore, numeric: true, cell: (r) => amountNok(r.family, r.k) },
          { head: w.byAmount, numeric: true, cell: (r) => amountNok(r.orderedAs, r.k) },
        ]}
      />
    </Section>
  );
}
