export const MESSAGES = {
  nb: { more: 'Hent flere', loading: 'Henter …', shown: (n: number) => (n === 1 ? 'én rad' : `${n} rader hentet`) },
  en: { more: 'Load more', loading: 'Loading …', shown: (n: number) => (n === 1 ? 'one row' : `${n} rows loaded`) },
};
