import { columnsOf, type Declaration, type Feature } from './types';

/**
 * Every feature of the register. Adding one is adding a declaration: the windows and peer comparisons become columns by
 * themselves, in this order. Names, free text, nationality and country of birth have no place here.
 */
const YEAR = [1, 3, 6, 12, 24] as const;
const LONG = [3, 12] as const;
const BOTH = ['z', 'pct'] as const;
type Texts = readonly [unit: string, nb: string, en: string, purpose: string];
type Peers = Declaration['peers'];

const declare = (
  name: string,
  source: Declaration['source'],
  of: Declaration['of'],
  [unit, nb, en, purpose]: Texts,
  windows: readonly number[],
  peers: Peers,
): Declaration => ({ name, source, of, unit, nb, en, purpose, windows, peers, protected: false });
const total = (
  name: string,
  source: Declaration['source'],
  measure: string,
  texts: Texts,
  windows: readonly number[] = YEAR,
  peers: Peers = [],
) => declare(name, source, { kind: 'total', measure }, texts, windows, peers);
const ratio = (
  name: string,
  source: Declaration['source'],
  over: string,
  under: string,
  texts: Texts,
  windows: readonly number[] = LONG,
  peers: Peers = BOTH,
) => declare(name, source, { kind: 'ratio', over, under }, texts, windows, peers);
const shape = (name: string, measure: string, kind: 'slope' | 'volatility' | 'jump', texts: Texts) =>
  declare(name, 'bills', { kind: 'shape', measure, shape: kind }, texts, [12], ['z']);
const trend = (name: string, measure: string, texts: Texts) =>
  declare(name, 'bills', { kind: 'trend', measure }, texts, [], []);

const SIZE = 'what is at stake';
const MIX = 'tariffs beside what peers claim';
const TIME = 'time claimed that a day does not hold';
const WHO = 'patients who could not have been there, or come from elsewhere';
const RULES = 'what the rule engine stopped';
const HABIT = 'how bills are written down and sent in';
const RX = 'prescribing and dispensing beside peers';
const CHANGE = 'sudden change';

const VOLUME: readonly Declaration[] = [
  total('bills', 'bills', 'bills', ['bills', 'regninger', 'bills', SIZE], YEAR, BOTH),
  total('amount', 'bills', 'amount_ore', ['øre', 'beløp', 'amount', SIZE], YEAR, BOTH),
  total('days', 'days', 'days', ['days', 'dager med regninger', 'days with bills', SIZE], YEAR),
  total(
    'patients',
    'patients',
    'patients',
    ['patients', 'ulike pasienter', 'different patients', SIZE],
    [1, 3, 6, 12],
    BOTH,
  ),
  total('credited', 'bills', 'credited_ore', ['øre', 'beløp kreditert', 'amount credited', HABIT], LONG),
  total('largest_bill', 'bills', 'largest_bill_ore', ['øre', 'største regning', 'largest bill', SIZE], LONG, BOTH),
  ratio('amount_per_bill', 'bills', 'amount_ore', 'bills', ['øre', 'beløp per regning', 'amount per bill', MIX], YEAR),
  ratio('amount_per_day', 'days', 'amount_ore', 'days', ['øre', 'beløp per dag', 'amount per day', SIZE], YEAR),
  ratio('bills_per_day', 'days', 'bills', 'days', ['bills', 'regninger per dag', 'bills per day', TIME], YEAR),
  ratio(
    'bills_per_patient',
    'patients',
    'bills',
    'patients',
    ['bills', 'regninger per pasient', 'bills per patient', WHO],
    [3, 6, 12],
  ),
  ratio(
    'amount_per_patient',
    'patients',
    'amount_ore',
    'patients',
    ['øre', 'beløp per pasient', 'amount per patient', MIX],
    [3, 6, 12],
  ),
  ratio(
    'frequent_patient_share',
    'patients',
    'patients_seen_often',
    'patients',
    ['share', 'andel pasienter sett seks ganger eller mer', 'share of patients seen six times or more', WHO],
    [12],
  ),
];

