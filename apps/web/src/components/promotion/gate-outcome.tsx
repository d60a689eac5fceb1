import { Paragraph } from '@digdir/designsystemet-react';
import type { Gate } from '../../api/client';
import { useLanguage, useMessages } from '../../i18n';
import { codeText } from '../../messages/code-texts';
import { GATES, MESSAGES } from '../../messages/gates';
import { StateTag } from '../state-tag';

/** One gate of a promotion: passed or not, why, and how many people have waived it. */
export function GateOutcome({ gate }: { gate: Gate }) {
  const t = useMessages(MESSAGES);
  const gates = useMessages(GATES);
  const { language } = useLanguage();
  return (
    <>
      <StateTag state={gate.passed ? 'finished' : 'failed'}>{gate.passed ? t.passed : t.failed}</StateTag>{' '}
      <b>{codeText(gates, gate.gate)}</b>: {(language === 'nb' && gate.reasonNb) || gate.reason}
      {!gate.passed && gate.waivers > 0 ? <Paragraph data-size="sm">{t.waivers(gate.waivers)}</Paragraph> : null}
    </>
  );
}
