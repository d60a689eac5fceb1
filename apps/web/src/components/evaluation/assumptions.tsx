import { Alert, Paragraph } from '@digdir/designsystemet-react';
import { useLanguage, useMessages } from '../../i18n';
import { MESSAGES, NAIVE_NB } from '../../messages/assumptions';

/** What is estimated and what must be true for it, shown before any figure. */
export function Assumptions({ estimand, assumption }: { estimand: string; assumption: string }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const text = language === 'nb' && assumption.startsWith('naive:') ? NAIVE_NB : { estimand, assumption };
  return (
    <Alert data-color="info">
      <Paragraph data-size="sm">
        {t.estimand}: {text.estimand}
      </Paragraph>
      <Paragraph data-size="sm">
        {t.assumption}: {text.assumption}
      </Paragraph>
    </Alert>
  );
}

/** As evaluation documents say it, for example "naive on labelled providers, entity bootstrap 500, 95 %". */
const NAIVE_METHOD = new RegExp(
  '^naive on labelled providers, entity bootstrap (?<draws>\\d+), (?<level>\\d+) %' +
    '(?:; low support: (?<rows>\\d+) rows with (?<findings>\\d+) findings)?$',
);

/** How intervals were made. */
export function Method({ method }: { method: string }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const naive = NAIVE_METHOD.exec(method)?.groups;
  return (
    <Paragraph data-size="sm" className="lead">
      {t.method}: {language === 'nb' && naive ? NAIVE_NB.method(naive) : method}
    </Paragraph>
  );
}
