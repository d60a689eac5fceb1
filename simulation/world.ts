import { nationalIdControl, orgControlDigit } from '../domain/identifiers';
import { Rng } from '../domain/rng';
import { BEHAVIOURS_OF, type Behaviour, CALIBRATION, GROUPS, type ProviderGroup } from './calibration';

export interface Dials {
  /** Share of Norway's 23,000 actors, 0.01 to 1. */
  readonly actors: number;
  /** Share of full bill volume, 0.001 to 1. */
  readonly volume: number;
  readonly controlsPerYear: number;
  readonly years: number;
  readonly seed: number;
  /** First month of service, YYYY-MM. */
  readonly firstMonth: string;
}

export const DEMO_DIALS: Dials = { actors: 0.1, volume: 0.034, controlsPerYear: 400, years: 4, seed: 20240101, firstMonth: '2021-01' };

export interface SimActor {
  readonly index: number;
  readonly group: ProviderGroup;
  readonly praksisId: string;
  readonly hprNr: string;
  readonly orgnr: string;
  readonly kommunenr: string;
  readonly listSize: number | undefined;
  /** Months since the first month; activity is [from, until). */
  readonly fromMonth: number;
  readonly untilMonth: number;
  /** Bills a practice day at full volume. */
  readonly intensity: number;
  readonly lagMonths: 1 | 2;
  readonly latent: 'serious' | 'minor' | 'honest-outlier' | 'clean';
  readonly behaviours: readonly Behaviour[];
  /** 0 to 1: how strong the behaviours are. */
  readonly severity: number;
  readonly startMonth: number;
  readonly ruleRate: number;
  readonly patients: readonly string[];
}

const MUNICIPALITIES = ['0301', '1103', '4601', '5001', '3107', '1505', '5501', '4204', '3301', '5601'];

/** A synthetic national id: month + 80, as Skatteetaten's test people have; belongs to nobody. */
export function syntheticNationalId(rng: Rng): string {
  for (;;) {
    const two = (n: number) => String(n).padStart(2, '0');
    const first9 = `${two(1 + rng.below(28))}${two(81 + rng.below(12))}${two(rng.below(100))}${String(rng.below(1000)).padStart(3, '0')}`;
    const control = nationalIdControl(first9);
    if (control !== undefined) return first9 + control;
  }
}

function organisationNumber(rng: Rng): string {
  for (;;) {
    const first8 = `9${String(rng.below(10_000_000)).padStart(7, '0')}`;
    const control = orgControlDigit(first8);
    if (control !== undefined) return first8 + String(control);
  }
}

export function makeActors(dials: Dials): SimActor[] {
  const count = Math.max(20, Math.round(CALIBRATION.actorsInNorway * dials.actors));
  return Array.from({ length: count }, (_, index) => makeActor(dials, index));
}

function makeActor(dials: Dials, index: number): SimActor {
  const rng = new Rng(dials.seed, 'actor', index);
  const months = dials.years * 12;
  const group = GROUPS[rng.weighted(GROUPS.map((g) => g.share))]!;
  const share = CALIBRATION.latent;
  const latent = (['serious', 'minor', 'honest-outlier', 'clean'] as const)[
    rng.weighted([share.serious, share.minor, share.honestOutlier, 1 - share.serious - share.minor - share.honestOutlier])
  ]!;
  const possible = BEHAVIOURS_OF[group.field] ?? [];
  const guilty = latent === 'serious' || latent === 'minor';
  const fromMonth = rng.chance(CALIBRATION.yearlyEntry * dials.years) ? rng.below(months - 6) : 0;
  const untilMonth = rng.chance(CALIBRATION.yearlyExit * dials.years) ? fromMonth + 6 + rng.below(months - fromMonth - 5) : months;
  const intensity = group.billsPerDay * rng.lognormal(1, CALIBRATION.volumeSigma * 0.6) * (latent === 'honest-outlier' ? 1.9 : 1);
  const severity = latent === 'serious' ? 0.6 + 0.4 * rng.next() : latent === 'minor' ? 0.15 + 0.3 * rng.next() : 0;
  return {
    index,
    group,
    praksisId: String(1_000_000 + index),
    hprNr: String(2_000_000 + index * 7),
    orgnr: organisationNumber(rng),
    kommunenr: rng.pick(MUNICIPALITIES),
    listSize: group.practiceType === 'FALE' ? Math.round(rng.lognormal(1100, 0.3) * (latent === 'honest-outlier' ? 1.6 : 1)) : undefined,
    fromMonth,
    untilMonth,
    intensity,
    lagMonths: rng.chance(CALIBRATION.lateActors + (latent === 'serious' ? 0.08 : 0)) ? 2 : 1,
    latent,
    behaviours: guilty ? rng.shuffle(possible).slice(0, latent === 'serious' ? 2 : 1) : [],
    severity,
    startMonth: guilty && rng.chance(0.4) ? rng.below(Math.max(1, months - 18)) : 0,
    ruleRate: CALIBRATION.rejectedShare * rng.lognormal(1, 0.5) * (1 + severity),
    patients: Array.from({ length: Math.max(8, Math.round(CALIBRATION.patientsPerActor * rng.lognormal(1, 0.4))) }, () =>
      syntheticNationalId(rng),
    ),
  };
}

/** Calendar month of `offset` months after the first one, as YYYY-MM. */
export function monthAt(dials: Dials, offset: number): string {
  const [year = 2021, month = 1] = dials.firstMonth.split('-').map(Number);
  const index = year * 12 + month - 1 + offset;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}
