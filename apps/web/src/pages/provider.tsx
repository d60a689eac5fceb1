import { Alert } from '@digdir/designsystemet-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { answer, api, type Provider } from '../api/client';
import { useMe } from '../api/me';
import { DescriptionList, Page, ShortId } from '../components/page';
import { Cases, SampleOfBills } from '../components/provider/bills-and-cases';
import { OneDay } from '../components/provider/one-day';
import { RankHistory, RefundsByMonth } from '../components/provider/history';
import { type Opening, OpenProvider } from '../components/provider/open-provider';
import { PeerComparison } from '../components/provider/peer-comparison';
import { Reasons } from '../components/provider/reasons';
import { QueryBoundary } from '../components/query-boundary';
import { useFormat, useLanguage, useMessages } from '../i18n';
import { MESSAGES } from '../messages/provider';

export function ProviderPage() {
  const { provider = '' } = useParams();
  const [opened, setOpened] = useState<Opening & { provider: string }>();
  const me = useMe().data;
  if (!me) return null;
  if (opened?.provider !== provider)
    return (
      <OpenProvider
        provider={provider}
        purposes={me.purposes}
        done={(opening) => setOpened({ provider, ...opening })}
      />
    );
  return <OpenedProvider provider={provider} opening={opened} />;
}

function OpenedProvider({ provider, opening: { opening, ownCase } }: { provider: string; opening: Opening }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const query = useQuery({
    queryKey: ['provider', provider, opening, language],
    queryFn: () =>
      answer(
        api.GET('/v1/providers/{provider}', { params: { path: { provider }, query: { opening, lang: language } } }),
      ),
  });
  return (
    <Page title={`${t.title} ${provider}`} lead={t.suspected}>
      {ownCase ? null : <Alert data-color="warning">{t.outside}</Alert>}
      <QueryBoundary query={query} rows={10}>
        {(data) => (
          <>
            <Facts provider={data} />
            <Reasons reasons={data.reasons} />
            <PeerComparison provider={data} />
            <RankHistory provider={data} />
            <RefundsByMonth provider={data} />
            <SampleOfBills bills={data.sample} />
            <OneDay provider={provider} opening={opening} firstDay={data.sample[0]?.day} />
            <Cases cases={data.cases} />
          </>
        )}
      </QueryBoundary>
    </Page>
  );
}

function Facts({ provider }: { provider: Provider }) {
  const t = useMessages(MESSAGES);
  const format = useFormat();
  const { listSize, snapshotId } = provider;
  return (
    <DescriptionList
      items={[
        [t.practice, provider.practice],
        [t.group, `${provider.groupName} (${provider.group})`],
        [t.municipality, provider.municipality],
        [t.listSize, listSize === null ? '–' : format.number(listSize)],
        [t.asOf, format.instant(provider.asOf)],
        [t.snapshot, snapshotId ? <ShortId key="s" id={snapshotId} to={`/lineage/${snapshotId}`} /> : '–'],
      ]}
    />
  );
}
