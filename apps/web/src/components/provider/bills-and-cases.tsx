import type { Provider } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { CASE_SOURCES, OUTCOMES } from '../../messages/control-cases';
import { MESSAGES } from '../../messages/provider';
import { DataTable } from '../data-table';
import { Section } from '../page';
import { Empty } from '../query-boundary';

/** Bills of the last year, drawn the same way each time. */
export function SampleOfBills({ bills }: { bills: Provider['sample'] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  if (bills.length === 0) return null;
  return (
    <Section title={t.sample} lead={t.sampleLead}>
      <DataTable
        name={t.sample}
        rows={bills}
        keyOf={(b) => `${b.day} ${b.billNo}`}
        columns={[
          { head: t.bill, numeric: true, cell: (b) => b.billNo },
          { head: t.day, cell: (b) => b.day },
          { head: t.time, cell: (b) => format.clock(b.minute) },
          { head: t.amount, numeric: true, cell: (b) => format.amount(b.amountOre) },
          { head: t.tariffs, cell: (b) => b.tariffs.join(', ') },
        ]}
      />
    </Section>
  );
}

/** Earlier control cases of a provider, with what they were decided to be. */
export function Cases({ cases }: { cases: Provider['cases'] }) {
  const t = useMessages(MESSAGES);
  const sources = useMessages(CASE_SOURCES);
  const outcomes = useMessages(OUTCOMES);
  const format = useFormat();
  if (cases.length === 0)
    return (
      <Section title={t.cases}>
        <Empty>{t.noCases}</Empty>
      </Section>
    );
  return (
    <Section title={t.cases}>
      <DataTable
        name={t.cases}
        rows={cases}
        keyOf={(c) => c.caseNo}
        columns={[
          { head: t.caseNo, cell: (c) => c.caseNo },
          { head: t.opened, cell: (c) => c.opened },
          { head: t.basis, cell: (c) => codeText(sources, c.basis) },
          { head: t.outcome, cell: (c) => (c.outcome === null ? '–' : codeText(outcomes, c.outcome)) },
          { head: t.amount, numeric: true, cell: (c) => (c.amountOre === null ? '–' : format.amount(c.amountOre)) },
        ]}
      />
    </Section>
  );
}
