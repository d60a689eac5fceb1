import { Alert, Paragraph } from '@digdir/designsystemet-react';
import { useLanguage, useWords } from '../i18n';

const WORDS = {
  nb: { estimand: 'Størrelsen som anslås', assumption: 'Forutsetning', method: 'Metode' },
  en: { estimand: 'What is estimated', assumption: 'Assumption', method: 'Method' },
};

/** Evaluations say what they rest on in English; these are what they say of controlled providers that stand for all (`naive`). */
const NAIVE_NB = {
  estimand: 'andelen med funn blant de k første, om listen hadde vært trukket blant aktørene som ble kontrollert',
  assumption:
    'de kontrollerte står for alle. Kontrollene ble ikke valgt tilfeldig, så dette sier hvor godt kontrollerte aktører er ordnet, ikke hvor mange funn en liste av ukontrollerte ville gitt',
  method: (draws: string, level: string) =>
    `kontrollerte aktører alene; bootstrap over aktører, ${draws} trekninger; ${level} %`,
};

/** What is estimated and what must hold for it, before any figure. */
export function Rests({ estimand, assumption }: { estimand: string; assumption: string }) {
  const w = useWords(WORDS);
  const { language } = useLanguage();
  const said = language === 'nb' && assumption.startsWith('naive:') ? NAIVE_NB : { estimand, assumption };
  return (
    <Alert data-color="info">
      <Paragraph data-size="sm">
        {w.estimand}: {said.estimand}
      </Paragraph>
      <Paragraph data-size="sm">
        {w.assumption}: {said.assumption}
      </Paragraph>
    </Alert>
  );
}

/** How intervals were made. */
export function Method({ of }: { of: string }) {
  const w = useWords(WORDS);
  const { language } = useLanguage();
  const naive = /^naive on controlled providers, entity bootstrap (\d+), (\d+) %$/.exec(of);
  const said = language === 'nb' && naive ? NAIVE_NB.method(naive[1]!, naive[2]!) : of;
  return (
    <Paragraph data-size="sm" className="lead">
      {w.method}: {said}
    </Paragraph>
  );
}
