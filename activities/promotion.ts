import { randomUUID } from 'node:crypto';
import { conflict, notAllowed, notFound } from '../domain/errors';
import { fourEyesProblem } from '../domain/rules/four-eyes';
import type { Verdict } from '../domain/rules/lifecycle';
import { GATE_POLICY, isHard } from '../domain/rules/gate-policy';
import { type GateInput, judge } from '../domain/rules/promotion-gates';
import type { Estimate, EvaluationDocument } from '../domain/schemas/evaluation';
import { canonical, digestOf } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import type { Tx } from '../platform/postgres/connection';
import { getRequest, type PromotionRequest } from '../platform/db/stores/promotions';
import { statementById } from '../platform/signing/statement-store';
import { revisedRows, revisionsOf } from '../platform/db/stores/label-revisions';
import { leakageReportOf } from '../platform/db/stores/leakage';
import { evaluationOf, overall, getRun } from '../platform/db/stores/runs';
import {
  championOf,
  getVersion,
  type ModelVersion,
  toMirror,
  type VersionBundle,
} from '../platform/db/stores/versions';
import { append } from '../platform/ledger/append';
import { verifyDecision } from '../platform/signing/statements';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

type PromotionActivities = Pick<
  LifecycleActivities,
  'evaluateGates' | 'refuseByGates' | 'applyDecision' | 'expireRequest'
>;

export function promotionActivities(deps: ActivityDependencies): PromotionActivities {
  const { db } = deps;
  return {
    /** Twice: the stored verdict of the first time stands. */
    async evaluateGates({ requestId }) {
      const request = await getRequest(db, requestId);
      const verdict = judge(await gateInput(deps, request));
      await db.transaction(async (tx) => {
        let written = 0;
        for (const { gate, passed, reason, reasonNb } of verdict.results) {
          const inserted = await tx.raw<{ rowCount: number }>(
            'insert into ml.gate_result (request_id, gate, passed, reason, reason_nb, policy_version) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
            [requestId, gate, passed, reason, reasonNb, GATE_POLICY.version],
          );
          written += inserted.rowCount;
        }
        if (written === 0) return;
        await append(
          tx,
          await auditContextOf(tx, request.actionId),
          {
            event: verdict.passed ? 'gates.passed' : 'gates.failed',
            subject: { kind: 'promotion-request', id: requestId },
            after: digestOf(verdict.results),
          },
          deps.clock(),
        );
      });
      const failed = await db('ml.gate_result').where({ request_id: requestId, passed: false }).pluck<string[]>('gate');
      const openForMs = request.expiresAt.getTime() - deps.clock().getTime();
      return { passed: failed.length === 0, waivable: failed.length > 0 && !failed.some(isHard), openForMs };
    },

    async refuseByGates({ requestId }) {
      const request = await getRequest(db, requestId);
      await db.transaction(async (tx) => {
        const inserted = await insertDecision(tx, {
          requestId,
          verdict: 'refused',
          actionId: request.actionId,
          at: deps.clock(),
        });
        if (inserted)
          await append(
            tx,
            await auditContextOf(tx, request.actionId),
            {
              event: 'promotion.refused-by-gates',
              subject: { kind: 'promotion-request', id: requestId },
              after: request.versionId,
            },
            deps.clock(),
          );
      });
      return { verdict: 'refused' };
    },

    /** Checks the evidence itself, whatever the caller was told, and makes an approved version champion. */
    async applyDecision({ requestId, decisionId }) {
      const row = await db('ml.decision')
        .where({ decision_id: decisionId })
        .first<
          { request_id: string; verdict: Verdict; action_id: string | null; statement_id: string | null } | undefined
        >();
      if (!row) throw notFound(`decision ${decisionId} is not recorded`);
      if (row.request_id !== requestId)
        throw conflict(`decision ${decisionId} belongs to request ${row.request_id}, not to ${requestId}`);
      if (row.verdict === 'approved')
        await promoteChampion(deps, requestId, { decisionId, actionId: row.action_id!, statementId: row.statement_id });
      return { verdict: row.verdict };
    },

    /** A decision that came in the last moment stands; else the request expires, which is a decision too. */
    async expireRequest({ requestId }) {
      const request = await getRequest(db, requestId);
      const verdict = await db.transaction(async (tx) => {
        const inserted = await insertDecision(tx, { requestId, verdict: 'expired', actionId: null, at: deps.clock() });
        if (inserted)
          await append(
            tx,
            await auditContextOf(tx, request.actionId),
            {
              event: 'promotion.expired',
              subject: { kind: 'promotion-request', id: requestId },
              after: request.versionId,
            },
            deps.clock(),
          );
        return (await getRequest(tx, requestId)).state as Verdict;
      });
      const decided = await getRequest(db, requestId);
      if (verdict === 'approved') {
        const decisionId = decided.decisionId!;
        const row = await db('ml.decision')
          .where({ decision_id: decisionId })
          .first<{ action_id: string; statement_id: string | null }>();
        await promoteChampion(deps, requestId, { decisionId, actionId: row.action_id, statementId: row.statement_id });
      }
      return { verdict };
    },
  };
}

async function insertDecision(
  tx: Tx,
  decision: { requestId: string; verdict: Verdict; actionId: string | null; at: Date },
): Promise<boolean> {
  const result = await tx.raw<{ rowCount: number }>(
    'insert into ml.decision (decision_id, request_id, verdict, action_id, decided_at) values (?, ?, ?, ?, ?) on conflict on constraint decision_once do nothing',
    [randomUUID(), decision.requestId, decision.verdict, decision.actionId, decision.at],
  );
  return result.rowCount === 1;
}