const TARIFF_MIX: readonly Declaration[] = [
  ratio(
    'lines_per_bill',
    'tariffs',
    'lines',
    'bills',
    ['lines', 'takster per regning', 'tariff lines per bill', MIX],
    YEAR,
  ),
  ratio(
    'add_ons_per_bill',
    'tariffs',
    'time_add_on_lines',
    'bills',
    ['lines', 'tidstillegg per regning', 'time add-ons per bill', TIME],
    YEAR,
  ),
  ratio(
    'repetitions_per_add_on',
    'tariffs',
    'add_on_repetitions',
    'time_add_on_lines',
    ['times', 'gjentak per tidstillegg', 'repetitions per time add-on', TIME],
    YEAR,
  ),
  ratio('excess_repetition_share', 'tariffs', 'excess_repetition_lines', 'lines', [
    'share',
    'andel linjer over høyeste antall',
    'share of lines above the highest number',
    MIX,
  ]),
  ratio('simple_contact_share', 'tariffs', 'simple_contact_lines', 'bills', [
    'share',
    'andel enkle kontakter',
    'share of simple contacts',
    MIX,
  ]),
  ratio('e_consultation_share', 'tariffs', 'e_consultation_lines', 'bills', [
    'share',
    'andel e-konsultasjoner',
    'share of e-consultations',
    MIX,
  ]),
  ratio('e_consultation_with_time_share', 'tariffs', 'e_consultations_with_time', 'bills', [
    'share',
    'andel e-konsultasjoner med tidstillegg',
    'share of e-consultations with a time add-on',
    TIME,
  ]),
  ratio('visit_share', 'tariffs', 'visit_lines', 'bills', ['share', 'andel sykebesøk', 'share of home visits', MIX]),
  ratio('procedures_per_bill', 'tariffs', 'procedure_lines', 'bills', [
    'lines',
    'prosedyrer per regning',
    'procedures per bill',
    MIX,
  ]),
  ratio('labs_per_bill', 'tariffs', 'lab_lines', 'bills', [
    'lines',
    'laboratorietakster per regning',
    'laboratory lines per bill',
    MIX,
  ]),
  ratio('group_share', 'tariffs', 'group_lines', 'bills', [
    'share',
    'andel gruppebehandling',
    'share of group treatment',
    MIX,
  ]),
  ratio('other_lines_per_bill', 'tariffs', 'other_lines', 'bills', [
    'lines',
    'andre takster per regning',
    'other lines per bill',
    MIX,
  ]),
  ratio('meeting_share', 'tariffs', 'meeting_lines', 'bills', ['share', 'andel møter', 'share of meetings', MIX]),
  ratio('many_line_share', 'tariffs', 'many_line_bills', 'bills', [
    'share',
    'andel regninger med fem takster eller flere',
    'share of bills with five lines or more',
    MIX,
  ]),
  ratio('add_on_money_share', 'tariffs', 'time_add_on_ore', 'amount_ore', [
    'share',
    'andel av beløpet fra tidstillegg',
    'share of money from time add-ons',
    TIME,
  ]),
  ratio('procedure_money_share', 'tariffs', 'procedure_ore', 'amount_ore', [
    'share',
    'andel av beløpet fra prosedyrer',
    'share of money from procedures',
    MIX,
  ]),
  ratio('lab_money_share', 'tariffs', 'lab_ore', 'amount_ore', [
    'share',
    'andel av beløpet fra laboratorium',
    'share of money from laboratory',
    MIX,
  ]),
  ratio('visit_money_share', 'tariffs', 'visit_ore', 'amount_ore', [
    'share',
    'andel av beløpet fra sykebesøk',
    'share of money from visits',
    MIX,
  ]),
  ratio('consultation_money_share', 'tariffs', 'consultation_ore', 'amount_ore', [
    'share',
    'andel av beløpet fra konsultasjoner',
    'share of money from consultations',
    MIX,
  ]),
  total('tariffs', 'tariffs', 'tariffs', ['tariffs', 'ulike takster', 'different tariffs', MIX], [12]),
  ratio(
    'top_tariff_share',
    'tariffs',
    'top_tariff_lines',
    'lines',
    ['share', 'andel linjer fra vanligste takst', 'share of lines of the commonest tariff', MIX],
    [12],
  ),
  declare(
    'tariff_entropy',
    'tariffs',
    { kind: 'entropy' },
    ['nats', 'spredning over takster', 'spread over tariffs', MIX],
    [12],
    BOTH,
  ),
];

