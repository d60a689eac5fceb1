import { Alert, Details } from '@digdir/designsystemet-react';
import type { Run } from '../api/client';
import { useWords } from '../i18n';
import { Section } from './page';

const WORDS = {
  nb: {
    title: 'Kontroll av utfallslekkasje',
    verdicts: {
      clean: 'Ingen utfallslekkasje funnet',
      'needs-reason': 'Noe ser for godt ut: to personer må gi en grunn før modellen kan tas i bruk',
      refused: 'Utfallslekkasje funnet',
    },
    tests: (n: number) => `${n} prøver`,
    certificate: 'Rapporten',
  },
  en: {
    title: 'Target-leakage check',
    verdicts: {
      clean: 'No target leakage was found',
      'needs-reason': 'Something looks too good: two people have to give a reason before the model can go live',
      refused: 'Target leakage was found',
    },
    tests: (n: number) => `${n} tests`,
    certificate: 'The report',
  },
};
const COLOUR = { clean: 'success', 'needs-reason': 'warning', refused: 'danger' } as const;

/** What the target-leakage check of a run said, with the certificate as it is stored. */
export function LeakageReportView({ of }: { of: Run['leakage'] }) {
  const w = useWords(WORDS);
  if (!of) return null;
  return (
    <Section title={w.title}>
      <Alert data-color={COLOUR[of.verdict]}>
        {w.verdicts[of.verdict]} ({w.tests(of.tests)})
      </Alert>
      <Details data-size="sm">
        <Details.Summary>{w.certificate}</Details.Summary>
        <Details.Content>
          <pre className="scroll" tabIndex={0}>
            {JSON.stringify(of.certificate, null, 2)}
          </pre>
        </Details.Content>
      </Details>
    </Section>
  );
}
