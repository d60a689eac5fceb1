import type { AccessRow, Purpose } from '../api/client';
import type { CodeTexts } from './code-texts';
import { PURPOSES } from './roles';

/** What was looked at. */
export const ACCESS_KINDS: CodeTexts<AccessRow['kind']> = {
  nb: {
    provider: 'helseaktør åpnet',
    list: 'liste lest',
    'list-export': 'liste lastet ned',
    'ledger-export': 'revisjonslogg lastet ned',
  },
  en: {
    provider: 'provider opened',
    list: 'list read',
    'list-export': 'list downloaded',
    'ledger-export': 'audit log downloaded',
  },
};

/** Why somebody looked: the purpose given when a provider is opened; lists are read for the work on the list. */
export const ACCESS_PURPOSES: CodeTexts<Purpose | 'list'> = {
  nb: { ...PURPOSES.nb, list: 'arbeide med listen' },
  en: { ...PURPOSES.en, list: 'work on the list' },
};

export const MESSAGES = {
  nb: {
    title: 'Revisjon',
    lead:
      'Hver endring har sin oppføring i revisjonsloggen, skrevet i samme transaksjon. Sjekkpunkter utenfor databasen ' +
      'gjør at ingen kan endre historien uten at det oppdages.',
    entries: 'Oppføringer',
    checkpoints: 'Sjekkpunkter',
    verify: 'Kontroller en fil',
    access: 'Oppslag',
    event: 'Hendelse',
    subject: 'Gjelder',
    by: 'Hvem',
    seq: 'Nr.',
    at: 'Når',
    role: 'Rolle',
    why: 'Hvorfor',
    search: 'Søk',
    eventStarts: 'Hendelsen begynner med',
    subjectStarts: 'Id begynner med',
    none: 'Ingen oppføringer passer.',
    check: 'Kontroller hele revisjonsloggen nå',
    checking: 'Kontrollerer …',
    intact: (n: string, s: string) => `Revisjonsloggen er uendret: ${n} oppføringer kontrollert på ${s} s.`,
    anchored: (n: string, u: string) => `${n} er forankret utenfor databasen, ${u} ennå ikke.`,
    changed: 'REVISJONSLOGGEN ER ENDRET',
    download: 'Last ned hele revisjonsloggen',
    size: 'Oppføringer',
    root: 'Rot',
    noCheckpoints: 'Ingen sjekkpunkter ennå.',
    outside: 'Bare oppslag utenfor egne saker',
    kind: 'Hva',
    purpose: 'Formål',
    rows: 'Linjer',
    own: 'Egen sak',
    yes: 'ja',
    no: 'nei',
    changes: 'Endrede rader',
  },
  en: {
    title: 'Audit',
    lead:
      'Every change has its entry in the audit log, written in the same transaction. Checkpoints outside the ' +
      'database keep anyone from rewriting history without detection.',
    entries: 'Entries',
    checkpoints: 'Checkpoints',
    verify: 'Verify a file',
    access: 'Access log',
    event: 'Event',
    subject: 'Subject',
    by: 'Who',
    seq: 'No.',
    at: 'When',
    role: 'Role',
    why: 'Why',
    search: 'Search',
    eventStarts: 'Event begins with',
    subjectStarts: 'Id begins with',
    none: 'No entries match.',
    check: 'Verify the whole audit log now',
    checking: 'Verifying …',
    intact: (n: string, s: string) => `The audit log is unchanged: ${n} entries verified in ${s} s.`,
    anchored: (n: string, u: string) => `${n} are anchored outside the database, ${u} not yet.`,
    changed: 'THE AUDIT LOG HAS BEEN CHANGED',
    download: 'Download the whole audit log',
    size: 'Entries',
    root: 'Root',
    noCheckpoints: 'No checkpoints yet.',
    outside: 'Only access outside own cases',
    kind: 'What',
    purpose: 'Purpose',
    rows: 'Lines',
    own: 'Own case',
    yes: 'yes',
    no: 'no',
    changes: 'Changed rows',
  },
};
