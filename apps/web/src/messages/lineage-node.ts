export const MESSAGES = {
  nb: {
    id: 'Id',
    when: 'Når',
    by: 'Hvem',
    page: 'Egen side',
    verify: (n: number) => `Kontroller beviset for oppføring ${n}`,
    reproduce: 'Gjenskap og sammenlign',
    covered: (n: number, at: string) =>
      `Oppføringen er dekket av sjekkpunktet med ${n} oppføringer fra ${at}. Beviset er regnet etter her i ` +
      'nettleseren, og stemmer.',
    wrong: 'Beviset stemmer IKKE med sjekkpunktet.',
    running: 'Gjenskapes',
    same: 'Gjenskapt til nøyaktig de samme bytene.',
    differs: 'Ble IKKE det samme. Første steg som avviker:',
    failed: 'Kunne ikke gjenskapes.',
    stage: 'Steg',
    result: 'Likt',
    yes: 'ja',
    no: 'NEI',
    entry: 'Oppføringen',
  },
  en: {
    id: 'Id',
    when: 'When',
    by: 'Who',
    page: 'Its page',
    verify: (n: number) => `Verify the proof of entry ${n}`,
    reproduce: 'Reproduce and compare',
    covered: (n: number, at: string) =>
      `The entry is covered by the checkpoint of ${n} entries of ${at}. The proof was recomputed in this browser, ` +
      'and is correct.',
    wrong: 'The proof does NOT lead to the checkpoint.',
    running: 'Reproducing',
    same: 'Reproduced to exactly the same bytes.',
    differs: 'It was NOT the same. The first stage that differs:',
    failed: 'It could not be reproduced.',
    stage: 'Stage',
    result: 'Same',
    yes: 'yes',
    no: 'NO',
    entry: 'The entry',
  },
};
