/**
 * Tariffs (takster) that the product knows. Codes, kinds and the fees marked `published` follow the public tariff
 * tables (2021–24 tariff pages); other fees, and minutes where those tables give none, are assumptions of this
 * project.
 *
 * The minimum time that a line claims is `minMinutes` for the first use and `minutesPerRepetition` for each further one
 * (minimum_tidsbruk, tidsbruk_per_rep). 2cd is claimed "over 20 minutes, per started 15": beside a consultation of 15
 * minutes its first use adds the 6 that pass 20, each further one 15.
 */
export const TARIFF_KINDS = [
  'simple-contact',
  'consultation',
  'e-consultation',
  'visit',
  'meeting',
  'time-add-on',
  'procedure',
  'lab',
  'group',
  'other',
] as const;
export type TariffKind = (typeof TARIFF_KINDS)[number];

export interface Tariff {
  readonly code: string;
  readonly field: string;
  readonly kind: TariffKind;
  /** `d`: day; `k`: evening, night and weekend; undefined if the tariff is for any time. */
  readonly timeOfDay?: 'd' | 'k';
  readonly minMinutes: number;
  readonly minutesPerRepetition: number;
  readonly maxRepetitions: number;
  /** Full price (honorar) in øre. */
  readonly feeOre: number;
  readonly published: boolean;
  /** Tariffs that may not stand on the same bill; `*` forbids all others. */
  readonly invalidWith: readonly string[];
  readonly description: string;
}

interface Attributes {
  readonly timeOfDay?: 'd' | 'k';
  readonly perRep?: number;
  readonly maxReps?: number;
  readonly published?: true;
  readonly invalidWith?: readonly string[];
}

const tariff = (
  code: string,
  field: string,
  kind: TariffKind,
  minMinutes: number,
  amountNok: number,
  description: string,
  { timeOfDay, perRep = minMinutes, maxReps = 1, published, invalidWith = [] }: Attributes = {},
): Tariff => ({
  code,
  field,
  kind,
  ...(timeOfDay ? { timeOfDay } : {}),
  minMinutes,
  minutesPerRepetition: perRep,
  maxRepetitions: maxReps,
  feeOre: amountNok * 100,
  published: published === true,
  invalidWith,
  description,
});

const DAY = { timeOfDay: 'd', published: true } as const;
const EVENING = { timeOfDay: 'k', published: true } as const;
const E_CONSULTATION_EXCLUDES = ['2ad', '2ak', '11ad', '11ak', '701a', '705k', '706k', '615', '616'];

