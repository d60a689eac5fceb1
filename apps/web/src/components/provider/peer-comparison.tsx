import type { Provider } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/provider-plots';
import { DataTable } from '../data-table';
import { Section } from '../page';

type PeerValue = Provider['peers'][number];

/** The features in which a provider deviates most from its peers. */
export function PeerComparison({ provider: { peers, group } }: { provider: Provider }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  if (peers.length === 0) return null;
  const quantile = ({ quantiles, unit }: PeerValue, index: number) => format.featureValue(quantiles[index] ?? 0, unit);
  return (
    <Section title={`${t.peers} (${group})`} lead={t.peersLead}>
      <DataTable
        name={t.peers}
        rows={peers}
        keyOf={(p) => p.feature}
        columns={[
          { head: t.feature, cell: (p) => p.text },
          { head: t.value, numeric: true, cell: (p) => format.featureValue(p.value, p.unit) },
          { head: t.median, numeric: true, cell: (p) => quantile(p, 2) },
          {
            head: t.spread,
            cell: (p) => (
              <>
                <BoxPlot value={p.value} quantiles={p.quantiles} />
                <span className="hidden">
                  {quantile(p, 0)} – {quantile(p, 4)}
                </span>
              </>
            ),
          },
          { head: t.deviation, numeric: true, cell: (p) => format.number(p.deviation, 1) },
          { head: t.n, numeric: true, cell: (p) => format.number(p.peers) },
        ]}
      />
    </Section>
  );
}

/** The provider's value among the 10th, 25th, 50th, 75th and 90th percentile of its peers. */
function BoxPlot({ value, quantiles }: { value: number; quantiles: readonly number[] }) {
  const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = quantiles;
  const [low, high] = [Math.min(value, p10), Math.max(value, p90)];
  const at = (x: number) => `${4 + (92 * (x - low)) / (high - low || 1)}%`;
  return (
    <svg aria-hidden="true" focusable="false" width="100%" height="22" style={{ minWidth: '10rem' }}>
      <line x1={at(p10)} x2={at(p90)} y1="50%" y2="50%" stroke="currentColor" strokeOpacity="0.4" strokeWidth="2" />
      <line x1={at(p25)} x2={at(p75)} y1="50%" y2="50%" stroke="currentColor" strokeOpacity="0.4" strokeWidth="9" />
      <line x1={at(p50)} x2={at(p50)} y1="20%" y2="80%" stroke="currentColor" strokeWidth="2" />
      <circle cx={at(value)} cy="50%" r="5" className="bar" />
    </svg>
  );
}
