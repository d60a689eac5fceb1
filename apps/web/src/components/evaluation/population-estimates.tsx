import { Paragraph } from '@digdir/designsystemet-react';
import type { Evaluation } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { ESTIMATOR_ASSUMPTIONS, ESTIMATORS, MESSAGES, MISSING_ESTIMATES } from '../../messages/population-estimates';
import { DataTable } from '../data-table';
import { Interval } from '../interval';
import { Section } from '../page';
import { useNames } from './use-names';

type Population = NonNullable<Evaluation['population']>;
type ListEstimate = Population['lists'][number];

/** What can be said of lists drawn from all active providers, most of whom are unlabeled. */
export function PopulationEstimates({ population, family }: { population: Population; family: string | undefined }) {
  return (
    <>
      <ListEstimates population={population} family={family} />
      <SwapSet swaps={population.swap.filter((row) => family === undefined || row.family === family)} />
      <LowSupportGroups groups={population.groups.filter((group) => group.lowSupport)} />
    </>
  );
}

function ListEstimates({
  population: { parts, lists, swap },
  family,
}: {
  population: Population;
  family: string | undefined;
}) {
  const t = useMessages(MESSAGES);
  const estimators = useMessages(ESTIMATORS);
  const format = useFormat();
  const names = useNames();
  const total = (count: 'providers' | 'labeled' | 'drawn') =>
    format.number(parts.reduce((sum, part) => sum + part[count], 0));
  const models = swap.map((row) => row.family);
  const own = lists.filter((row) => (family === undefined ? models.includes(row.family) : row.family === family));
  return (
    <Section title={t.lists} lead={t.listsLead}>
      <Paragraph data-size="sm">
        {t.folds(parts.length, total('providers'), total('labeled'), total('drawn'))}
      </Paragraph>
      <DataTable
        name={t.lists}
        rows={own.filter((row) => row.estimate)}
        keyOf={(r) => `${r.family} ${r.k} ${r.estimator}`}
        columns={[
          ...(family === undefined ? [{ head: t.family, cell: (r: ListEstimate) => names.ranking(r.family) }] : []),
          { head: t.first, numeric: true, cell: (r) => r.k || t.all },
          { head: t.estimator, cell: (r) => estimators[r.estimator] },
          {
            head: t.share,
            cell: (r) => (r.estimate ? <Interval estimate={r.estimate} point={r.estimator !== 'bounds'} /> : '–'),
          },
          { head: t.labeled, numeric: true, cell: (r) => (r.estimate ? format.number(r.estimate.n) : '–') },
        ]}
      />
      <EstimatorNotes estimates={own} />
    </Section>
  );
}

/** What each estimator assumes, or why it gives nothing; once below the table, since it is the same for every row. */
function EstimatorNotes({ estimates }: { estimates: readonly ListEstimate[] }) {
  const t = useMessages(MESSAGES);
  const estimators = useMessages(ESTIMATORS);
  const assumptions = useMessages(ESTIMATOR_ASSUMPTIONS);
  const missing = useMessages(MISSING_ESTIMATES);
  const given = [...new Set(estimates.flatMap((row) => (row.estimate ? [row.estimator] : [])))];
  const absent = new Map(estimates.flatMap((row) => (row.missing ? [[row.estimator, row.missing] as const] : [])));
  return (
    <>
      {given.map((estimator) => (
        <Paragraph key={estimator} data-size="sm" className="lead">
          {estimators[estimator]}
          {estimator === 'contraction' ? null : `, ${t.rightIf}: ${assumptions[estimator]}`}
        </Paragraph>
      ))}
      {[...absent].map(([estimator, why]) => (
        <Paragraph key={estimator} data-size="sm" className="lead">
          {estimators[estimator]}: {missing[why]}
        </Paragraph>
      ))}
    </>
  );
}

function SwapSet({ swaps }: { swaps: Population['swap'] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const names = useNames();
  if (swaps.length === 0) return null;
  return (
    <Section title={t.swap} lead={t.swapLead}>
      <DataTable
        name={t.swap}
        rows={swaps}
        keyOf={(r) => r.family}
        columns={[
          { head: t.family, cell: (r) => names.ranking(r.family) },
          { head: t.replaced, numeric: true, cell: (r) => format.number(r.replaced) },
          { head: t.observed, cell: (r) => <Interval estimate={r.observed.findings} /> },
          { head: t.gained, cell: (r) => <Interval estimate={r.gain.findings} from={-1} to={1} mark={0} /> },
          {
            head: t.amount,
            numeric: true,
            cell: (r) => (r.gain.amountNok ? format.nok(r.gain.amountNok.value) : '–'),
          },
          { head: t.bounds, cell: (r) => `${format.number(r.bounds.lo, 2)} … ${format.number(r.bounds.hi, 2)}` },
        ]}
      />
    </Section>
  );
}

function LowSupportGroups({ groups }: { groups: Population['groups'] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  if (groups.length === 0) return <Section title={t.groups}>{t.noLowSupport}</Section>;
  return (
    <Section title={t.groups} lead={t.groupsLead}>
      <DataTable
        name={t.groups}
        rows={groups}
        keyOf={(g) => g.group}
        columns={[
          { head: t.group, cell: (g) => g.group },
          { head: t.providers, numeric: true, cell: (g) => format.number(g.providers) },
          { head: t.rows, numeric: true, cell: (g) => format.number(g.trainRows) },
          { head: t.findings, numeric: true, cell: (g) => format.number(g.trainFindings) },
        ]}
      />
    </Section>
  );
}