const TIME_USE: readonly Declaration[] = [
  ratio(
    'minutes_per_day',
    'days',
    'minutes',
    'days',
    ['minutes', 'minutter krevd per dag', 'minutes claimed per day', TIME],
    YEAR,
  ),
  total('max_day_minutes', 'days', 'max_day_minutes', ['minutes', 'lengste dag', 'longest day', TIME], LONG, BOTH),
  total(
    'max_day_bills',
    'days',
    'max_day_bills',
    ['bills', 'flest regninger på en dag', 'most bills in a day', TIME],
    LONG,
    BOTH,
  ),
  ratio(
    'long_day_share',
    'days',
    'long_days',
    'days',
    ['share', 'andel dager over 12 timer', 'share of days over 12 hours', TIME],
    YEAR,
  ),
  ratio(
    'overlap_share',
    'days',
    'overlapping_bills',
    'bills',
    ['share', 'andel regninger som overlapper', 'share of bills that overlap', TIME],
    YEAR,
  ),
  ratio('overlap_minutes_per_day', 'days', 'overlap_minutes', 'days', [
    'minutes',
    'overlappende minutter per dag',
    'overlapping minutes per day',
    TIME,
  ]),
  ratio('overlap_day_share', 'days', 'overlap_days', 'days', [
    'share',
    'andel dager med minst 30 overlappende minutter',
    'share of days with 30 overlapping minutes or more',
    TIME,
  ]),
  ratio('same_minute_day_share', 'days', 'same_minute_days', 'days', [
    'share',
    'andel dager der to utførere starter samme minutt',
    'share of days on which two performers start at the same minute',
    TIME,
  ]),
  ratio(
    'same_minute_share',
    'days',
    'same_minute_bills',
    'bills',
    [
      'share',
      'andel regninger i samme minutt som en annen utfører',
      'share of bills at the same minute as another performer',
      TIME,
    ],
    [12],
  ),
  ratio(
    'visit_stack_day_share',
    'days',
    'visit_stack_days',
    'days',
    ['share', 'andel dager med minst fire sykebesøk', 'share of days with four visits or more', TIME],
    [12],
  ),
  ratio('stamp_2359_share', 'bills', 'stamps_2359', 'bills', [
    'share',
    'andel stemplet 23:59',
    'share stamped 23:59',
    HABIT,
  ]),
  ratio(
    'on_the_hour_share',
    'bills',
    'stamps_on_the_hour',
    'bills',
    ['share', 'andel stemplet på hel time', 'share stamped on the hour', HABIT],
    [12],
  ),
  ratio(
    'weekend_share',
    'bills',
    'weekend_bills',
    'bills',
    ['share', 'andel i helg', 'share at weekends', HABIT],
    [12],
  ),
  ratio(
    'evening_share',
    'bills',
    'evening_bills',
    'bills',
    ['share', 'andel kveld og natt', 'share in the evening and at night', HABIT],
    [12],
  ),
  ratio(
    'substitute_share',
    'bills',
    'substitute_bills',
    'bills',
    ['share', 'andel utført av andre enn innehaver', 'share done by others than the holder', HABIT],
    [12],
  ),
  ratio('simple_after_consultation_share', 'bills', 'simple_after_consultation', 'bills', [
    'share',
    'andel enkle kontakter samme dag som konsultasjon',
    'share of simple contacts on the day of a consultation',
    MIX,
  ]),
  ratio(
    'same_day_share',
    'bills',
    'same_day_contacts',
    'bills',
    ['share', 'andel flere kontakter samme pasient og dag', 'share of further contacts with one patient in a day', MIX],
    [12],
  ),
];

