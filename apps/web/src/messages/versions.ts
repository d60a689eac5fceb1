export const MESSAGES = {
  nb: {
    title: 'Modellversjoner',
    lead: 'Navnet på en modellversjon er en kontrollsum av alt den består av. Derfor kan den ikke endres.',
    version: 'Modellversjon',
    slot: 'Modellplass',
    family: 'Modell',
    at: 'Registrert',
    state: 'Status',
    notSelectable: 'bare til studium',
    empty: 'Ingen versjoner ennå. En ferdig trening gir en.',
  },
  en: {
    title: 'Model versions',
    lead: 'The name of a version is the hash of all it consists of. It can therefore not be changed.',
    version: 'Version',
    slot: 'Deployment slot',
    family: 'Model',
    at: 'Registered',
    state: 'State',
    notSelectable: 'for study only',
    empty: 'No versions yet. A finished run makes one.',
  },
};
