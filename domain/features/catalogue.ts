import type { Feature } from './types';

const total = (name: string, measure: string, months: number, unit: string, nb: string, en: string): Feature => ({
  kind: 'total',
  name,
  measure,
  months,
  unit,
  nb,
  en,
});
const ratio = (name: string, over: string, under: string, months: number, unit: string, nb: string, en: string, times = 1): Feature => ({
  kind: 'ratio',
  name,
  over,
  under,
  months,
  unit,
  nb,
  en,
  times,
});
const trend = (name: string, measure: string, nb: string, en: string): Feature => ({
  kind: 'trend',
  name,
  measure,
  shortMonths: 3,
  longMonths: 12,
  unit: 'ratio',
  nb,
  en,
});
const peer = (of: string, nb: string, en: string): Feature => ({
  kind: 'peer',
  name: `peer_${of}`,
  of,
  unit: 'robust z',
  nb: `${nb}, mot egen gruppe`,
  en: `${en}, against peers`,
});

const VOLUME: readonly Feature[] = [
  total('bills_12m', 'bills', 12, 'bills', 'regninger siste 12 måneder', 'bills, last 12 months'),
  total('amount_12m', 'amount_ore', 12, 'øre', 'beløp siste 12 måneder', 'amount, last 12 months'),
  total('amount_3m', 'amount_ore', 3, 'øre', 'beløp siste 3 måneder', 'amount, last 3 months'),
  total('days_12m', 'days', 12, 'days', 'dager med regninger', 'days with bills'),
  ratio('amount_per_bill_12m', 'amount_ore', 'bills', 12, 'øre', 'beløp per regning', 'amount per bill'),
  ratio('amount_per_bill_3m', 'amount_ore', 'bills', 3, 'øre', 'beløp per regning, siste 3 måneder', 'amount per bill, last 3 months'),
  ratio('amount_per_day_12m', 'amount_ore', 'days', 12, 'øre', 'beløp per dag', 'amount per day'),
  ratio('bills_per_day_12m', 'bills', 'days', 12, 'bills', 'regninger per dag', 'bills per day'),
  ratio('bills_per_patient_12m', 'bills', 'patients', 12, 'bills', 'regninger per pasient og måned', 'bills per patient and month'),
];

const TARIFF_MIX: readonly Feature[] = [
  ratio('lines_per_bill_12m', 'lines', 'bills', 12, 'lines', 'takster per regning', 'tariff lines per bill'),
  ratio('lines_per_bill_3m', 'lines', 'bills', 3, 'lines', 'takster per regning, siste 3 måneder', 'tariff lines per bill, last 3 months'),
  ratio('add_ons_per_bill_12m', 'time_add_ons', 'bills', 12, 'lines', 'tidstillegg per regning', 'time add-ons per bill'),
  ratio(
    'add_ons_per_bill_3m',
    'time_add_ons',
    'bills',
    3,
    'lines',
    'tidstillegg per regning, siste 3 måneder',
    'time add-ons per bill, last 3 months',
  ),
  ratio(
    'repetitions_per_add_on_12m',
    'add_on_repetitions',
    'time_add_ons',
    12,
    'times',
    'gjentak per tidstillegg',
    'repetitions per time add-on',
  ),
  ratio('simple_contact_share_12m', 'simple_contacts', 'bills', 12, 'share', 'andel enkle kontakter', 'share of simple contacts'),
  ratio('e_consultation_share_12m', 'e_consultations', 'bills', 12, 'share', 'andel e-konsultasjoner', 'share of e-consultations'),
  ratio('visit_share_12m', 'visits', 'bills', 12, 'share', 'andel sykebesøk', 'share of home visits'),
  ratio('procedures_per_bill_12m', 'procedures', 'bills', 12, 'lines', 'prosedyrer per regning', 'procedures per bill'),
  ratio('labs_per_bill_12m', 'labs', 'bills', 12, 'lines', 'laboratorietakster per regning', 'laboratory lines per bill'),
  ratio('group_share_12m', 'group_lines', 'bills', 12, 'share', 'andel gruppebehandling', 'share of group treatment'),
  ratio('diagnoses_per_bill_12m', 'diagnoses', 'bills', 12, 'codes', 'ulike diagnoser per regning', 'different diagnoses per bill'),
];

