export const MESSAGES = {
  nb: {
    lead:
      'Den låste modellversjonen evaluert på utfall som ble kjent etter at den var ferdig trent. Ingen av dem har ' +
      'den lært av.',
    none: 'Versjonen er ikke evaluert etter ibruktaking ennå.',
    all: 'Evalueringer etter ibruktaking',
    asOf: 'Kjent per',
    rows: 'Nye utfall',
    findings: 'Funn',
    made: 'Utført',
    id: 'Sporbarhet',
    show: 'Vis',
    result: (at: string) => `Resultat på utfall kjent per ${at}`,
    start: 'Evaluer på nye utfall',
    day: 'Kjent til og med',
    busy: (step: string) => `Evaluerer: ${step} …`,
    failed: 'Evalueringen mislyktes. Er det kommet nye utfall siden treningen? Temporal viser hvorfor.',
  },
  en: {
    lead:
      'The frozen model version evaluated on outcomes that became known after it had been trained. It learned from ' +
      'none of them.',
    none: 'The version has no post-deployment evaluation yet.',
    all: 'Post-deployment evaluations',
    asOf: 'Known at',
    rows: 'New outcomes',
    findings: 'Findings',
    made: 'Made',
    id: 'Lineage',
    show: 'Show',
    result: (at: string) => `Result on outcomes known at ${at}`,
    start: 'Evaluate on new outcomes',
    day: 'Known up to',
    busy: (step: string) => `Evaluating: ${step} …`,
    failed: 'The evaluation failed. Did new outcomes come since training? Temporal shows why.',
  },
};
