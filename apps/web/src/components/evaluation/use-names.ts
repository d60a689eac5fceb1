import { useMemo } from 'react';
import { rankingName } from '../../../../../domain/families/names';
import { useLanguage } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { METRICS } from '../../messages/metrics';

/** Names of what an evaluation compares, and of its metrics with the list length where there is one. */
export function useNames() {
  const { language } = useLanguage();
  return useMemo(
    () => ({
      ranking: (id: string) => rankingName(id, language),
      metric: ({ metric, k }: { metric: string; k: number }) =>
        `${codeText(METRICS[language], metric)}${k ? ` @${k}` : ''}`,
    }),
    [language],
  );
}
