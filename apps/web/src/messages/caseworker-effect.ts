export const MESSAGES = {
  nb: {
    title: 'Saksbehandlereffekt',
    lead:
      'Samme modell på de samme delene, uten og med kolonnene som sier hvem som kontrollerte. Forskjellen viser ' +
      'hvor mye av funnene som skyldes saksbehandleren og ikke helseaktøren. Modellen som tas i bruk, får aldri ' +
      'disse kolonnene.',
    family: 'Modell eller sammenligningsgrunnlag',
    metric: 'Mål',
    without: 'Uten',
    withColumns: 'Med',
    difference: 'Forskjell',
  },
  en: {
    title: 'Caseworker effect',
    lead:
      'The same model on the same folds, without and with the columns that say who did the control. The difference ' +
      'is what of the findings is due to the caseworker and not the provider. The live version never gets those ' +
      'columns.',
    family: 'Model or baseline',
    metric: 'Metric',
    without: 'Without',
    withColumns: 'With',
    difference: 'Difference',
  },
};
