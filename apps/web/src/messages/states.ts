import type { List, PromotionRequestSummary, RunSummary } from '../api/client';
import type { CodeTexts } from './code-texts';

export const RUN_STATES: CodeTexts<RunSummary['state']> = {
  nb: { running: 'kjører', finished: 'ferdig', failed: 'mislyktes', cancelled: 'stoppet' },
  en: { running: 'running', finished: 'finished', failed: 'failed', cancelled: 'cancelled' },
};

export const REQUEST_STATES: CodeTexts<PromotionRequestSummary['state']> = {
  nb: { open: 'venter', approved: 'godkjent', refused: 'avslått', expired: 'utløpt' },
  en: { open: 'pending', approved: 'approved', refused: 'refused', expired: 'expired' },
};

export const LIST_STATES: CodeTexts<List['state']> = {
  nb: { draft: 'utkast', approved: 'godkjent av to', refused: 'avslått', expired: 'utløpt' },
  en: { draft: 'draft', approved: 'signed off', refused: 'refused', expired: 'expired' },
};

export const LIVE = { nb: 'i bruk', en: 'live' } as const;
