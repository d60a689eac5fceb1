import { Alert, Details } from '@digdir/designsystemet-react';
import type { Run } from '../api/client';
import { useMessages } from '../i18n';
import { MESSAGES, VERDICTS } from '../messages/leakage-report';
import { JsonDocument } from './json-document';
import { Section } from './page';

const COLOURS = { clean: 'success', 'needs-reason': 'warning', refused: 'danger' } as const;

/** The verdict of a run's target-leakage check, with the report as it is stored. */
export function LeakageReportView({ leakage }: { leakage: Run['leakage'] }) {
  const t = useMessages(MESSAGES);
  const verdicts = useMessages(VERDICTS);
  if (!leakage) return null;
  return (
    <Section title={t.title}>
      <Alert data-color={COLOURS[leakage.verdict]}>
        {verdicts[leakage.verdict]} ({t.tests(leakage.tests)})
      </Alert>
      <Details data-size="sm">
        <Details.Summary>{t.report}</Details.Summary>
        <Details.Content>
          <JsonDocument value={leakage.report} />
        </Details.Content>
      </Details>
    </Section>
  );
}
