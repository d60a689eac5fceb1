import type { Language } from '../i18n';

const UNITS = {
  bills: 'regninger',
  patients: 'pasienter',
  days: 'dager',
  lines: 'takstlinjer',
  tariffs: 'takster',
  minutes: 'minutter',
  packages: 'pakninger',
  times: 'ganger',
  months: 'måneder',
  providers: 'helseaktører',
  people: 'personer',
  years: 'år',
  prescriptions: 'resepter',
  hits: 'regeltreff',
  changes: 'endringer',
  ratio: 'forhold',
  nats: 'nat',
  share: 'andel',
  øre: 'øre',
} as const;

const isUnit = (unit: string): unit is keyof typeof UNITS => Object.hasOwn(UNITS, unit);

/**
 * The name of a unit that the catalogue declares; empty for a bare number.
 * @throws an error for a unit without a name, so that the test over the catalogue notices it
 */
export function unitName(unit: string, language: Language): string {
  if (unit === '' || language === 'en') return unit;
  if (!isUnit(unit)) throw new Error(`the unit ${unit} has no Norwegian name in domain/features/units.ts`);
  return UNITS[unit];
}
