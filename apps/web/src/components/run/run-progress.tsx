import { Paragraph } from '@digdir/designsystemet-react';
import { useLanguage, useMessages } from '../../i18n';
import { progressName } from '../../messages/progress';
import { MESSAGES } from '../../messages/run';
import { Section } from '../page';
import type { Progress } from './use-progress';

/** The step that a running run is at. */
export function RunProgress({ progress }: { progress: Progress | undefined }) {
  const t = useMessages(MESSAGES);
  const { language } = useLanguage();
  const { step = null, done = 0, total = 1, folds = [] } = progress ?? {};
  return (
    <Section title={t.step}>
      <div aria-live="polite">
        <label>
          {progressName(step ?? 'planning', language)} {total > 1 ? `${done} / ${total}` : ''}
          <br />
          <progress max={total} value={done} style={{ width: '100%' }} />
        </label>
        <Paragraph data-size="sm">
          {t.folds}: {folds.length}
        </Paragraph>
      </div>
    </Section>
  );
}
