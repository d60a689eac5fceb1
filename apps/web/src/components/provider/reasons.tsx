import { Paragraph } from '@digdir/designsystemet-react';
import type { Provider } from '../../api/client';
import { useFormat, useMessages } from '../../i18n';
import { MESSAGES } from '../../messages/provider';
import { DataTable } from '../data-table';
import { Section } from '../page';
import { Empty } from '../query-boundary';

type ProviderReasons = NonNullable<Provider['reasons']>;

/** Why a provider scores as it does: contributions that add up to the score, each with the median of its peers. */
export function Reasons({ reasons }: { reasons: Provider['reasons'] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  if (!reasons)
    return (
      <Section title={t.reasons}>
        <Empty>{t.noReasons}</Empty>
      </Section>
    );
  const { counterfactual } = reasons;
  return (
    <Section title={t.reasons} lead={t.reasonsLead}>
      <Texts texts={reasons.sentences} />
      <Contributions name={t.raises} rows={reasons.raises} />
      <Contributions name={t.against} rows={reasons.lowers} />
      <Paragraph>
        {t.score}: {format.number(reasons.score, 3)} = {t.base} {format.number(reasons.base, 3)} + … + {t.rest}{' '}
        {format.number(reasons.rest, 3)}
      </Paragraph>
      {counterfactual && counterfactual.length > 0 ? (
        <>
          <Paragraph>{t.counterfactual}</Paragraph>
          <Texts texts={counterfactual} />
        </>
      ) : null}
    </Section>
  );
}

const Texts = ({ texts }: { texts: readonly string[] }) => (
  <ul>
    {texts.map((text) => (
      <li key={text}>{text}</li>
    ))}
  </ul>
);

function Contributions({ name, rows }: { name: string; rows: ProviderReasons['raises'] }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const value = (x: number | string | null) => (x === null ? '–' : typeof x === 'number' ? format.number(x, 2) : x);
  return (
    <DataTable
      name={name}
      rows={rows}
      keyOf={(r) => r.feature}
      columns={[
        { head: name, cell: (r) => r.text },
        { head: t.value, numeric: true, cell: (r) => value(r.value) },
        { head: t.peers, cell: (r) => `${r.peerGroup}, ${format.number(r.peers)}: ${value(r.peerMedian)}` },
        { head: t.contribution, numeric: true, cell: (r) => format.number(r.contribution, 3) },
      ]}
    />
  );
}
