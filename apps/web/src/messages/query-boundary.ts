export const MESSAGES = {
  nb: {
    loading: 'Henter …',
    signIn: 'Logg inn',
    signInTitle: 'Du er ikke logget inn',
    signInText: 'Økten varer kort og er utløpt. Logg inn for å fortsette der du var.',
    noAccess: 'Du har ikke tilgang til dette',
    noAccessText:
      'Rollen din gir ikke tilgang. Dokumentasjonen viser hvilke roller som har hvilke tilganger; spør den som ' +
      'styrer roller hos dere.',
    unavailable: 'Tjenesten svarer ikke',
    unavailableText: 'Prøv igjen om litt.',
    notFound: 'Finnes ikke',
    failed: 'Noe gikk galt',
    again: 'Prøv igjen',
    tooMany: 'For mange kall på kort tid',
  },
  en: {
    loading: 'Loading …',
    signIn: 'Sign in',
    signInTitle: 'You are not signed in',
    signInText: 'Sessions are short, and this one has ended. Sign in to continue where you were.',
    noAccess: 'You have no access to this',
    noAccessText:
      'Your role does not allow it. The documentation lists which roles have which access; ask whoever manages roles.',
    unavailable: 'The service does not answer',
    unavailableText: 'Try again in a moment.',
    notFound: 'Not found',
    failed: 'Something went wrong',
    again: 'Try again',
    tooMany: 'Too many calls in a short time',
  },
};
