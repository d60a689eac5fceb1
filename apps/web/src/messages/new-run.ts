export const MESSAGES = {
  nb: {
    title: 'Start en trening',
    lead:
      'Velg et ferdig eksperiment, eller lim inn ditt eget. Det sjekkes mens du skriver; ingenting ' +
      'starter før alt stemmer.',
    shipped: 'Ferdig eksperiment',
    own: 'Eget',
    text: 'Eksperiment (YAML)',
    start: 'Start',
    checking: 'Sjekker …',
    valid: 'Eksperimentet er gyldig.',
    line: (n: number, c: number) => `Linje ${n}, tegn ${c}`,
  },
  en: {
    title: 'Start a training run',
    lead:
      'Choose an experiment that comes with the product, or paste your own. It is validated as you type; nothing ' +
      'starts before it is valid.',
    shipped: 'Ready-made experiment',
    own: 'Your own',
    text: 'Experiment (YAML)',
    start: 'Start',
    checking: 'Validating …',
    valid: 'The experiment is valid.',
    line: (n: number, c: number) => `Line ${n}, column ${c}`,
  },
};
