import type { Role } from '../../../../domain/rules/roles';
import type { Purpose } from '../api/client';
import type { CodeTexts } from './code-texts';

export const ROLES: CodeTexts<Role> = {
  nb: {
    'data-scientist': 'dataforsker',
    analyst: 'analytiker',
    reviewer: 'kvalitetssikrer',
    approver: 'godkjenner',
    'control-leader': 'kontrolleder',
    caseworker: 'saksbehandler',
    auditor: 'revisor',
    'privacy-officer': 'personvernombud',
    admin: 'administrator',
    schedule: 'tidsplan',
    loader: 'innlaster',
  },
  en: {
    'data-scientist': 'data scientist',
    analyst: 'analyst',
    reviewer: 'reviewer',
    approver: 'approver',
    'control-leader': 'control leader',
    caseworker: 'caseworker',
    auditor: 'auditor',
    'privacy-officer': 'privacy officer',
    admin: 'administrator',
    schedule: 'schedule',
    loader: 'loader',
  },
};

/** Why somebody opens a provider. */
export const PURPOSES: CodeTexts<Purpose> = {
  nb: {
    case: 'behandle en kontrollsak',
    triage: 'vurdere om en kontrollsak skal åpnes',
    quality: 'kvalitetssikre et utvalg',
    audit: 'revisjon',
    'insight-request': 'innsynskrav fra helseaktøren selv',
  },
  en: {
    case: 'work on a control case',
    triage: 'decide whether to open a control case',
    quality: 'check the quality of a selection',
    audit: 'audit',
    'insight-request': "the provider's own request for access",
  },
};
