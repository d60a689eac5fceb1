export const MESSAGES = {
  nb: {
    title: 'Forventet beløp som står seg',
    lead:
      'Hva funnene i testdelene var ventet å være verdt, mot det som sto seg. Forholdet er 1 der beløpene stemmer ' +
      'samlet. Nederst: beløpet øverst på listen, ordnet etter skår og etter forventet beløp.',
    family: 'Modell',
    expected: 'Forventet (median)',
    upheld: 'Sto seg (median)',
    ratio: 'Sto seg / forventet',
    rank: 'Rangkorrelasjon',
    atTop: 'Beløp øverst på listen',
    first: 'De første',
    byScore: 'Etter skår',
    byAmount: 'Etter forventet beløp',
  },
  en: {
    title: 'Expected upheld amount',
    lead:
      'The expected amounts of the findings in the test folds against the amounts upheld. The ratio is 1 where ' +
      'amounts are right in total. Below: the amount at the top of the list, ranked by score and by expected amount.',
    family: 'Model',
    expected: 'Expected (median)',
    upheld: 'Upheld (median)',
    ratio: 'Upheld / expected',
    rank: 'Rank correlation',
    atTop: 'Amount at the top of the list',
    first: 'The first',
    byScore: 'By score',
    byAmount: 'By expected amount',
  },
};
