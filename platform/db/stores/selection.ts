import { randomUUID } from 'node:crypto';
import { type ListState, listStateOf, type SignOffVerdict } from '../../../domain/rules/lifecycle';
import { append } from '../../ledger/append';
import { auditContextOf, recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';
import { CopyWriter } from '../../postgres/copy-writer';

/** What a list was drawn with; with the scores it determines every line. */
export interface ListDraw {
  readonly scoringId: string;
  readonly capacity: number;
  readonly seed: number;
  readonly policy: string;
}

export interface DraftedList extends ListDraw {
  readonly listId: string;
  readonly expiresAt: Date;
}

interface Row {
  list_id: string;
  scoring_id: string;
  capacity: number;
  seed: number;
  policy: string;
  expires_at: Date;
}
const toList = (row: Row): DraftedList => ({
  listId: row.list_id,
  scoringId: row.scoring_id,
  capacity: row.capacity,
  seed: row.seed,
  policy: row.policy,
  expiresAt: row.expires_at,
});

/** The list of a scoring run, if it has been drafted. */
export async function listOfScoring(db: Db, scoringId: string): Promise<DraftedList | undefined> {
  const row = await db('sel.list').where({ scoring_id: scoringId }).first<Row | undefined>();
  return row && toList(row);
}

export async function draftedList(db: Db, listId: string): Promise<DraftedList | undefined> {
  const row = await db('sel.list').where({ list_id: listId }).first<Row | undefined>();
  return row && toList(row);
}

/** A candidate's line, as it is stored; amounts in øre. */
export interface ListLine {
  readonly rank: number;
  readonly entity: string;
  readonly group: string;
  readonly score: number;
  readonly probability: number;
  readonly arm: string;
  readonly selected: boolean;
  readonly inclusionProbability: number;
  readonly expectedOre?: number | undefined;
  readonly outOfDistribution?: boolean | undefined;
}

/** Records a draft list with all its lines once. The id is the hash of the list's content. */
export async function recordDraft(
  db: Db,
  list: DraftedList & { actionId: string; slot: string; asOf: Date; lines: readonly ListLine[]; at: Date },
): Promise<void> {
  const { listId } = list;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'sel.list',
      rows: [
        {
          list_id: listId,
          scoring_id: list.scoringId,
          slot: list.slot,
          as_of: list.asOf,
          capacity: list.capacity,
          seed: list.seed,
          policy: list.policy,
          drafted_at: list.at,
          expires_at: list.expiresAt,
        },
      ],
      audit: list.actionId,
      entry: async () => {
        await insertLines(tx, listId, list.lines);
        return {
          event: 'list.drafted',
          subject: { kind: 'list', id: listId },
          after: listId,
          rows: { count: list.lines.length, root: listId },
        };
      },
      at: list.at,
    }),
  );
}

const LINE_COLUMNS = [
  'list_id',
  'rank',
  'entity',
  'provider_group',
  'score',
  'probability',
  'arm',
  'selected',
  'inclusion_probability',
  'expected_ore',
  'out_of_distribution',
];

async function insertLines(tx: Tx, listId: string, lines: readonly ListLine[]): Promise<void> {
  const table = new CopyWriter('sel.line', LINE_COLUMNS);
  for (const line of lines)
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
}

/** Where a list stands, from the sign-offs that it has. */
export async function listState(db: Db | Tx, listId: string): Promise<{ state: ListState; signOffs: number }> {
  const verdicts = await db('sel.sign_off').where({ list_id: listId }).pluck<SignOffVerdict[]>('verdict');
  return { state: listStateOf(verdicts), signOffs: verdicts.filter((verdict) => verdict === 'approved').length };
}

/** Expires a draft list; a list that was signed off or refused in the last moment keeps its state. */
export async function expireDraft(db: Db, listId: string, at: Date): Promise<Exclude<ListState, 'draft'>> {
  return db.transaction(async (tx) => {
    const list = await tx('sel.list').where({ list_id: listId }).forUpdate().first<{ scoring_id: string }>();
    const { state } = await listState(tx, listId);
    if (state !== 'draft') return state;
    await tx('sel.sign_off').insert({
      sign_off_id: randomUUID(),
      list_id: listId,
      verdict: 'expired',
      signed_at: at,
    });
    const scoring = await tx('sel.scoring_run')
      .where({ scoring_id: list.scoring_id })
      .first<{ action_id: string }>('action_id');
    await append(
      tx,
      await auditContextOf(tx, scoring.action_id),
      { event: 'list.expired', subject: { kind: 'list', id: listId }, after: listId },
      at,
    );
    return 'expired';
  });
}
