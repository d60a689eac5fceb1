import type { Evaluation } from '../../api/client';
import { useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/caseworker-effect';
import { DataTable } from '../data-table';
import { Interval } from '../interval';
import { Section } from '../page';
import { useNames } from './use-names';

/** How much of the outcomes is due to the caseworker, and not to the provider. */
export function CaseworkerEffect({ rows }: { rows: NonNullable<Evaluation['caseworkerEffects']> }) {
  const t = useMessages(MESSAGES);
  const names = useNames();
  const scale = Math.max(0.1, ...rows.flatMap(({ difference: { lo, hi } }) => [Math.abs(lo), Math.abs(hi)]));
  return (
    <Section title={t.title} lead={t.lead}>
      <DataTable
        name={t.title}
        rows={rows}
        keyOf={(r) => `${r.family} ${r.metric} ${r.k}`}
        columns={[
          { head: t.family, cell: (r) => names.ranking(r.family) },
          { head: t.metric, cell: (r) => names.metric(r) },
          { head: t.without, cell: (r) => <Interval estimate={r.without} /> },
          { head: t.withColumns, cell: (r) => <Interval estimate={r.withColumns} /> },
          { head: t.difference, cell: (r) => <Interval estimate={r.difference} from={-scale} to={scale} mark={0} /> },
        ]}
      />
    </Section>
  );
}
