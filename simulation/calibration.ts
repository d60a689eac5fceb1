/**
 * All parameters of the simulated register. Published figures are marked as such (their sources are in the
 * documentation of the simulation); the others are assumptions. The parameters are frozen: detectors and models are
 * evaluated on them, so they may not be changed because of a result.
 */
export interface MainUse {
  readonly code: string;
  readonly weight: number;
}
export interface AddOnUse {
  readonly code: string;
  readonly probability: number;
  /** How planted behaviours affect it. */
  readonly effect: 'time' | 'bundle' | 'surface' | 'none';
}

export interface ProviderGroup {
  readonly field: string;
  /** Undefined for pharmacies, whose field has no practice types. */
  readonly practiceType?: string;
  /** Share of all providers (assumption: LE 45 %, FY 22 %, TH 18 %, PS 7 %, rest 8 %). */
  readonly share: number;
  /** Median bills per practice day; pharmacies bill through eResept and have none. */
  readonly billsPerDay: number;
  /** First minute of the working day, and the last minute at which work ends. */
  readonly shift: readonly [from: number, until: number];
  /** Share of weekdays and of weekend days that are worked, at full volume. */
  readonly days: readonly [weekday: number, weekend: number];
  readonly panel: number;
  readonly main: readonly MainUse[];
  readonly addOns: readonly AddOnUse[];
}

const use = (code: string, weight: number): MainUse => ({ code, weight });
const add = (code: string, probability: number, effect: AddOnUse['effect'] = 'none'): AddOnUse => ({
  code,
  probability,
  effect,
});
const OFFICE = [8 * 60, 18 * 60] as const;

export const GROUPS: readonly ProviderGroup[] = [
  {
    field: 'LE',
    practiceType: 'FALE',
    share: 0.28,
    billsPerDay: 26,
    shift: OFFICE,
    days: [0.9, 0.01],
    panel: 1100,
    main: [use('2ad', 48), use('2ae', 14), use('1ad', 12), use('1bd', 22), use('11ad', 1)],
    addOns: [
      add('2cd', 0.26, 'time'),
      add('2dd', 0.6),
      add('701a', 0.42, 'bundle'),
      add('705k', 0.4, 'bundle'),
      add('706k', 0.35, 'bundle'),
      add('615', 0.04, 'time'),
      add('L1', 0.14),
      add('2ld', 0.03),
    ],
  },
  {
    field: 'LE',
    practiceType: 'LEVA',
    share: 0.07,
    billsPerDay: 16,
    shift: [15 * 60 + 30, 23 * 60 + 45],
    days: [0.3, 0.5],
    panel: 4000,
    main: [use('2ak', 60), use('1ak', 15), use('1bk', 20), use('11ak', 5)],
    addOns: [
      add('2ck', 0.2, 'time'),
      add('701a', 0.4, 'bundle'),
      add('705k', 0.4, 'bundle'),
      add('706k', 0.3, 'bundle'),
    ],
  },
  {
    field: 'LE',
    practiceType: 'SPIN',
    share: 0.1,
    billsPerDay: 17,
    shift: OFFICE,
    days: [0.85, 0],
    panel: 1500,
    main: [use('3ad', 70), use('2ae', 10), use('1bd', 20)],
    addOns: [
      add('3bd', 0.35, 'time'),
      add('701a', 0.5, 'bundle'),
      add('705k', 0.45, 'bundle'),
      add('706k', 0.4, 'bundle'),
      add('616', 0.03, 'time'),
    ],
  },
  {
    field: 'FY',
    practiceType: 'FYNO',
    share: 0.21,
    billsPerDay: 14,
    shift: OFFICE,
    days: [0.9, 0],
    panel: 280,
    main: [use('A1a', 12), use('A8a', 45), use('A9a', 25), use('C33', 18)],
    addOns: [add('D1', 0.7)],
  },
  {
    field: 'TH',
    practiceType: 'TANN',
    share: 0.16,
    billsPerDay: 9,
    shift: OFFICE,
    days: [0.85, 0.02],
    panel: 1200,
    main: [use('1', 40), use('501', 12), use('502', 8), use('407', 6)],
    addOns: [add('800', 0.45, 'bundle'), add('304', 0.6, 'surface'), add('604', 0.05)],
  },
  {
    field: 'PS',
    practiceType: 'PSNO',
    share: 0.07,
    billsPerDay: 5,
    shift: OFFICE,
    days: [0.85, 0],
    panel: 60,
    main: [use('202b', 80), use('203b', 10), use('207c', 10)],
    addOns: [add('210', 0.1)],
  },
  {
    field: 'KI',
    practiceType: 'KINO',
    share: 0.04,
    billsPerDay: 14,
    shift: OFFICE,
    days: [0.9, 0.02],
    panel: 400,
    main: [use('K1', 90), use('K2', 10)],
    addOns: [],
  },
  {
    field: 'LOGO',
    practiceType: 'LOGO',
    share: 0.02,
    billsPerDay: 5,
    shift: OFFICE,
    days: [0.85, 0],
    panel: 60,
    main: [use('LG1', 80), use('LG2', 20)],
    addOns: [],
  },
  {
    field: 'LR',
    practiceType: 'LARO',
    share: 0.01,
    billsPerDay: 700,
    shift: [7 * 60, 19 * 60],
    days: [1, 0.1],
    panel: 20_000,
    main: [use('LR1', 80), use('LR2', 20)],
    addOns: [add('LR3', 0.9), add('LR4', 0.85), add('LR5', 0.8), add('LR6', 0.7), add('LR7', 0.6)],
  },
  {
    field: 'APO',
    share: 0.04,
    billsPerDay: 0,
    shift: OFFICE,
    days: [0.9, 0.5],
    panel: 0,
    main: [],
    addOns: [],
  },
];

