export const MESSAGES = {
  nb: { graph: 'Sporbarhet som graf; listen under viser det samme' },
  en: { graph: 'Lineage as a graph; the list below shows the same' },
};
