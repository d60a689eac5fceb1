import type { Evaluation, EvaluationRow } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { CASE_SOURCES } from '../../messages/control-cases';
import { MESSAGES } from '../../messages/evaluation';
import { DataTable } from '../data-table';
import { Interval } from '../interval';
import { Section } from '../page';
import { RowFigure } from './row-figure';
import { useNames } from './use-names';

/** Average precision within each provider group, test period and case source. */
export function Slices({ rows, family }: { rows: readonly EvaluationRow[]; family: string | undefined }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const sources = useMessages(CASE_SOURCES);
  const names = useNames();
  const shown = rows.filter(
    (row) =>
      row.slice !== 'all' && row.metric === 'average-precision' && (family === undefined || row.family === family),
  );
  if (shown.length === 0) return null;
  const sliceName = (slice: string) => {
    const colon = slice.indexOf(':');
    const [kind, name] = [slice.slice(0, colon), slice.slice(colon + 1)];
    if (kind === 'case-source') return `${t.openedOn} ${codeText(sources, name)}`;
    return kind === 'period' ? `${t.period} ${name}` : name;
  };
  return (
    <Section title={t.slices}>
      <DataTable
        name={t.slices}
        rows={shown}
        keyOf={(r) => `${r.family} ${r.slice}`}
        columns={[
          { head: t.family, cell: (r) => names.ranking(r.family) },
          { head: t.slice, cell: (r) => sliceName(r.slice) },
          { head: t.n, numeric: true, cell: (r) => format.number(r.n) },
          {
            head: names.metric({ metric: 'average-precision', k: 0 }),
            cell: (r) => (
              <>
                <RowFigure row={r} />
                {r.method.includes(LOW_SUPPORT) ? ` (${t.lowSupport})` : ''}
              </>
            ),
          },
        ]}
      />
    </Section>
  );
}

/** What the method of a row with few rows or findings says. */
const LOW_SUPPORT = 'low support';

/** Difference in average precision against each baseline, on the same rows and bootstrap draws. */
export function PairwiseDifferences({ pairs, family }: { pairs: Evaluation['paired']; family: string | undefined }) {
  const t = useMessages(MESSAGES);
  const names = useNames();
  const rows = pairs.filter(
    (row) => row.metric === 'average-precision' && (family === undefined || row.family === family),
  );
  const scale = Math.max(0.1, ...rows.flatMap(({ lo, hi }) => [Math.abs(lo), Math.abs(hi)]));
  return (
    <Section title={t.pairs} lead={t.pairsLead}>
      <DataTable
        name={t.pairs}
        rows={rows}
        keyOf={(r) => `${r.family} ${r.against}`}
        columns={[
          { head: t.family, cell: (r) => names.ranking(r.family) },
          { head: t.against, cell: (r) => names.ranking(r.against) },
          { head: t.difference, cell: (r) => <Interval estimate={r} from={-scale} to={scale} mark={0} /> },
        ]}
      />
    </Section>
  );
}

/** Shares of rows and list, and the false discovery rate, of each provider group. */
export function Fairness({ groups, family }: { groups: Evaluation['fairness']; family: string | undefined }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const rows = groups.filter((row) => family === undefined || row.family === family);
  if (rows.length === 0) return null;
  return (
    <Section title={t.fairness} lead={t.fairnessLead}>
      <DataTable
        name={t.fairness}
        rows={rows}
        keyOf={(r) => `${r.family} ${r.group} ${r.k}`}
        columns={[
          { head: t.group, cell: (r) => `${r.group}${r.lowSupport ? ` (${t.lowSupport})` : ''}` },
          { head: 'k', numeric: true, cell: (r) => r.k },
          { head: t.slice, numeric: true, cell: (r) => format.number(r.rows) },
          { head: t.shareRows, numeric: true, cell: (r) => format.share(r.shareOfRows) },
          { head: t.shareList, cell: (r) => <Interval estimate={r.shareOfList} digits={2} /> },
          {
            head: t.falseDiscoveryRate,
            cell: (r) => (r.falseDiscoveryRate ? <Interval estimate={r.falseDiscoveryRate} digits={2} /> : '–'),
          },
        ]}
      />
    </Section>
  );
}
