import { Button, Tabs } from '@digdir/designsystemet-react';
import { usePermission } from '../api/me';
import { AccessLog } from '../components/audit/access-log';
import { Checkpoints } from '../components/audit/checkpoints';
import { LedgerEntries } from '../components/audit/ledger-entries';
import { LedgerVerification } from '../components/audit/ledger-verification';
import { VerifyFile } from '../components/audit/verify-file';
import { Page } from '../components/page';
import { useMessages } from '../i18n';
import { MESSAGES } from '../messages/audit';

export function AuditPage() {
  const t = useMessages(MESSAGES);
  const mayExport = usePermission('exportLedger');
  const maySeeAccess = usePermission('listAccess');
  const actions = mayExport ? (
    <Button asChild variant="secondary">
      <a href="/v1/ledger/export" download>
        {t.download}
      </a>
    </Button>
  ) : null;
  return (
    <Page title={t.title} lead={t.lead} actions={actions}>
      <LedgerVerification />
      <Tabs defaultValue="entries">
        <Tabs.List>
          <Tabs.Tab value="entries">{t.entries}</Tabs.Tab>
          <Tabs.Tab value="checkpoints">{t.checkpoints}</Tabs.Tab>
          <Tabs.Tab value="verify">{t.verify}</Tabs.Tab>
          {maySeeAccess ? <Tabs.Tab value="access">{t.access}</Tabs.Tab> : null}
        </Tabs.List>
        <Tabs.Panel value="entries">
          <LedgerEntries />
        </Tabs.Panel>
        <Tabs.Panel value="checkpoints">
          <Checkpoints />
        </Tabs.Panel>
        <Tabs.Panel value="verify">
          <VerifyFile />
        </Tabs.Panel>
        {maySeeAccess ? (
          <Tabs.Panel value="access">
            <AccessLog />
          </Tabs.Panel>
        ) : null}
      </Tabs>
    </Page>
  );
}