/** What a group is called in BEHAVIOURS_OF and among peers. */
export const groupCode = ({ practiceType, field }: ProviderGroup): string => practiceType ?? field;

export const CALIBRATION = {
  providersInNorway: 23_000, // published: Riksrevisjonen 2022
  billsPerYear: 120_000_000, // published: about 120 M itemised bills a year
  volumeSigma: 0.4, // assumption: lognormal of bills per day within practice type; the days worked vary as well
  daySigma: 0.22, // assumption: of one day around the provider's usual volume
  yearlyGrowth: 0.05, // assumption; submissions grew 9.7 % 2023 to 2024 (published)
  tariffRise: 0.03, // assumption: yearly on 1 July
  /** Share of a month's normal work, January to December: July is the common holiday (assumption). */
  season: [1.05, 1.05, 1.08, 0.95, 1, 1, 0.6, 0.95, 1.08, 1.05, 1.08, 0.85],
  /**
   * Weight of e-consultations among GP contacts: 0.6 % in 2017 (published: 92,000 of 14.4 M), far more from March
   * 2020.
   */
  eConsultation: { before: 0.1, from2020: 0.75, steady: 1 },
  yearlyEntry: 0.03, // published range 2 to 4 %
  yearlyExit: 0.03,
  substitutes: 0.15, // share of GP practices that use them (assumption of the notes)
  substituteDays: 0.06,
  ruleHits: 0.03, // share of bills; with the effects below about 2.3 % of NOK is rejected or curtailed (published 2023)
  creditedShare: 0.008,
  // late bills arrive up to six months after treatment
  lag: { medianDays: 4, sigma: 0.7, lateShare: 0.02, lateDays: 120 },
  slowProviders: 0.06, // providers that send once a month
  brokenRows: 0.00004, // rows that the loader must refuse
  mortalityYearly: 0.009,
  abroadShare: 0.006,
  outsideList: 0.12, // share of a GP's bills for patients of another list
  farPatients: 0.03, // from another municipality
  batchStampers: 0.04, // benign: record all phone contacts at the same minute at the end of the day
  parallelContacts: 0.03, // benign: a phone contact during a consultation
  latent: { serious: 0.02, minor: 0.18, benignOutlier: 0.05 }, // published range: serious 1-3 %, minor 15-25 %
  finding: { serious: 0.95, minor: 0.6, clean: 0.06 },
  // strictness: share of the existing findings that each one finds
  caseworkers: [1.15, 1.05, 1, 1, 0.95, 0.9, 0.7, 0.5],
  decisionDelayDays: { median: 330, sigma: 0.4 }, // published: decisions take 9 to 14 months, long tail
  appealShare: 0.6, // derived: 44 appeals on 73 decisions
  appealDelayDays: { median: 150, sigma: 0.4 },
  appealResults: { reversed: 0.12, 'partly-upheld': 0.15, withdrawn: 0.05, upheld: 0.68 },
  // reversal by the payer itself (omgjøring); a third is recorded as an appeal, as was the practice
  reversalShare: 0.04,
  misregisteredReversals: 0.33,
  prescriptionShare: 0.22, // prescriptions a GP or specialist contact, thinned with the volume
} as const;

