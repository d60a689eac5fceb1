import { canonical, sha256 } from '../artifacts/hash';
import type { Tx } from '../postgres/connection';
import { merkleRoot } from './merkle';
import type { BulkEntry, LedgerProblem } from './verify-range';

/** Number and Merkle root of the rows of a run's evaluation, in order, each as canonical JSON. */
export async function evaluationRoot(db: Tx, runId: string): Promise<{ count: number; root: string }> {
  const rows = await db('ml.evaluation')
    .where({ run_id: runId })
    .orderBy(['family', 'slice', 'metric', 'k'])
    .select<object[]>('family', 'slice', 'metric', 'k', 'value', 'lo', 'hi', 'no_value', 'n', 'method');
  return merkleRoot(rows.map((row) => canonical(row)));
}

interface Line {
  rank: number;
  entity: string;
  provider_group: string;
  score: number;
  probability: number;
  arm: string;
  selected: boolean;
  inclusion_probability: number;
  expected_ore: number | null;
  out_of_distribution: boolean | null;
}

/** Number of lines of a list, and the digest of its content, which is the list's id. */
async function listDigest(db: Tx, listId: string): Promise<{ count: number; root: string } | undefined> {
  const list = await db('sel.list')
    .where({ list_id: listId })
    .first<{ scoring_id: string; policy: string; capacity: number; seed: number } | undefined>();
  if (!list) return undefined;
  const rows = await db('sel.line').where({ list_id: listId }).orderBy('rank').select<Line[]>('*');
  const lines = rows.map((line) => ({
    rank: line.rank,
    entity: line.entity,
    group: line.provider_group,
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

/** Compares the rows of bulk events with the count and root of their ledger entry. */
export async function verifyBulk(db: Tx, entries: readonly BulkEntry[]): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const { seq, event, subject, count, root } of entries) {
    const found = event === 'list.drafted' ? await listDigest(db, subject) : await evaluationRoot(db, subject);
    if (found && found.count === count && found.root === root) continue;
    const rows = event === 'list.drafted' ? `list ${subject} (sel.line)` : `run ${subject} (ml.evaluation)`;
    const counts = `${found?.count ?? 0} found, ${count} recorded`;
    problems.push({ seq, problem: `rows of ${rows} are not those of entry ${seq}: ${counts}` });
  }
  return problems;
}