const PATIENTS_AND_RULES: readonly Declaration[] = [
  ratio('dead_patient_share', 'patients', 'dead_patient_bills', 'bills', [
    'share',
    'andel regninger for døde',
    'share of bills for people who had died',
    WHO,
  ]),
  ratio('abroad_patient_share', 'patients', 'abroad_patient_bills', 'bills', [
    'share',
    'andel regninger for utvandrede',
    'share of bills for people who had moved abroad',
    WHO,
  ]),
  ratio('own_list_share', 'patients', 'own_list_bills', 'bills', [
    'share',
    'andel egne listepasienter',
    'share of own list patients',
    WHO,
  ]),
  ratio('other_list_share', 'patients', 'other_list_bills', 'bills', [
    'share',
    'andel fra andres lister',
    'share from other lists',
    WHO,
  ]),
  ratio('other_municipality_share', 'patients', 'other_municipality_bills', 'bills', [
    'share',
    'andel fra andre kommuner',
    'share from other municipalities',
    WHO,
  ]),
  ratio(
    'no_diagnosis_share',
    'bills',
    'no_diagnosis_bills',
    'bills',
    ['share', 'andel uten diagnose', 'share without a diagnosis', HABIT],
    [12],
  ),
  ratio(
    'mental_share',
    'bills',
    'mental_bills',
    'bills',
    ['share', 'andel psykiske diagnoser', 'share of mental diagnoses', 'honest context'],
    [12],
  ),
  total('rule_hits', 'rules', 'rule_hits', ['hits', 'merknader fra regelmotoren', 'rule engine hits', RULES], YEAR),
  ratio(
    'rule_hits_per_bill',
    'rules',
    'rule_hits',
    'bills',
    ['hits', 'merknader per regning', 'rule hits per bill', RULES],
    YEAR,
  ),
  ratio('rejection_share', 'rules', 'rejections', 'bills', [
    'share',
    'andel avviste regninger',
    'share of rejected bills',
    RULES,
  ]),
  ratio('curtailment_share', 'rules', 'curtailments', 'bills', [
    'share',
    'andel avkortede regninger',
    'share of curtailed bills',
    RULES,
  ]),
  ratio('rejected_amount_share', 'rules', 'rejected_ore', 'amount_ore', [
    'share',
    'andel beløp avvist',
    'share of amount rejected',
    RULES,
  ]),
  ratio(
    'hits_per_rejection',
    'rules',
    'rule_hits',
    'rejections',
    ['times', 'merknader per avvisning', 'hits per rejection', RULES],
    [12],
  ),
  ratio('credit_share', 'bills', 'credits', 'bills', ['share', 'andel krediteringer', 'share of credit bills', HABIT]),
  ratio('submit_lag_days', 'bills', 'lag_days', 'bills', [
    'days',
    'dager fra behandling til innsending',
    'days from treatment to submission',
    HABIT,
  ]),
  ratio('late_share', 'bills', 'late_bills', 'bills', [
    'share',
    'andel sendt etter to måneder',
    'share sent after two months',
    HABIT,
  ]),
  ratio('copay_share', 'bills', 'copay_ore', 'amount_ore', ['share', 'andel egenandel', 'share of co-payment', HABIT]),
  ratio('copay_free_share', 'bills', 'copay_free_bills', 'bills', [
    'share',
    'andel uten egenandel',
    'share without co-payment',
    HABIT,
  ]),
];

const PRESCRIBING: readonly Declaration[] = [
  total('prescriptions', 'prescriptions', 'prescriptions', ['prescriptions', 'resepter', 'prescriptions', RX], [12]),
  ratio(
    'generic_reservation_share',
    'prescriptions',
    'generic_reservations',
    'prescriptions',
    ['share', 'andel reservert mot bytte', 'share reserved against generics', RX],
    [12],
  ),
  ratio(
    'migraine_share',
    'prescriptions',
    'migraine_prescriptions',
    'prescriptions',
    ['share', 'andel migrenemidler', 'share of migraine medicines', RX],
    [12],
  ),
  ratio('glp1_share', 'prescriptions', 'glp1_prescriptions', 'prescriptions', [
    'share',
    'andel GLP-1',
    'share of GLP-1',
    RX,
  ]),
  ratio(
    'packages_per_prescription',
    'prescriptions',
    'prescribed_packages',
    'prescriptions',
    ['packages', 'pakninger per resept', 'packages per prescription', RX],
    [12],
  ),
  ratio('dispensed_over_prescribed', 'prescriptions', 'dispensed_packages', 'ordered_packages', [
    'ratio',
    'utlevert mot forskrevet',
    'packages dispensed against prescribed',
    RX,
  ]),
  ratio('surplus_share', 'prescriptions', 'surplus_dispensings', 'dispensings', [
    'share',
    'andel utleveringer over resepten',
    'share of dispensings beyond the prescription',
    RX,
  ]),
  ratio('override_share', 'prescriptions', 'overrides', 'dispensings', [
    'share',
    'andel overstyringer',
    'share of overrides',
    RX,
  ]),
];

