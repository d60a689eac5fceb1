import { orgControlDigit } from '../domain/identifiers';
import { Rng } from '../domain/rng';
import {
  type Behaviour,
  bitOf,
  CALIBRATION,
  groupCode,
  GROUPS,
  BENIGN_REASONS,
  type BenignReason,
  type ProviderGroup,
} from './calibration';
import { type SimulationConfig, monthsOf } from './simulation-config';
import { SCENARIOS, type ScenarioShape } from './scenarios';

export interface SimProvider {
  readonly index: number;
  /** Position in GROUPS. */
  readonly groupIndex: number;
  readonly group: ProviderGroup;
  readonly praksisId: string;
  readonly hprNr: number;
  readonly orgnr: string;
  readonly municipality: number;
  readonly listSize: number | undefined;
  /** Months since the first month; activity is [from, until). */
  readonly fromMonth: number;
  readonly untilMonth: number;
  /** Bills per practice day. */
  readonly intensity: number;
  readonly lagDays: number;
  readonly slow: boolean;
  readonly latent: 'serious' | 'minor' | 'benign-outlier' | 'clean';
  readonly behaviours: readonly Behaviour[];
  readonly mask: number;
  readonly benignReason: BenignReason | undefined;
  /** 0 to 1: how strong the behaviours are. */
  readonly severity: number;
  readonly startMonth: number;
  readonly ruleRate: number;
  /** Doctors who bill under this practice number. */
  readonly performers: number;
  readonly substitute: boolean;
  readonly batchStamper: boolean;
  /** A new practice: fewer bills at first, rising over a year (A15, benign). */
  readonly ramp: boolean;
  readonly ring: number | undefined;
  readonly account: string;
}

/** Municipality numbers and their share of the population; the smaller ones stand for all others. */
export const MUNICIPALITIES: readonly (readonly [code: string, share: number])[] = [
  ['0301', 0.2],
  ['4601', 0.12],
  ['5001', 0.1],
  ['1103', 0.09],
  ['3301', 0.08],
  ['4204', 0.08],
  ['3107', 0.07],
  ['5501', 0.06],
  ['1505', 0.05],
  ['3201', 0.05],
  ['1804', 0.04],
  ['5601', 0.02],
  ['4624', 0.015],
  ['3411', 0.015],
  ['1837', 0.005],
  ['5633', 0.005],
];

function organisationNumber(rng: Rng): string {
  for (;;) {
    const first8 = `9${String(rng.below(10_000_000)).padStart(7, '0')}`;
    const control = orgControlDigit(first8);
    if (control !== undefined) return first8 + String(control);
  }
}

const RING_SIZE = 4;

export function makeProviders(config: SimulationConfig): SimProvider[] {
  const count = Math.max(20, Math.round(CALIBRATION.providersInNorway * config.providers));
  const providers = Array.from({ length: count }, (_, index) => makeProvider(config, index));
  return withRings(providers);
}

/** Providers with A14 in one municipality and practice type share account, owner and patients, in rings of four. */
function withRings(providers: readonly SimProvider[]): SimProvider[] {
  const members = new Map<string, number[]>();
  for (const provider of providers) {
    if (!provider.behaviours.includes('A14')) continue;
    const key = `${provider.municipality} ${groupCode(provider.group)}`;
    members.set(key, [...(members.get(key) ?? []), provider.index]);
  }
  const ringOf = new Map<number, number>();
  for (const indices of members.values())
    indices.forEach((index, i) => ringOf.set(index, indices[Math.floor(i / RING_SIZE) * RING_SIZE]!));
  return providers.map((provider) => {
    const ring = ringOf.get(provider.index);
    if (ring === undefined) return provider;
    const head = providers[ring]!;
    return { ...provider, ring, account: head.account, orgnr: head.orgnr };
  });
}

const SHAPE: Readonly<Record<BenignReason, { readonly intensity: number; readonly performers: number }>> = {
  palliative: { intensity: 0.8, performers: 1 },
  rural: { intensity: 1.1, performers: 1 },
  refugee: { intensity: 1, performers: 1 },
  addiction: { intensity: 1.1, performers: 1 },
  'big-list': { intensity: 1.6, performers: 1 },
  'group-number': { intensity: 3, performers: 3 },
};

function makeProvider(config: SimulationConfig, index: number): SimProvider {
  // Every key of a random stream belongs to the frozen calibration: another word would draw another register.
  const rng = new Rng(config.seed, 'actor', index);
  const months = monthsOf(config);
  const groupIndex = rng.weighted(GROUPS.map((g) => g.share));
  const group = GROUPS[groupIndex]!;
  const { latent: share, behavioursOf }: ScenarioShape = SCENARIOS[config.scenario ?? 'standard'];
  const latent = (['serious', 'minor', 'benign-outlier', 'clean'] as const)[
    rng.weighted([
      share.serious,
      share.minor,
      share.benignOutlier,
      1 - share.serious - share.minor - share.benignOutlier,
    ])
  ]!;
  const planted = latent === 'serious' || latent === 'minor';
  const benignReason = latent === 'benign-outlier' ? rng.pick(BENIGN_REASONS) : undefined;
  const entered = rng.chance(CALIBRATION.yearlyEntry * config.years);
  const fromMonth = entered ? rng.below(Math.max(1, months - 6)) : 0;
  const untilMonth = rng.chance(CALIBRATION.yearlyExit * config.years)
    ? fromMonth + 6 + rng.below(Math.max(1, months - fromMonth - 5))
    : months;
  const severity = latent === 'serious' ? 0.6 + 0.4 * rng.next() : latent === 'minor' ? 0.15 + 0.3 * rng.next() : 0;
  const possible = behavioursOf[groupCode(group)] ?? [];
  const behaviours = planted ? rng.shuffle(possible).slice(0, latent === 'serious' ? 2 : 1) : [];
  const shape = benignReason ? SHAPE[benignReason] : { intensity: 1, performers: 1 };
  const gp = group.practiceType === 'FALE';
  return {
    index,
    groupIndex,
    group,
    praksisId: String(1_000_000 + index),
    hprNr: 2_000_000 + index * 7,
    orgnr: organisationNumber(rng),
    municipality: rng.weighted(MUNICIPALITIES.map(([, s]) => s)),
    listSize: gp
      ? Math.round(Math.min(2500, rng.lognormal(800, 0.3) * (benignReason === 'big-list' ? 1.7 : 1)))
      : undefined,
    fromMonth,
    untilMonth,
    intensity: group.billsPerDay * rng.lognormal(1, CALIBRATION.volumeSigma) * shape.intensity,
    lagDays: rng.lognormal(CALIBRATION.lag.medianDays, CALIBRATION.lag.sigma),
    slow: rng.chance(CALIBRATION.slowProviders + (latent === 'serious' ? 0.08 : 0)),
    latent,
    behaviours,
    mask: behaviours.reduce((mask, behaviour) => mask | bitOf(behaviour), 0),
    benignReason,
    severity,
    startMonth: planted && rng.chance(0.4) ? rng.below(Math.max(1, months - 18)) : 0,
    ruleRate: CALIBRATION.ruleHits * rng.lognormal(1, 0.5) * (1 + 0.8 * severity),
    performers: shape.performers,
    substitute: (gp && rng.chance(CALIBRATION.substitutes)) || behaviours.includes('A6'),
    batchStamper: gp && rng.chance(CALIBRATION.batchStampers),
    ramp: entered && rng.chance(0.7),
    ring: undefined,
    account: `${1000 + rng.below(9000)}${String(rng.below(10_000_000)).padStart(7, '0')}`,
  };
}
