import { createHash } from 'node:crypto';
import { exploitList } from '../../domain/rules/selection';
import type { StoredCalibrator } from '../../domain/schemas/calibration';
import { calibrated } from '../calibration/calibrator';

/** What a list is ordered by; the name of the policy is part of the list's content. */
const POLICIES = { score: 'exploit-v1', 'expected-amount': 'exploit-amount-v1' } as const;
export type Policy = (typeof POLICIES)[keyof typeof POLICIES];

/** The policy of a version's lists. @param version.ranking absent for versions that rank by score */
export const policyOf = ({ ranking }: { readonly ranking?: 'expected-amount' | undefined }): Policy =>
  POLICIES[ranking ?? 'score'];

/** Scores of one shard: parallel arrays, one element a provider. Amounts are expected upheld kroner given a finding. */
export interface ScoredShard {
  readonly entities: readonly string[];
  readonly groups: readonly string[];
  readonly scores: readonly number[];
  readonly amountNok?: readonly number[] | undefined;
  readonly outOfDistribution?: readonly boolean[] | undefined;
}

/** Scores of a whole population by one version, with the calibrator that turns a score into a probability. */
export interface Scores {
  readonly calibrator: StoredCalibrator;
  readonly rows: readonly {
    readonly entity: string;
    readonly group: string;
    readonly score: number;
    /** Upheld amount expected of a finding, in kroner; absent if the version has no amount model. */
    readonly amountNok?: number;
    /** True outside the version's training data; absent if the version does not check that. */
    readonly outOfDistribution?: boolean;
  }[];
}

/** Merges shards in the order of entities, so that neither their number nor their order shows. */
export const mergeShards = (calibrator: StoredCalibrator, shards: readonly ScoredShard[]): Scores => ({
  calibrator,
  rows: shards
    .flatMap(({ entities, groups, scores, amountNok, outOfDistribution }) =>
      entities.map((entity, i) => ({
        entity,
        group: groups[i]!,
        score: scores[i]!,
        ...(amountNok ? { amountNok: amountNok[i]! } : {}),
        ...(outOfDistribution ? { outOfDistribution: outOfDistribution[i]! } : {}),
      })),
    )
    .sort((a, b) => (a.entity < b.entity ? -1 : 1)),
});

export interface SelectionListInput {
  readonly scoringId: string;
  /** How many candidates are selected. */
  readonly capacity: number;
  /** Breaks ties. */
  readonly seed: number;
  readonly policy: Policy;
}

/**
 * A selection list: every candidate in order of rank, drawn under the policy. The hash of the canonical JSON of
 * `document` is the list's id. Expected amounts are in øre: probability times amount.
 */
export function selectionList(scores: Scores, { scoringId, capacity, seed, policy }: SelectionListInput) {
  const candidates = scores.rows.map(({ entity, group, score: raw, amountNok, outOfDistribution }) => {
    const probability = calibrated(scores.calibrator, raw);
    const expectedOre = amountNok === undefined ? undefined : Math.round(probability * amountNok * 100);
    const score = policy === 'exploit-amount-v1' ? probability * amountNok! : raw;
    const tieKey = createHash('sha256').update(`${seed}\u0000${entity}`).digest('hex');
    return { entity, group, raw, probability, expectedOre, outOfDistribution, score, tieKey };
  });
  const lines = exploitList(candidates, capacity).map(({ row, rank, arm, selected, inclusionProbability }) => ({
    rank,
    entity: row.entity,
    group: row.group,
    score: row.raw,
    probability: row.probability,
    arm,
    selected,
    inclusionProbability,
    ...(row.expectedOre === undefined ? {} : { expectedOre: row.expectedOre }),
    ...(row.outOfDistribution === undefined ? {} : { outOfDistribution: row.outOfDistribution }),
  }));
  return { lines, document: { format: 1, scoringId, policy, capacity, seed, lines } as const };
}