const TRAJECTORY: readonly Declaration[] = [
  trend('amount_trend', 'amount_ore', [
    'ratio',
    'beløp siste 3 mot siste 12 måneder',
    'amount, last 3 against last 12 months',
    CHANGE,
  ]),
  trend('bills_trend', 'bills', [
    'ratio',
    'regninger siste 3 mot siste 12 måneder',
    'bills, last 3 against last 12 months',
    CHANGE,
  ]),
  trend('minutes_trend', 'minutes', [
    'ratio',
    'minutter siste 3 mot siste 12 måneder',
    'minutes, last 3 against last 12 months',
    CHANGE,
  ]),
  trend('rule_hits_trend', 'rule_hits', [
    'ratio',
    'merknader siste 3 mot siste 12 måneder',
    'rule hits, last 3 against last 12 months',
    CHANGE,
  ]),
  trend('add_on_trend', 'time_add_on_lines', [
    'ratio',
    'tidstillegg siste 3 mot siste 12 måneder',
    'time add-ons, last 3 against last 12 months',
    CHANGE,
  ]),
  ...(['slope', 'volatility', 'jump'] as const).flatMap((kind) => {
    const nb = { slope: 'helning', volatility: 'svingning', jump: 'sprang' }[kind];
    return [
      shape(`amount_${kind}`, 'amount_ore', kind, [
        'ratio',
        `${nb} i månedlig beløp`,
        `${kind} of the monthly amount`,
        CHANGE,
      ]),
      shape(`bills_${kind}`, 'bills', kind, [
        'ratio',
        `${nb} i månedlige regninger`,
        `${kind} of monthly bills`,
        CHANGE,
      ]),
      shape(`add_on_${kind}`, 'time_add_on_lines', kind, [
        'ratio',
        `${nb} i månedlige tidstillegg`,
        `${kind} of monthly time add-ons`,
        CHANGE,
      ]),
    ];
  }),
];

const fact = (name: string, source: 'register' | 'network', sql: string, texts: Texts, peers: Peers = []) =>
  declare(name, source, { kind: 'fact', sql }, texts, [], peers);
const FACTS: readonly Declaration[] = [
  fact('list_size', 'register', 'f.list_size', ['patients', 'listelengde', 'list size', 'honest context'], BOTH),
  fact('months_known', 'register', "date_diff('month', f.first_valid, f.as_of)", [
    'months',
    'måneder som aktør',
    'months as a provider',
    'honest context',
  ]),
  fact('practice_changes', 'register', 'f.changes', [
    'changes',
    'endringer av konto eller praksis',
    'changes of account or practice',
    CHANGE,
  ]),
  fact(
    'months_since_change',
    'register',
    "case when f.changes > 0 then date_diff('month', f.last_valid, f.as_of) end",
    ['months', 'måneder siden siste endring', 'months since the last change', CHANGE],
  ),
  fact('same_account', 'network', 'f.same_account', [
    'providers',
    'andre aktører med samme konto',
    'other providers with the same account',
    'shared account',
  ]),
  fact('same_owner', 'network', 'f.same_owner', [
    'providers',
    'andre aktører med samme eier',
    'other providers with the same owner',
    'shared owner',
  ]),
  fact('substitutes_known', 'register', 'f.substitutes', ['people', 'kjente vikarer', 'substitutes known', HABIT]),
];

const NETWORK: readonly Declaration[] = [
  fact(
    'shared_patient_share',
    'network',
    'n.shared / nullif(n.patients, 0)::double',
    [
      'share',
      'andel pasienter som andre i samme gruppe også behandler',
      'share of patients that others of the same group treat too',
      'shared patients',
    ],
    BOTH,
  ),
  fact(
    'top_partner_share',
    'network',
    'n.top_partner / nullif(n.patients, 0)::double',
    [
      'share',
      'andel pasienter delt med én annen aktør',
      'share of patients shared with one other provider',
      'shared patients',
    ],
    BOTH,
  ),
];

/** Declarations in the order of the matrix. Network features cost a join of patients and are timed apart. */
export const DECLARATIONS: readonly Declaration[] = [
  ...VOLUME,
  ...TARIFF_MIX,
  ...TIME_USE,
  ...PATIENTS_AND_RULES,
  ...PRESCRIBING,
  ...TRAJECTORY,
  ...FACTS,
];
export const NETWORK_DECLARATIONS: readonly Declaration[] = NETWORK;

export const FEATURES: readonly Feature[] = [...DECLARATIONS, ...NETWORK_DECLARATIONS].flatMap(columnsOf);

const RULE_MEASURES = ['rule_hits', 'rejections', 'curtailments', 'rejected_ore'];
const isOfRules = ({ declaration: { source, of } }: Feature): boolean =>
  source === 'rules' || ('measure' in of && RULE_MEASURES.includes(of.measure));

/** Which features stand for size, for rule hits and for deviation from peers in the baselines; and all that say what the rule engine stopped. */
export const BASELINE_FEATURES = {
  size: 'amount_12m',
  ruleHits: 'rule_hits_12m',
  ruleFeatures: FEATURES.filter(isOfRules).map(({ name }) => name),
  deviations: FEATURES.filter(({ peer }) => peer === 'z').map(({ name }) => name),
};
/** Text columns of the register matrix. */
export const CATEGORICAL_FEATURES = ['practice_type'] as const;
