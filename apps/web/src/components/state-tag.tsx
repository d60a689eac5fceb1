import { Tag } from '@digdir/designsystemet-react';
import type { ReactNode } from 'react';
import type { List, PromotionRequestSummary, RunSummary } from '../api/client';

type State = RunSummary['state'] | PromotionRequestSummary['state'] | List['state'] | 'live';

const COLOURS: Readonly<Record<State, 'success' | 'info' | 'danger' | 'neutral'>> = {
  finished: 'success',
  approved: 'success',
  live: 'success',
  running: 'info',
  open: 'info',
  draft: 'info',
  failed: 'danger',
  refused: 'danger',
  cancelled: 'neutral',
  expired: 'neutral',
};

/** The state of a run, request or list, in a colour that goes with it. */
export function StateTag({ state, children }: { state: State; children: ReactNode }) {
  return <Tag data-color={COLOURS[state]}>{children}</Tag>;
}
