import type { Instant } from '../../../domain/time/instant';
import { notFound } from '../../../domain/errors';
import { digestOf } from '../../artifacts/hash';
import { recordOnce } from '../../ledger/record';
import type { Db } from '../../postgres/connection';

/** Scores of a whole population by one model version, as of an instant. */
export interface ScoringRun {
  readonly scoringId: string;
  readonly slot: string;
  readonly versionId: string;
  readonly matrixId: string;
  readonly asOf: Date;
  readonly scoresSha256: string;
  readonly actionId: string;
}

/** @throws UtplukkError NotFound */
export async function getScoringRun(db: Db, scoringId: string): Promise<ScoringRun> {
  const row = await db('sel.scoring_run').where({ scoring_id: scoringId }).first<
    | {
        scoring_id: string;
        slot: string;
        version_id: string;
        matrix_id: string;
        as_of: Date;
        scores_sha256: string;
        action_id: string;
      }
    | undefined
  >();
  if (!row) throw notFound(`scoring run ${scoringId} is not recorded`);
  return {
    scoringId: row.scoring_id,
    slot: row.slot,
    versionId: row.version_id,
    matrixId: row.matrix_id,
    asOf: row.as_of,
    scoresSha256: row.scores_sha256,
    actionId: row.action_id,
  };
}

/** Records a scoring run once; its id is the digest of what it is about. @returns the id */
export async function recordScoringRun(
  db: Db,
  run: {
    actionId: string;
    slot: string;
    versionId: string;
    matrixId: string;
    asOf: Instant;
    scoresSha256: string;
    rows: number;
    at: Date;
  },
): Promise<string> {
  const { slot, versionId, matrixId, scoresSha256 } = run;
  const scoringId = digestOf({ slot, versionId, matrixId, scoresSha256 });
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'sel.scoring_run',
      rows: [
        {
          scoring_id: scoringId,
          slot,
          version_id: versionId,
          matrix_id: matrixId,
          as_of: run.asOf,
          scores_sha256: scoresSha256,
          rows: run.rows,
          action_id: run.actionId,
          scored_at: run.at,
        },
      ],
      audit: run.actionId,
      entry: {
        event: 'scoring-run.recorded',
        subject: { kind: 'scoring-run', id: scoringId },
        after: scoringId,
        rows: { count: run.rows, root: scoresSha256 },
      },
      at: run.at,
    }),
  );
  return scoringId;
}
