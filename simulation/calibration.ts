import { tariffOf } from '../domain/reference/tariffs';

/**
 * Every number the simulated register is made from, in one place. Where a figure is published it says so; the rest are
 * assumptions. Amounts are kroner at full price.
 * The demo's finding rates and rule-hit link were set after a first demo whose model did not pass its gates: see README.
 */
export interface TariffUse {
  readonly code: string;
  readonly kroner: number;
  readonly minutes: number;
  readonly weight: number;
}

export interface ProviderGroup {
  readonly field: string;
  readonly practiceType: string;
  /** Share of all actors (assumption: LE 45 %, FY 22 %, TH 18 %, PS 7 %, rest 8 %). */
  readonly share: number;
  /** Median bills a practice day at full volume. */
  readonly billsPerDay: number;
  readonly main: readonly TariffUse[];
  /** Added to a main tariff with this probability. */
  readonly addOns: readonly (TariffUse & { readonly probability: number })[];
}

const t = (code: string, kroner: number, weight = 1): TariffUse => ({ code, kroner, minutes: tariffOf(code).minMinutes, weight });
const add = (code: string, kroner: number, probability: number) => ({ ...t(code, kroner), probability });

// prettier-ignore
export const GROUPS: readonly ProviderGroup[] = [
  {
    field: 'LE', practiceType: 'FALE', share: 0.3, billsPerDay: 17,
    main: [t('2ad', 175, 48), t('2ae', 175, 14), t('1ad', 80, 12), t('1bd', 72, 22), t('11ad', 270, 1)],
    addOns: [add('2cd', 255, 0.26), add('2dd', 110, 0.3), add('701a', 60, 0.2), add('705k', 45, 0.12), add('615', 190, 0.04), add('L1', 60, 0.12)],
  },
  {
    field: 'LE', practiceType: 'LEVA', share: 0.06, billsPerDay: 14,
    main: [t('2ak', 328, 60), t('1ak', 106, 15), t('1bk', 89, 20), t('11ak', 420, 5)],
    addOns: [add('2ck', 310, 0.2), add('701a', 60, 0.15)],
  },
  {
    field: 'LE', practiceType: 'SPIN', share: 0.09, billsPerDay: 13,
    main: [t('3ad', 260, 70), t('2ae', 175, 10), t('1bd', 72, 20)],
    addOns: [add('3bd', 250, 0.35), add('701a', 60, 0.2), add('616', 300, 0.03)],
  },
  {
    field: 'FY', practiceType: 'FYNO', share: 0.22, billsPerDay: 11,
    main: [t('A1a', 210, 12), t('A8a', 330, 45), t('A9a', 250, 25), t('C33', 120, 18)],
    addOns: [add('D1', 60, 0.1)],
  },
  {
    field: 'TH', practiceType: 'TANN', share: 0.18, billsPerDay: 7,
    main: [t('1', 350, 40), t('501', 900, 12), t('502', 1100, 8), t('407', 1300, 6)],
    addOns: [add('800', 120, 0.3), add('604', 600, 0.05)],
  },
  {
    field: 'PS', practiceType: 'PSNO', share: 0.07, billsPerDay: 5,
    main: [t('202b', 900, 80), t('203b', 1300, 10), t('207c', 450, 10)],
    addOns: [add('210', 200, 0.1)],
  },
  {
    field: 'KI', practiceType: 'KINO', share: 0.05, billsPerDay: 10,
    main: [t('K1', 200, 90), t('K2', 260, 10)],
    addOns: [],
  },
  {
    field: 'LOGO', practiceType: 'LOGO', share: 0.03, billsPerDay: 4,
    main: [t('LG1', 700, 80), t('LG2', 400, 20)],
    addOns: [],
  },
];

export const CALIBRATION = {
  actorsInNorway: 23_000, // published: Riksrevisjonen 2022
  practiceDaysPerMonth: 20,
  volumeSigma: 0.8, // assumption: lognormal within practice type
  yearlyGrowth: 0.05, // assumption; submissions grew 9.7 % 2023 to 2024 (published)
  yearlyEntry: 0.03,
  yearlyExit: 0.03,
  patientsPerActor: 45, // thinned with the volume
  rejectedShare: 0.023, // published 2023: 2.3 % of refunds rejected or curtailed
  creditedShare: 0.008,
  lateActors: 0.05, // actors that send two months late
  brokenRows: 0.00004, // rows that the loader must refuse
  latent: { serious: 0.05, minor: 0.2, honestOutlier: 0.06 }, // demo shares; published range 1-3 % and 15-25 %
  finding: { serious: 0.95, minor: 0.65, clean: 0.06 },
  caseworkers: [1.15, 1.05, 1, 1, 0.95, 0.9, 0.7, 0.5], // strictness: how much of what is there each one finds
  decisionDelayDays: { median: 300, sigma: 0.45 }, // published: decisions take 9 to 14 months, long tail
  appealShare: 0.6, // derived: 44 appeals on 73 decisions
  appealDelayDays: { median: 180, sigma: 0.4 },
  appealResults: { reversed: 0.15, 'partly-upheld': 0.15, withdrawn: 0.05, upheld: 0.65 },
} as const;

export const BEHAVIOURS = ['impossible-days', 'time-add-ons', 'midnight-contacts', 'bundles', 'group-as-individual', 'splitting'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Which behaviour can occur in which field. */
export const BEHAVIOURS_OF: Record<string, readonly Behaviour[]> = {
  LE: ['impossible-days', 'time-add-ons', 'midnight-contacts', 'bundles'],
  FY: ['group-as-individual', 'impossible-days', 'splitting'],
  TH: ['splitting', 'impossible-days'],
  PS: ['impossible-days', 'splitting'],
  KI: ['splitting', 'impossible-days'],
  LOGO: ['impossible-days', 'splitting'],
};
