import { createHash, randomUUID } from 'node:crypto';
import { notFound } from '../domain/errors';
import { type ListState, SEALS_NEEDED } from '../domain/rules/lifecycle';
import { exploitList } from '../domain/rules/ranking';
import type { StoredCalibrator } from '../domain/schemas/calibration';
import { calibrated } from '../models/calibration/calibrator';
import { canonical } from '../platform/artifacts/hash';
import { actOf } from '../platform/auth/acts';
import type { Tx } from '../platform/db/connection';
import { append } from '../platform/ledger/ledger';
import { CopyInto } from '../platform/loading/copy-into';
import type { LifecycleActivities } from './contracts';
import type { Deps } from './deps';

type SelectionActivities = Pick<LifecycleActivities, 'draftList' | 'countSeals' | 'expireList'>;

const POLICY = 'exploit-v1';
const DAY_MS = 86_400_000;

export interface Scores {
  readonly calibrator: StoredCalibrator;
  readonly rows: readonly { readonly entity: string; readonly group: string; readonly score: number }[];
}

/** A list as its name is the hash of: every candidate in order of rank, drawn under the policy. */
export function listDocument(scores: Scores, { scoringId, capacity, seed }: { scoringId: string; capacity: number; seed: number }) {
  const ranked = exploitList(
    scores.rows.map((row) => ({ ...row, tieKey: createHash('sha256').update(`${seed}\u0000${row.entity}`).digest('hex') })),
    capacity,
  );
  const lines = ranked.map((line) => ({
    rank: line.rank,
    entity: line.row.entity,
    group: line.row.group,
    score: line.row.score,
    probability: calibrated(scores.calibrator, line.row.score),
    arm: line.arm,
    selected: line.selected,
    inclusionProbability: line.inclusionProbability,
  }));
  return { lines, text: canonical({ format: 1, scoringId, policy: POLICY, capacity, seed, lines }) };
}

export async function listState(db: Deps['db'] | Tx, listId: string): Promise<{ state: ListState; seals: number }> {
  const rows = await db('sel.seal').where({ list_id: listId }).select<{ verdict: 'sealed' | 'refused' | 'expired' }[]>('verdict');
  const seals = rows.filter((row) => row.verdict === 'sealed').length;
  const closed = rows.find((row) => row.verdict !== 'sealed');
  return { state: closed ? closed.verdict : seals >= SEALS_NEEDED ? 'sealed' : 'draft', seals };
}

export function selectionActivities(deps: Deps): SelectionActivities {
  const { db, store } = deps;
  return {
    /** Twice: the scoring run has its list already. */
    async draftList({ actId, scoringId, capacity, seed, openDays }) {
      const scoring = await db('sel.scoring_run')
        .where({ scoring_id: scoringId })
        .first<{ scores_sha256: string; slot: string; as_of: Date } | undefined>();
      if (!scoring) throw notFound(`scoring run ${scoringId} is not recorded`);
      const known = await db('sel.list').where({ scoring_id: scoringId }).first<{ list_id: string; expires_at: Date } | undefined>();
      if (known) return { listId: known.list_id, openForMs: known.expires_at.getTime() - deps.clock().getTime() };
      const scores = store.getJson<Scores>(scoring.scores_sha256);
      const { text, lines: content } = listDocument(scores, { scoringId, capacity, seed });
      const listId = store.put(text);
      const at = deps.clock();
      const expiresAt = new Date(at.getTime() + openDays * DAY_MS);
      await db.transaction(async (tx) => {
        const inserted = await tx.raw<{ rowCount: number }>(
          'insert into sel.list (list_id, scoring_id, slot, as_of, capacity, seed, policy, drafted_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
          [listId, scoringId, scoring.slot, scoring.as_of, capacity, seed, POLICY, at, expiresAt],
        );
        if (inserted.rowCount === 0) return;
        const table = new CopyInto('sel.line', [
          'list_id',
          'rank',
          'entity',
          'grp',
          'score',
          'probability',
          'arm',
          'selected',
          'inclusion_probability',
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
          ]);
        await table.flush(tx);
        await append(
          tx,
          await actOf(tx, actId),
          { act: 'list.drafted', subject: { kind: 'list', id: listId }, after: listId, rows: { count: content.length, root: listId } },
          at,
        );
      });
      return { listId, openForMs: expiresAt.getTime() - deps.clock().getTime() };
    },

    countSeals: ({ listId }) => listState(db, listId),

    async expireList({ listId }) {
      const state = await db.transaction(async (tx) => {
        const list = await tx('sel.list').where({ list_id: listId }).forUpdate().first<{ scoring_id: string }>();
        const before = await listState(tx, listId);
        if (before.state !== 'draft') return before.state;
        const at = deps.clock();
        await tx('sel.seal').insert({ seal_id: randomUUID(), list_id: listId, verdict: 'expired', sealed_at: at });
        const scoring = await tx('sel.scoring_run').where({ scoring_id: list.scoring_id }).first<{ act_id: string }>();
        await append(
          tx,
          await actOf(tx, scoring.act_id),
          { act: 'list.expired', subject: { kind: 'list', id: listId }, after: listId },
          at,
        );
        return 'expired' as const;
      });
      return { state };
    },
  };
}
