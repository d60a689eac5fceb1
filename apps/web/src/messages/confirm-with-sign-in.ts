export const MESSAGES = {
  nb: {
    reason: 'Begrunnelse',
    reasonHelp: 'Skriv hvorfor. Teksten kan slettes senere; at den ble skrevet, står i revisjonsloggen.',
    confirm: 'Du bekrefter med en ny innlogging, bare for denne handlingen.',
    proceed: 'Gå videre og bekreft',
    cancel: 'Avbryt',
    working: 'Utfører …',
  },
  en: {
    reason: 'Reason',
    reasonHelp: 'Say why. The text can be erased later; the audit log keeps that it was written.',
    confirm: 'You confirm with a new sign-in, for this action alone.',
    proceed: 'Continue and confirm',
    cancel: 'Cancel',
    working: 'Working …',
  },
};
