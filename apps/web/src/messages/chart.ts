export const MESSAGES = { nb: { table: 'Tallene som tabell' }, en: { table: 'The figures as a table' } };
