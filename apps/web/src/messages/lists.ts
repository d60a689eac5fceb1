export const MESSAGES = {
  nb: {
    title: 'Utvalgslister',
    lead:
      'En utvalgsliste er et utkast til to personer har godkjent den. Utvalgt betyr ikke mistenkt: en linje åpner en ' +
      'undersøkelse og avgjør ingenting.',
    list: 'Liste',
    slot: 'Modellplass',
    asOf: 'Per',
    state: 'Status',
    signOffs: 'Godkjenninger',
    places: 'Plasser',
    candidates: 'Skårede',
    version: 'Modellversjon',
    empty: 'Ingen lister ennå.',
  },
  en: {
    title: 'Selection lists',
    lead:
      'A selection list is a draft until two people have signed it off. Selected does not mean suspected: a line ' +
      'opens an inquiry and decides nothing.',
    list: 'List',
    slot: 'Deployment slot',
    asOf: 'As of',
    state: 'State',
    signOffs: 'Sign-offs',
    places: 'Places',
    candidates: 'Scored',
    version: 'Version',
    empty: 'No lists yet.',
  },
};
