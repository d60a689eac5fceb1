export const MESSAGES = {
  nb: {
    title: 'Sammenlign treninger',
    lead:
      'Treninger med ulik oppdeling er evaluert på ulike rader. Parvise forskjeller finnes bare ' +
      'innenfor én trening.',
    none: 'Velg to eller flere ferdige treninger i listen.',
    rows: (n: number) => `${n} kjente utfall`,
  },
  en: {
    title: 'Compare training runs',
    lead:
      'Runs with different splits were evaluated on different rows. Pairwise differences exist within ' +
      'one run only.',
    none: 'Choose two or more finished runs in the list.',
    rows: (n: number) => `${n} known outcomes`,
  },
};
