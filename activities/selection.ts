import { createHash, randomUUID } from 'node:crypto';
import { notFound } from '../domain/errors';
import { type ListState, SIGN_OFFS_NEEDED } from '../domain/rules/lifecycle';
import { exploitList } from '../domain/rules/selection';
import type { StoredCalibrator } from '../domain/schemas/calibration';
import { calibrated } from '../models/calibration/calibrator';
import { canonical } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import type { Tx } from '../platform/postgres/connection';
import { append } from '../platform/ledger/append';
import { CopyWriter } from '../platform/postgres/copy-writer';
import type { VersionBundle } from '../platform/db/stores/versions';
import type { ShardScores } from '../compute/jobs';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

type SelectionActivities = Pick<LifecycleActivities, 'draftList' | 'countSignOffs' | 'expireList'>;

/** What the policy of a list orders by; its name is part of the list's content. */
const POLICIES = { score: 'exploit-v1', 'expected-amount': 'exploit-amount-v1' } as const;
export type Policy = (typeof POLICIES)[keyof typeof POLICIES];
export const policyOf = ({ ranking }: Pick<VersionBundle, 'ranking'>): Policy => POLICIES[ranking ?? 'score'];
const DAY_MS = 86_400_000;

/**
 * Scores of everybody; `kroner` is what a finding is expected to be worth, `unlike` whether the provider is unlike all that
 * training saw; of versions that can say.
 */
export interface Scores {
  readonly calibrator: StoredCalibrator;
  readonly rows: readonly {
    readonly entity: string;
    readonly group: string;
    readonly score: number;
    readonly amountNok?: number;
    readonly outOfDistribution?: boolean;
  }[];
}

/** Shards put together in the order of entities, so that neither their number nor their order tells. */
export const scoresOf = (calibrator: StoredCalibrator, parts: readonly ShardScores[]): Scores => ({
  calibrator,
  rows: parts
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

/** A list as its name is the hash of: every candidate in order of rank, drawn under the policy. */
export function listDocument(
  scores: Scores,
  { scoringId, capacity, seed, policy }: { scoringId: string; capacity: number; seed: number; policy: Policy },
) {
  const candidates = scores.rows.map(({ entity, group, score: raw, amountNok, outOfDistribution }) => {
    const probability = calibrated(scores.calibrator, raw);
    const expectedOre = amountNok === undefined ? undefined : Math.round(probability * amountNok * 100);
    const score = policy === 'exploit-amount-v1' ? probability * amountNok! : raw;
    const tieKey = createHash('sha256').update(`${seed}\u0000${entity}`).digest('hex');
    return { entity, group, raw, probability, expectedOre, outOfDistribution, score, tieKey };
  });
  const ranked = exploitList(candidates, capacity);
  const lines = ranked.map((line) => ({
    rank: line.rank,
    entity: line.row.entity,
    group: line.row.group,
    score: line.row.raw,
    probability: line.row.probability,
    arm: line.arm,
    selected: line.selected,
    inclusionProbability: line.inclusionProbability,
    ...(line.row.expectedOre === undefined ? {} : { expectedOre: line.row.expectedOre }),
    ...(line.row.outOfDistribution === undefined ? {} : { outOfDistribution: line.row.outOfDistribution }),
  }));
  return { lines, text: canonical({ format: 1, scoringId, policy, capacity, seed, lines }) };
}

export async function listState(
  db: ActivityDependencies['db'] | Tx,
  listId: string,
): Promise<{ state: ListState; signOffs: number }> {
  const rows = await db('sel.sign_off')
    .where({ list_id: listId })
    .select<{ verdict: 'approved' | 'refused' | 'expired' }[]>('verdict');
  const signOffs = rows.filter((row) => row.verdict === 'approved').length;
  const closed = rows.find((row) => row.verdict !== 'approved');
  return { state: closed ? closed.verdict : signOffs >= SIGN_OFFS_NEEDED ? 'approved' : 'draft', signOffs };
}

export function selectionActivities(deps: ActivityDependencies): SelectionActivities {
  const { db, store } = deps;
  return {
    /** Twice: the scoring run has its list already. */
    async draftList({ actionId, scoringId, capacity, seed, openDays }) {
      const scoring = await db('sel.scoring_run')
        .where({ scoring_id: scoringId })
        .first<{ scores_sha256: string; slot: string; as_of: Date; version_id: string } | undefined>();
      if (!scoring) throw notFound(`scoring run ${scoringId} is not recorded`);
      const known = await db('sel.list')
        .where({ scoring_id: scoringId })
        .first<{ list_id: string; expires_at: Date } | undefined>();
      if (known) return { listId: known.list_id, openForMs: known.expires_at.getTime() - deps.clock().getTime() };
      const scores = store.getJson<Scores>(scoring.scores_sha256);
      const policy = policyOf(store.getJson<VersionBundle>(scoring.version_id));
      const { text, lines: content } = listDocument(scores, { scoringId, capacity, seed, policy });
      const listId = store.put(text);
      const at = deps.clock();
      const expiresAt = new Date(at.getTime() + openDays * DAY_MS);
      await db.transaction(async (tx) => {
        const inserted = await tx.raw<{ rowCount: number }>(
          'insert into sel.list (list_id, scoring_id, slot, as_of, capacity, seed, policy, drafted_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
          [listId, scoringId, scoring.slot, scoring.as_of, capacity, seed, policy, at, expiresAt],
        );
        if (inserted.rowCount === 0) return;
        const table = new CopyWriter('sel.line', [
          'list_id',
          'rank',
          'entity',
          'grp',
          'score',
          'probability',
          'arm',
          'selected',
          'inclusion_probability',
          'expected_ore',
          'out_of_distribution',
        ]);
        for (const line of content)
          table.add([
            listId,
            line.rank,
            line.entity,
            line.group,
            line.score,
            line.probability,
            line.arm,
            line.selected,
            line.inclusionProbability,
            line.expectedOre ?? null,
            line.outOfDistribution ?? null,
          ]);
        await table.flush(tx);
        await append(
          tx,
          await auditContextOf(tx, actionId),
          {
            event: 'list.drafted',
            subject: { kind: 'list', id: listId },
            after: listId,
            rows: { count: content.length, root: listId },
          },
          at,
        );
      });
      return { listId, openForMs: expiresAt.getTime() - deps.clock().getTime() };
    },

    countSignOffs: ({ listId }) => listState(db, listId),

    async expireList({ listId }) {
      const state = await db.transaction(async (tx) => {
        const list = await tx('sel.list').where({ list_id: listId }).forUpdate().first<{ scoring_id: string }>();
        const before = await listState(tx, listId);
        if (before.state !== 'draft') return before.state;
        const at = deps.clock();
        await tx('sel.sign_off').insert({
          sign_off_id: randomUUID(),
          list_id: listId,
          verdict: 'expired',
          sealed_at: at,
        });
        const scoring = await tx('sel.scoring_run')
          .where({ scoring_id: list.scoring_id })
          .first<{ action_id: string }>();
        await append(
          tx,
          await auditContextOf(tx, scoring.action_id),
          { event: 'list.expired', subject: { kind: 'list', id: listId }, after: listId },
          at,
        );
        return 'expired' as const;
      });
      return { state };
    },
  };
}