const TIME_USE: readonly Feature[] = [
  ratio('minutes_per_day_12m', 'minutes', 'days', 12, 'minutes', 'minutter krevd per dag', 'minutes claimed per day'),
  ratio(
    'minutes_per_day_3m',
    'minutes',
    'days',
    3,
    'minutes',
    'minutter krevd per dag, siste 3 måneder',
    'minutes claimed per day, last 3 months',
  ),
  total('max_day_minutes_12m', 'max_day_minutes', 12, 'minutes', 'lengste dag', 'longest day'),
  total('max_day_bills_12m', 'max_day_bills', 12, 'bills', 'flest regninger på en dag', 'most bills in a day'),
  ratio('long_day_share_12m', 'long_days', 'days', 12, 'share', 'andel dager over 12 timer', 'share of days over 12 hours'),
  ratio(
    'overlap_share_12m',
    'overlaps',
    'bills',
    12,
    'share',
    'andel regninger som overlapper den forrige',
    'share of bills that overlap the one before',
  ),
  ratio('overlap_share_3m', 'overlaps', 'bills', 3, 'share', 'andel som overlapper, siste 3 måneder', 'share that overlap, last 3 months'),
  ratio('stamp_2359_share_12m', 'stamps_2359', 'bills', 12, 'share', 'andel stemplet 23:59', 'share stamped 23:59'),
  ratio('weekend_share_12m', 'weekend_bills', 'bills', 12, 'share', 'andel i helg', 'share at weekends'),
  ratio('evening_share_12m', 'evening_bills', 'bills', 12, 'share', 'andel kveld og natt', 'share in the evening and at night'),
];

const RULES_AND_HABITS: readonly Feature[] = [
  total('rule_hits_12m', 'rule_hits', 12, 'hits', 'merknader fra regelmotoren', 'rule engine hits'),
  ratio('rule_hits_per_bill_12m', 'rule_hits', 'bills', 12, 'hits', 'merknader per regning', 'rule hits per bill'),
  ratio('rejection_share_12m', 'rejections', 'bills', 12, 'share', 'andel avviste regninger', 'share of rejected bills'),
  ratio('rejected_amount_share_12m', 'rejected_ore', 'amount_ore', 12, 'share', 'andel beløp avvist', 'share of amount rejected'),
  ratio('credit_share_12m', 'credits', 'bills', 12, 'share', 'andel krediteringer', 'share of credit bills'),
  ratio('submit_lag_days_12m', 'lag_days', 'bills', 12, 'days', 'dager fra behandling til innsending', 'days from treatment to submission'),
  ratio('copay_share_12m', 'copay_ore', 'amount_ore', 12, 'share', 'andel egenandel', 'share of co-payment'),
];

const TRAJECTORY: readonly Feature[] = [
  trend('amount_trend', 'amount_ore', 'beløp siste 3 mot siste 12 måneder', 'amount, last 3 against last 12 months'),
  trend('bills_trend', 'bills', 'regninger siste 3 mot siste 12 måneder', 'bills, last 3 against last 12 months'),
  trend('minutes_trend', 'minutes', 'minutter siste 3 mot siste 12 måneder', 'minutes, last 3 against last 12 months'),
  trend('rule_hits_trend', 'rule_hits', 'merknader siste 3 mot siste 12 måneder', 'rule hits, last 3 against last 12 months'),
];

const FACTS: readonly Feature[] = [
  { kind: 'fact', name: 'list_size', sql: 'f.list_size', unit: 'patients', nb: 'listelengde', en: 'list size' },
  {
    kind: 'fact',
    name: 'months_known',
    sql: "date_diff('month', f.first_valid, a.as_of)",
    unit: 'months',
    nb: 'måneder som aktør',
    en: 'months as an actor',
  },
];

const PEERS: readonly Feature[] = [
  peer('amount_12m', 'beløp', 'amount'),
  peer('amount_per_bill_12m', 'beløp per regning', 'amount per bill'),
  peer('bills_per_day_12m', 'regninger per dag', 'bills per day'),
  peer('lines_per_bill_12m', 'takster per regning', 'tariff lines per bill'),
  peer('add_ons_per_bill_12m', 'tidstillegg per regning', 'time add-ons per bill'),
  peer('procedures_per_bill_12m', 'prosedyrer per regning', 'procedures per bill'),
  peer('labs_per_bill_12m', 'laboratorietakster per regning', 'laboratory lines per bill'),
  peer('minutes_per_day_12m', 'minutter per dag', 'minutes per day'),
  peer('long_day_share_12m', 'andel lange dager', 'share of long days'),
  peer('overlap_share_12m', 'andel overlapp', 'share of overlaps'),
  peer('rule_hits_per_bill_12m', 'merknader per regning', 'rule hits per bill'),
  peer('group_share_12m', 'andel gruppe', 'share of group treatment'),
];

/** Every feature of the register, in the order of the matrix. Adding one is adding a line. */
export const FEATURES: readonly Feature[] = [...VOLUME, ...TARIFF_MIX, ...TIME_USE, ...RULES_AND_HABITS, ...TRAJECTORY, ...FACTS, ...PEERS];

/** Which features stand for size and for rule hits in the baselines. */
export const BASELINE_FEATURES = { size: 'amount_12m', ruleHits: 'rule_hits_12m' } as const;
/** Text columns of the register matrix. */
export const CATEGORICAL_FEATURES = ['practice_type'] as const;
