import { Alert, Details } from '@digdir/designsystemet-react';
import type { Run } from '../api/client';
import { useWords } from '../i18n';
import { Section } from './page';

const WORDS = {
  nb: {
    leak: 'Lekkasjesjekk',
    leaks: {
      clean: 'Ingen lekkasje funnet',
      'needs-reason': 'Noe ser for godt ut: to personer må gi en grunn før modellen kan tas i bruk',
      refused: 'Lekkasje funnet',
    },
    tests: (n: number) => `${n} prøver`,
    certificate: 'Attesten',
  },
  en: {
    leak: 'Leak check',
    leaks: {
      clean: 'No leak was found',
      'needs-reason': 'Something looks too good: two people have to give a reason before the model can go live',
      refused: 'A leak was found',
    },
    tests: (n: number) => `${n} tests`,
    certificate: 'The certificate',
  },
};
const COLOUR = { clean: 'success', 'needs-reason': 'warning', refused: 'danger' } as const;

/** What the leak check of a run said, with the certificate as it is stored. */
export function Leaks({ of }: { of: Run['leaks'] }) {
  const w = useWords(WORDS);
  if (!of) return null;
  return (
    <Section title={w.leak}>
      <Alert data-color={COLOUR[of.verdict]}>
        {w.leaks[of.verdict]} ({w.tests(of.tests)})
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
