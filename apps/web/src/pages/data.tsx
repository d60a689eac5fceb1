import { Tabs } from '@digdir/designsystemet-react';
import { usePermission } from '../api/me';
import { FeatureCatalogue } from '../components/data/feature-catalogue';
import { Loads, MlflowDeviations, Quarantine, Snapshots } from '../components/data/register-tables';
import { Page } from '../components/page';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/data';

export function DataPage() {
  const t = useMessages(MESSAGES);
  const maySeeQuarantine = usePermission('listQuarantine');
  return (
    <Page title={t.title} lead={t.lead}>
      <Tabs defaultValue="loads">
        <Tabs.List>
          <Tabs.Tab value="loads">{t.loads}</Tabs.Tab>
          {maySeeQuarantine ? <Tabs.Tab value="quarantine">{t.quarantine}</Tabs.Tab> : null}
          <Tabs.Tab value="snapshots">{t.snapshots}</Tabs.Tab>
          <Tabs.Tab value="features">{t.features}</Tabs.Tab>
          <Tabs.Tab value="deviations">{t.deviations}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="loads">
          <Loads />
        </Tabs.Panel>
        {maySeeQuarantine ? (
          <Tabs.Panel value="quarantine">
            <Quarantine />
          </Tabs.Panel>
        ) : null}
        <Tabs.Panel value="snapshots">
          <Snapshots />
        </Tabs.Panel>
        <Tabs.Panel value="features">
          <FeatureCatalogue />
        </Tabs.Panel>
        <Tabs.Panel value="deviations">
          <MlflowDeviations />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