export const TARIFFS: readonly Tariff[] = [
  tariff('1ad', 'LE', 'simple-contact', 5, 80, 'simple contact in person, day', DAY),
  tariff('1ak', 'LE', 'simple-contact', 5, 106, 'simple contact in person, evening and night', EVENING),
  tariff('1bd', 'LE', 'simple-contact', 4, 72, 'simple contact by phone or text, day', { ...DAY, invalidWith: ['*'] }),
  tariff('1bk', 'LE', 'simple-contact', 4, 89, 'simple contact by phone or text, evening and night', {
    ...EVENING,
    invalidWith: ['*'],
  }),
  tariff('1i', 'LE', 'simple-contact', 2, 64, 'e-prescription', { published: true }),
  tariff('2ad', 'LE', 'consultation', 15, 175, 'consultation, day', DAY),
  tariff('2ak', 'LE', 'consultation', 15, 328, 'consultation, evening and night', EVENING),
  tariff('2ae', 'LE', 'e-consultation', 10, 175, 'e-consultation, day', {
    ...DAY,
    invalidWith: E_CONSULTATION_EXCLUDES,
  }),
  tariff('2aek', 'LE', 'e-consultation', 10, 324, 'e-consultation, evening and night', {
    ...EVENING,
    invalidWith: E_CONSULTATION_EXCLUDES,
  }),
  tariff('2cd', 'LE', 'time-add-on', 6, 255, 'consultation over 20 minutes, per started 15, day', {
    ...DAY,
    perRep: 15,
    maxReps: 8,
  }),
  tariff('2ck', 'LE', 'time-add-on', 6, 310, 'consultation over 20 minutes, per started 15, evening and night', {
    timeOfDay: 'k',
    perRep: 15,
    maxReps: 8,
  }),
  tariff('2dd', 'LE', 'other', 0, 110, 'specialist add-on'),
  tariff('2ld', 'LE', 'other', 0, 220, 'systematic medication review; not a time tariff'),
  tariff('2ed', 'LE', 'group', 15, 150, 'consultation in a group'),
  tariff('3ad', 'LE', 'consultation', 20, 260, 'specialist consultation', { timeOfDay: 'd' }),
  tariff('3bd', 'LE', 'time-add-on', 6, 250, 'specialist time add-on', { timeOfDay: 'd', perRep: 15, maxReps: 8 }),
  tariff('11ad', 'LE', 'visit', 20, 270, 'home visit, day', { timeOfDay: 'd' }),
  tariff('11ak', 'LE', 'visit', 25, 420, 'home visit, evening and night', { timeOfDay: 'k' }),
  tariff('11cd', 'LE', 'time-add-on', 6, 255, 'home visit, time add-on', { timeOfDay: 'd', perRep: 15, maxReps: 8 }),
  tariff('14', 'LE', 'meeting', 30, 400, 'cooperation meeting', { perRep: 30, maxReps: 4 }),
  tariff('612', 'LE', 'procedure', 15, 150, 'talk with relatives'),
  tariff('615', 'LE', 'procedure', 15, 190, 'talk therapy', { perRep: 15, maxReps: 4 }),
  tariff('616', 'LE', 'procedure', 30, 300, 'talk therapy, specialist', { perRep: 15, maxReps: 4 }),
  tariff('617', 'LE', 'procedure', 20, 250, 'group talk therapy'),
  tariff('701a', 'LE', 'lab', 2, 60, 'blood sample'),
  tariff('705k', 'LE', 'lab', 1, 45, 'laboratory test'),
  tariff('706k', 'LE', 'lab', 1, 35, 'laboratory test'),
  tariff('L1', 'LE', 'other', 3, 60, 'sickness certificate'),
  tariff('A1a', 'FY', 'consultation', 30, 210, 'physiotherapy examination'),
  tariff('A8a', 'FY', 'procedure', 30, 330, 'physiotherapy, individual'),
  tariff('A9a', 'FY', 'procedure', 20, 250, 'physiotherapy, individual exercise'),
  tariff('C33', 'FY', 'group', 15, 120, 'physiotherapy in a group', { invalidWith: ['A8a', 'A9a'] }),
  tariff('C34', 'FY', 'group', 15, 140, 'physiotherapy in a group, longer', { invalidWith: ['A8a', 'A9a'] }),
  tariff('D1', 'FY', 'other', 0, 60, 'physiotherapy add-on'),
  tariff('1', 'TH', 'consultation', 20, 350, 'dental examination'),
  tariff('501', 'TH', 'procedure', 30, 900, 'dental treatment, 30 to 59 minutes: once', { published: true }),
  tariff('502', 'TH', 'procedure', 40, 1100, 'dental treatment, longer'),
  tariff('407', 'TH', 'procedure', 45, 1300, 'periodontal treatment'),
  tariff('604', 'TH', 'procedure', 20, 600, 'orthodontics, with referral'),
  tariff('304', 'TH', 'other', 0, 180, 'tooth surface', { maxReps: 5 }),
  tariff('800', 'TH', 'other', 3, 120, 'dental x-ray'),
  tariff('202b', 'PS', 'consultation', 60, 900, 'psychologist, one hour'),
  tariff('203b', 'PS', 'consultation', 90, 1300, 'psychologist, one and a half hours'),
  tariff('207c', 'PS', 'consultation', 30, 450, 'psychologist, half an hour'),
  tariff('210', 'PS', 'other', 15, 200, 'psychological test'),
  tariff('K1', 'KI', 'consultation', 15, 200, 'chiropractor'),
  tariff('K2', 'KI', 'consultation', 25, 260, 'chiropractor, extended'),
  tariff('LR1', 'LR', 'lab', 0, 30, 'laboratory analysis on referral'),
  tariff('LR2', 'LR', 'lab', 0, 250, 'x-ray on referral'),
  tariff('LR3', 'LR', 'lab', 0, 20, 'further analysis'),
  tariff('LR4', 'LR', 'lab', 0, 20, 'further analysis'),
  tariff('LR5', 'LR', 'lab', 0, 25, 'further analysis'),
  tariff('LR6', 'LR', 'lab', 0, 25, 'further analysis'),
  tariff('LR7', 'LR', 'lab', 0, 35, 'further analysis'),
  tariff('LG1', 'LOGO', 'consultation', 45, 700, 'speech therapy'),
  tariff('LG2', 'LOGO', 'group', 30, 400, 'speech therapy in a group'),
];

const BY_CODE = new Map(TARIFFS.map((entry) => [entry.code, entry]));

/** @throws RangeError for an unknown code */
export function tariffOf(code: string): Tariff {
  const found = BY_CODE.get(code);
  if (!found) throw new RangeError(`tariff ${code} is not in the reference`);
  return found;
}