/** Planted behaviours; the bit in a provider's mask is 1 << (number - 1). */
export const BEHAVIOURS = {
  A1: 'impossible days and overlapping starts',
  A2: 'time add-ons and repetitions inflated',
  A3: 'simple contacts around consultations, stamped 23:59',
  A4: 'e-consultation with time add-on for a trivial message',
  A5: 'visits stacked at one address',
  A6: 'substitute and holder at the same minute',
  A7: 'laboratory and procedure bundles',
  A8: 'patients dead, abroad or on another list',
  A9: 'group treatment billed as individual',
  A10: 'tooth surfaces split, 501 without 30 minutes',
  A11: 'psychology hours beyond a day',
  A12: 'packages beyond the prescription, overrides',
  A13: 'migraine and GLP-1 medicines, reservation against generics',
  A14: 'ring: shared patients, account and owner',
} as const;
export type Behaviour = keyof typeof BEHAVIOURS;
export const bitOf = (behaviour: Behaviour): number => 1 << (Number(behaviour.slice(1)) - 1);

/** Which behaviour can occur in which practice type, or field without types. */
export const BEHAVIOURS_OF: Readonly<Record<string, readonly Behaviour[]>> = {
  FALE: ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A13', 'A14'],
  LEVA: ['A1', 'A2', 'A3', 'A5'],
  SPIN: ['A1', 'A2', 'A7', 'A13'],
  FYNO: ['A1', 'A8', 'A9', 'A14'],
  TANN: ['A1', 'A8', 'A10'],
  PSNO: ['A8', 'A11'],
  KINO: ['A1', 'A8'],
  LOGO: ['A1', 'A8'],
  APO: ['A12'],
};

/** A16: benign reasons to deviate from peers (hard negatives). A good model does not rank these providers high. */
export const BENIGN_REASONS = ['palliative', 'rural', 'refugee', 'addiction', 'big-list', 'group-number'] as const;
export type BenignReason = (typeof BENIGN_REASONS)[number];

/** Products of the simulated prescriptions: ATC group, share, generic or not, and the behaviour that raises it. */
export const PRODUCTS = [
  { atc: 'C10AA', share: 0.22, generic: true },
  { atc: 'N02CC', share: 0.02, generic: true, behaviour: 'migraine' },
  { atc: 'A10BJ', share: 0.04, generic: false, behaviour: 'glp1' },
  { atc: 'C09AA', share: 0.2, generic: true },
  { atc: 'R03AK', share: 0.14, generic: true },
  { atc: 'N06AB', share: 0.18, generic: true },
  { atc: 'J01CA', share: 0.2, generic: true },
] as const;
