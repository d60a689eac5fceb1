import codeLists from './code-lists.json';

/** Field of practice (fagområde) -> name, as the payer's list has it. */
export const FIELDS: Readonly<Record<string, string>> = codeLists.fields;

export interface PracticeType {
  readonly name: string;
  /** Undefined where the open data names no field for the type, such as for those of municipalities. */
  readonly field?: string | undefined;
}
/** Practice type (praksistype) -> name and field. */
export const PRACTICE_TYPES: Readonly<Record<string, PracticeType>> = codeLists.practiceTypes;

/** Practice types of out-of-hours doctors (legevakt), and of laboratories: most of their patients are not theirs. */
export const WITHOUT_OWN_PATIENTS = ['LEVA', 'LEKO', 'KOLE', 'LARO'] as const;

/** Fields that no practice type belongs to: pharmacies, opticians, primary health teams. */
const FIELDS_WITHOUT_TYPES = new Set(
  Object.keys(FIELDS).filter((code) => !Object.values(PRACTICE_TYPES).some(({ field }) => field === code)),
);

/**
 * What is wrong with the codes of a practice; undefined when they are right. A practice has no type only in a field
 * that has none. A type goes with the field that the list gives it, or with a field that has no types of its own.
 */
export function practiceCodesProblem(
  practiceType: string | undefined,
  field: string,
): { readonly at: 'praksistype' | 'fagomrade'; readonly reason: string } | undefined {
  if (!Object.hasOwn(FIELDS, field))
    return { at: 'fagomrade', reason: `no field of the code list: expected ${Object.keys(FIELDS).join(', ')}` };
  if (practiceType === undefined)
    return FIELDS_WITHOUT_TYPES.has(field)
      ? undefined
      : { at: 'praksistype', reason: `a practice type of field ${field} is missing` };
  if (!Object.hasOwn(PRACTICE_TYPES, practiceType))
    return { at: 'praksistype', reason: 'no practice type of the code list (praksistyper in KUHR)' };
  const listed = PRACTICE_TYPES[practiceType]!.field;
  if (listed === undefined || listed === field || FIELDS_WITHOUT_TYPES.has(field)) return undefined;
  return { at: 'fagomrade', reason: `practice type ${practiceType} belongs to field ${listed}` };
}

/** Name of a group of providers, a practice type or a field without types; the code itself for any other group. */
export function groupName(group: string): string {
  if (Object.hasOwn(PRACTICE_TYPES, group)) return PRACTICE_TYPES[group]!.name;
  return Object.hasOwn(FIELDS, group) ? FIELDS[group]! : group;
}

/** Chapter letter -> body system (ICPC-2). */
export const ICPC2_CHAPTERS: Readonly<Record<string, string>> = {
  A: 'allment og uspesifisert',
  B: 'blod, bloddannende organer og immunsystem',
  D: 'fordøyelsessystemet',
  F: 'øye',
  H: 'øre',
  K: 'hjerte- og karsystemet',
  L: 'muskel- og skjelettsystemet',
  N: 'nervesystemet',
  P: 'psykisk',
  R: 'luftveier',
  S: 'hud',
  T: 'endokrine, metabolske og ernæringsmessige forhold',
  U: 'urinveier',
  W: 'svangerskap, fødsel og familieplanlegging',
  X: 'kvinnelige kjønnsorganer',
  Y: 'mannlige kjønnsorganer',
  Z: 'sosiale problemer',
};

/** Rules of the rule engine (merknader) by number. */
export const RULES: Readonly<Record<number, string>> = {
  130: 'patient is not on the list of the provider',
  470: 'simple contact within 60 minutes of a consultation',
  502: 'tariffs that exclude each other',
  611: 'more repetitions than the tariff allows',
  766: 'bill dated in the future',
};

export interface RegimeEvent {
  readonly day: string;
  readonly what: string;
}
/** Changes that cause breaks in time series, for drift reports. */
export const REGIME_EVENTS: readonly RegimeEvent[] = [
  { day: '2020-03-12', what: 'pandemic: e-consultations grow at once' },
  ...[2020, 2021, 2022, 2023, 2024, 2025].map((year) => ({ day: `${year}-07-01`, what: `tariffs of ${year}` })),
  { day: '2024-07-01', what: 'GLP-1 medicines move to individual refund' },
].sort((a, b) => (a.day < b.day ? -1 : 1));
