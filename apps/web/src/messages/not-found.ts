export const MESSAGES = {
  nb: { title: 'Siden finnes ikke', text: 'Ingen side har denne adressen.', home: 'Til oversikten' },
  en: { title: 'Page not found', text: 'No page has this address.', home: 'To the overview' },
};
