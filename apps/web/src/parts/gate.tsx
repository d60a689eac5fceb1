import { Paragraph } from '@digdir/designsystemet-react';
import type { Request } from '../api/client';
import { useWords } from '../words';
import { StateTag } from './page';

const WORDS = {
  nb: { passed: 'møtt', failed: 'IKKE møtt', over: (n: number) => `${n} av 2 har gått forbi` },
  en: { passed: 'passed', failed: 'NOT passed', over: (n: number) => `${n} of 2 passed over it` },
};

/** One gate with its verdict and reason, and how many have passed over it. */
export function Gate({ of: gate }: { of: Request['gates'][number] }) {
  const w = useWords(WORDS);
  return (
    <>
      <StateTag state={gate.passed ? 'finished' : 'failed'}>{gate.passed ? w.passed : w.failed}</StateTag> <code>{gate.gate}</code>: {gate.reason}
      {!gate.passed && gate.overrides > 0 ? <Paragraph data-size="sm">{w.over(gate.overrides)}</Paragraph> : null}
    </>
  );
} // prettier-ignore
