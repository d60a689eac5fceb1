import { canonical, sha256 } from '../artifacts/hash';
import type { Tx } from '../postgres/connection';
import { merkleRoot } from './merkle';
import type { BulkEntry, LedgerProblem } from './verify-range';

/** Rows of a run's evaluation, in order, each as canonical JSON: what the entry's Merkle root is over. */
export async function evaluationRoot(db: Tx, runId: string): Promise<{ count: number; root: string }> {
  const rows = await db('ml.evaluation')
    .where({ run_id: runId })
    .orderBy(['family', 'slice', 'metric', 'k'])
    .select<object[]>('family', 'slice', 'metric', 'k', 'value', 'lo', 'hi', 'n', 'method');
  return merkleRoot(rows.map((row) => canonical(row)));
}

interface Line {
  rank: number;
  entity: string;
  grp: string;
  score: number;
  probability: number;
  arm: string;
  selected: boolean;
  inclusion_probability: number;
  expected_ore: number | null;
  out_of_distribution: boolean | null;
}

/** A list is named by its content, so its rows can be put together again and named anew. */
async function listName(db: Tx, listId: string): Promise<{ count: number; root: string } | undefined> {
  const list = await db('sel.list')
    .where({ list_id: listId })
    .first<{ scoring_id: string; policy: string; capacity: number; seed: number } | undefined>();
  if (!list) return undefined;
  const rows = await db('sel.line').where({ list_id: listId }).orderBy('rank').select<Line[]>('*');
  const lines = rows.map((line) => ({
    rank: line.rank,
    entity: line.entity,
    group: line.grp,
    score: line.score,
    probability: line.probability,
    arm: line.arm,
    selected: line.selected,
    inclusionProbability: line.inclusion_probability,
    ...(line.expected_ore === null ? {} : { expectedOre: line.expected_ore }),
    ...(line.out_of_distribution === null ? {} : { outOfDistribution: line.out_of_distribution }),
  }));
  const { scoring_id: scoringId, policy, capacity, seed } = list;
  return { count: lines.length, root: sha256(canonical({ format: 1, scoringId, policy, capacity, seed, lines })) };
}

/** Compares rows that came many at a time with the count and root of their entry. */
export async function verifyBulk(db: Tx, entries: readonly BulkEntry[]): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const { seq, event, subject, count, root } of entries) {
    const found = event === 'list.drafted' ? await listName(db, subject) : await evaluationRoot(db, subject);
    if (!found || found.count !== count || found.root !== root)
      problems.push({
        seq,
        problem: `rows of ${event === 'list.drafted' ? `list ${subject} (sel.line)` : `run ${subject} (ml.evaluation)`} are not those of entry ${seq}: ${found?.count ?? 0} found, ${count} recorded`,
      });
  }
  return problems;
}