interface ApprovedDecision {
  readonly decisionId: string;
  readonly actionId: string;
  readonly statementId: string | null;
}

/** The evidence first: what the notary signed, both people's tokens, that they differ. No row alone makes a champion. */
async function checkSigned(
  { db, trust }: ActivityDependencies,
  requestId: string,
  statementId: string | null,
): Promise<void> {
  const request = await getRequest(db, requestId);
  const envelope = statementId === null ? undefined : await statementById(db, statementId);
  if (!envelope) throw notAllowed(`no signed statement stands behind the approval of request ${requestId}`);
  const signed = await verifyDecision(envelope, trust(), {
    versionId: request.versionId,
    slot: request.slot,
    requestId,
  });
  if (signed.verdict !== 'approved') throw notAllowed(`what was signed about request ${requestId} is a refusal`);
}

/** Twice: the champion row of this decision exists, and nothing happens. */
async function promoteChampion(
  deps: ActivityDependencies,
  requestId: string,
  { decisionId, actionId, statementId }: ApprovedDecision,
): Promise<void> {
  await checkSigned(deps, requestId, statementId);
  await deps.db.transaction(async (tx) => {
    const request = await getRequest(tx, requestId);
    const decider = await auditContextOf(tx, actionId);
    const parties = { requester: request.requester, trainer: request.trainer, decider: decider.principalId };
    const problem = fourEyesProblem('promotion.approve', parties);
    if (problem) throw notAllowed(problem);
    await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`champion ${request.slot}`]);
    const done = await tx('ml.champion').where({ decision_id: decisionId }).first<object | undefined>();
    if (done) return;
    const before = await championOf(tx, request.slot);
    await tx('ml.champion').insert({
      slot: request.slot,
      seq: (before?.seq ?? 0) + 1,
      version_id: request.versionId,
      decision_id: decisionId,
      action_id: actionId,
      live_from: deps.clock(),
    });
    await toMirror(tx, 'champion', request.slot);
    await append(
      tx,
      decider,
      {
        event: 'champion.promoted',
        subject: { kind: 'slot', id: request.slot },
        before: before?.versionId,
        after: request.versionId,
      },
      deps.clock(),
    );
  });
}

async function gateInput({ db, store }: ActivityDependencies, request: PromotionRequest): Promise<GateInput> {
  const version = await getVersion(db, request.versionId);
  const own = await averagePrecision(db, version);
  const run = await getRun(db, version.runId);
  const rows = overall(await evaluationOf(db, version.runId));
  const baselines = rows.filter((row) => row.family !== version.family && row.metric === 'average-precision');
  const { card } = store.getJson<VersionBundle>(version.versionId);
  const document = card && store.getJson<EvaluationDocument>(card.evaluation);
  const fairness = document?.fairness.filter(({ family }) => family === version.family) ?? [];
  const longest = Math.max(0, ...fairness.map(({ k }) => k));
  const folds = await db('ml.fold_result')
    .where({ run_id: version.runId, family: version.family })
    .select<{ result: { testRows: number; testPositives: number } }[]>('result');
  const champion = await championOf(db, request.slot);
  const [revision] = await revisionsOf(db, version.matrixId);
  return {
    usesNuisance: !version.selectable,
    leakage: await leakageReportOf(db, version.runId),
    testRows: folds.reduce((sum, fold) => sum + fold.result.testRows, 0),
    testPositives: folds.reduce((sum, fold) => sum + fold.result.testPositives, 0),
    averagePrecision: own,
    baselines: Object.fromEntries(baselines.map((row) => [row.family, row])),
    paired:
      document?.paired.filter(({ family, metric }) => family === version.family && metric === 'average-precision') ??
      [],
    reliability: document?.reliability.find(({ family }) => family === version.family),
    fairness: fairness.filter(({ k }) => k === longest),
    periods: (await evaluationOf(db, version.runId))
      .filter(
        (row) => row.family === version.family && row.metric === 'average-precision' && row.slice.startsWith('period:'),
      )
      .map((row) => ({ ...row, period: row.slice.slice('period:'.length) })),
    undocumented: card ? emptyParts(store.get(card.markdown).toString()) : ['model card'],
    revisedLabels: revision && { changed: revisedRows(revision), rows: revision.rows },
    champion:
      champion && champion.versionId !== version.versionId
        ? await championEstimate(db, champion.versionId, version, canonical(run.input.experiment.split))
        : undefined,
  };
}

/** Headings of a card in Markdown that nothing stands under. */
function emptyParts(markdown: string): string[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => {
      const [title = '', ...rest] = part.split('\n');
      return rest.join('').trim() === '' ? [title] : [];
    });
}

/** The champion's figure, only where it was judged on the same rows: equal matrix and equal split. */
async function championEstimate(
  db: ActivityDependencies['db'],
  championId: string,
  challenger: ModelVersion,
  split: string,
): Promise<Estimate | undefined> {
  const champion = await getVersion(db, championId);
  if (champion.matrixId !== challenger.matrixId) return undefined;
  const run = await getRun(db, champion.runId);
  return canonical(run.input.experiment.split) === split ? averagePrecision(db, champion) : undefined;
}

async function averagePrecision(db: ActivityDependencies['db'], version: ModelVersion): Promise<Estimate> {
  const found = overall(await evaluationOf(db, version.runId)).find(
    (row) => row.family === version.family && row.metric === 'average-precision',
  );
  if (!found) throw notFound(`model version ${version.versionId} has no evaluation`);
  return found;
}
