import { GATE_POLICY } from '../../../domain/rules/gate-policy';
import type { GateResult } from '../../../domain/rules/promotion-gates';
import { digestOf } from '../../artifacts/hash';
import { recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';
import type { PromotionRequest } from './promotions';

export interface GateRow {
  readonly gate: string;
  readonly passed: boolean;
  readonly reason: string;
  /** The same in Norwegian bokmål. */
  readonly reasonNb: string | null;
}

/** Gate results of a request, by name of the gate; none before the gates were evaluated. */
export const gatesOf = (db: Db | Tx, requestId: string): Promise<GateRow[]> =>
  db('ml.gate_result')
    .where({ request_id: requestId })
    .select('gate', 'passed', 'reason', 'reason_nb as reasonNb')
    .orderBy('gate');

/** How many different people have waived each gate of a request. */
export async function waiversOf(db: Db | Tx, requestId: string): Promise<Map<string, number>> {
  const rows = await db('ml.gate_waiver')
    .where({ request_id: requestId })
    .groupBy('gate')
    .select<{ gate: string; n: number }[]>('gate', db.raw('count(*)::int as n'));
  return new Map(rows.map(({ gate, n }) => [gate, n]));
}

/** Records the gate results of a request once; the results of the first evaluation stand. */
export async function recordGates(
  db: Db,
  { requestId, actionId }: Pick<PromotionRequest, 'requestId' | 'actionId'>,
  { passed, results }: { passed: boolean; results: readonly GateResult[] },
  at: Date,
): Promise<void> {
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.gate_result',
      rows: results.map((result) => ({
        request_id: requestId,
        gate: result.gate,
        passed: result.passed,
        reason: result.reason,
        reason_nb: result.reasonNb,
        policy_version: GATE_POLICY.version,
      })),
      audit: actionId,
      entry: {
        event: passed ? 'gates.passed' : 'gates.failed',
        subject: { kind: 'promotion-request', id: requestId },
        after: digestOf(results),
      },
      at,
    }),
  );
}
