import { Paragraph } from '@digdir/designsystemet-react';
import { FAMILIES } from '../../../../domain/i18n';
import type { Request } from '../api/client';
import { useLanguage, useWords } from '../i18n';
import { StateTag } from './page';

type Names = Readonly<Record<string, string>>;
const WORDS = {
  nb: {
    passed: 'møtt',
    failed: 'IKKE møtt',
    over: (n: number) => `${n} av 2 har gått forbi`,
    better: (than: string) => `Bedre enn ${than}`,
    notWorse: (than: string) => `Ikke klart dårligere enn ${than}`,
    names: {
      'enough-outcomes': 'Nok utfall',
      'no-nuisance': 'Ser ikke hvem som kontrollerte',
      'leakage-report': 'Lekkasjeattest',
      'labels-stand': 'Fasiten står',
      'not-worse-than-champion': 'Ikke dårligere enn gjeldende modell',
      calibration: 'Kalibrering',
      fairness: 'Fordeling mellom grupper',
      'no-decay': 'Intet forfall',
      documentation: 'Dokumentasjon',
    } as Names,
  },
  en: {
    passed: 'passed',
    failed: 'NOT passed',
    over: (n: number) => `${n} of 2 passed over it`,
    better: (than: string) => `Better than ${than}`,
    notWorse: (than: string) => `Not clearly worse than ${than}`,
    names: {
      'enough-outcomes': 'Enough outcomes',
      'no-nuisance': 'Does not see who looked',
      'leakage-report': 'Leak certificate',
      'labels-stand': 'Labels stand',
      'not-worse-than-champion': 'Not worse than the champion',
      calibration: 'Calibration',
      fairness: 'Between groups',
      'no-decay': 'No decay',
      documentation: 'Documentation',
    } as Names,
  },
};

const BETTER = 'better-than-';
const NOT_WORSE = 'not-clearly-worse-than-';

function useNameOf(): (gate: string) => string {
  const w = useWords(WORDS);
  const families = useWords(FAMILIES);
  const family = (gate: string, prefix: string) => families[gate.slice(prefix.length)] ?? gate.slice(prefix.length);
  return (gate) =>
    gate.startsWith(BETTER)
      ? w.better(family(gate, BETTER))
      : gate.startsWith(NOT_WORSE)
        ? w.notWorse(family(gate, NOT_WORSE))
        : (w.names[gate] ?? gate);
}

/** One gate with its verdict and reason, and how many have passed over it. */
export function Gate({ of: gate }: { of: Request['gates'][number] }) {
  const w = useWords(WORDS);
  const { language } = useLanguage();
  const name = useNameOf()(gate.gate);
  return (
    <>
      <StateTag state={gate.passed ? 'finished' : 'failed'}>{gate.passed ? w.passed : w.failed}</StateTag> <b>{name}</b>
      : {(language === 'nb' && gate.reasonNb) || gate.reason}
      {!gate.passed && gate.overrides > 0 ? <Paragraph data-size="sm">{w.over(gate.overrides)}</Paragraph> : null}
    </>
  );
}
