import path from 'node:path';
import { signInAsDemoUser } from '../../platform/auth/sign-in';
import { ROOT } from '../../platform/config/env';
import { evaluationOf } from '../../platform/db/stores/evaluation';
import { championOf } from '../../platform/db/stores/champions';
import { RESCORE_SCHEDULE_PREFIX, trainId } from '../../domain/rules/workflow-ids';
import { slotKey, slotName } from '../../domain/rules/slots';
import { verifyLedger } from '../../platform/ledger/verify';
import { anchorsOf } from '../../platform/signing/anchors';
import { verifiedChampion } from '../../platform/db/verified-champion';
import type { RequestContext } from '../../application/request-context';
import { loadExperiment } from '../../application/experiments';
import { applySchedules } from '../../application/schedules';
import { getList, listLines, listLists, type ListSummary, signOffList } from '../../application/selection';
import { decide, requestPromotion } from '../../application/promotion';
import { finishedRunOf, startRun } from '../../application/training';
import { DEFAULT_CAPACITY, DEFAULT_SEED, DEFAULT_SHARDS } from '../cli/defaults';
import { evaluationTable } from '../cli/evaluation-table';
import { linesTable } from '../cli/lines-table';
import { draftedList, gatesEvaluated } from '../cli/wait-for';
import { short, watching } from '../cli/output';
import { withAuthenticatedContext, explainError, withRuntime } from '../cli/session';
import { loadDemoRegister } from './register';
import type { Env } from '../../platform/config/env';

type DemoContext = RequestContext & { readonly env: Env };

const EXPERIMENT = path.join(ROOT, 'docs/examples/demo-register.yaml');
/** First of January 2025, midnight in Norway: a time of the monthly schedule. */
const SCHEDULED_TIME = '2024-12-31T23:00:00Z';
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Does a step as a named demo user, with a token that is fetched and verified like any other. */
async function as<T>(user: string, work: (context: DemoContext) => Promise<T>): Promise<T> {
  const { accessToken } = await withRuntime(({ env }) => signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, user));
  return withAuthenticatedContext(work, accessToken);
}

async function train(): Promise<{ runId: string; versionId: string }> {
  const loaded = loadExperiment(EXPERIMENT);
  return as('kari', async (context) => {
    const { db, temporal } = context;
    const known = await finishedRunOf(context, loaded);
    const runId = known?.runId ?? (await startRun(context, loaded));
    const versionId =
      known?.versionId ??
      (await watching(temporal, trainId(runId), '2. Training', temporal.trainingResult(runId), false)).versionId;
    say(`2. ${known ? 'Trained already' : 'Trained'}: run ${short(runId)}, model version ${short(versionId)}`);
    say(evaluationTable(await evaluationOf(db, runId)));
    return { runId, versionId };
  });
}

async function promote(versionId: string, slot: string): Promise<void> {
  // Live is what scoring would load: the champion whose signed decision is valid.
  const live = await withRuntime(({ db, store, trust }) =>
    verifiedChampion({ db, store, trust: trust() }, slot, new Date()).catch(() => undefined),
  );
  if (live?.versionId === versionId) return say('3. The model version is live already.');
  const requestId = await as('kari', async (context) => {
    const request = await requestPromotion(context, versionId, { openDays: 14, purpose: 'demo: first champion' });
    await gatesEvaluated(context, request.requestId);
    return request.requestId;
  });
  const decided = await as('ola', (context) =>
    decide(context, requestId, 'approved', 'The demo approves a version that passed its gates.'),
  );
  say(`3. Kari requested promotion, Ola approved it: request ${short(requestId)} is ${decided.verdict}`);
}

/** Runs the schedule for a time in the past (backfill): the same workflow as on the first of each month. */
async function rescoreBySchedule(slot: string): Promise<ListSummary> {
  return as('per', async (context) => {
    const { temporal, db } = context;
    const champion = await championOf(db, slot);
    const existing = (await listLists(db)).find(
      (list) =>
        list.slot === slot &&
        list.versionId === champion?.versionId &&
        list.asOf.toISOString() === new Date(SCHEDULED_TIME).toISOString(),
    );
    if (existing) return existing;
    const settings = { capacity: DEFAULT_CAPACITY, seed: DEFAULT_SEED, openDays: 14, shards: DEFAULT_SHARDS };
    await applySchedules(context, { rescore: [{ slot, cron: '0 0 1 * *', ...settings }] });
    const scheduleId = `${RESCORE_SCHEDULE_PREFIX}${slotName(slot)}`;
    await temporal.backfill(scheduleId, new Date(SCHEDULED_TIME));
    const workflowId = `${scheduleId}-${SCHEDULED_TIME}`;
    const scored = retryWhileUnknown(() => temporal.rescoreResult(workflowId));
    const { scoringId } = await watching(temporal, workflowId, '4. Scheduled rescoring', scored, false);
    return draftedList(db, scoringId);
  });
}

const START_WAIT_MS = 20_000;

/** A backfill is accepted before its workflow exists. */
async function retryWhileUnknown<T>(result: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + START_WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    try {
      return await result();
    } catch (error) {
      if ((error as Error).name !== 'WorkflowNotFoundError' || Date.now() > end) throw error;
    }
  }
}

async function signOff(list: ListSummary): Promise<void> {
  if (list.state === 'draft') {
    for (const user of ['per', 'siri'].slice(list.signOffs))
      await as(user, (context) => signOffList(context, list.listId, 'approved', 'The demo signs its list off.'));
  }
  await withRuntime(async ({ db }) => {
    const { listId, state, signOffs, asOf, capacity, candidates } = await getList(db, list.listId);
    say(`5. Selection list ${listId}`);
    say(`   ${state} by ${signOffs} people, as of ${asOf.toISOString()}: ${capacity} of ${candidates} providers.`);
    say('   Selected does not mean suspected.');
    say(linesTable(await listLines(db, list.listId, { count: 10 })));
  });
}

/** Verifies the ledger and prints where to go on. */
async function summarize(versionId: string, listId: string): Promise<void> {
  await withRuntime(async ({ db, env, notary }) => {
    await notary.checkpoint();
    const { entries, problems, root } = await verifyLedger(db, anchorsOf(env));
    say(`\nModel version  ${versionId}`);
    say(`Ledger         ${entries} entries, ${problems.length === 0 ? 'verified' : 'NOT VALID'}, Merkle root ${root}`);
    if (env.UTPLUKK_API) say(`Utplukk API    ${env.UTPLUKK_API}`);
    if (process.env['TEMPORAL_UI']) say(`Temporal       ${process.env['TEMPORAL_UI']}`);
    say(`MLflow         ${env.MLFLOW_TRACKING_URI}`);
    say('\nNext:');
    say(`  npx utplukk login --as anne && npx utplukk lineage show '${short(listId)}#1'`);
    say(`  npx utplukk reproduce ${short(versionId)}`);
    say('  npx utplukk --help');
    if (problems.length > 0) process.exitCode = 1;
  });
}

async function main(): Promise<void> {
  const { experiment } = loadExperiment(EXPERIMENT);
  const slot = slotKey(experiment.slot);
  await loadDemoRegister(say);
  const { versionId } = await train();
  await promote(versionId, slot);
  const list = await rescoreBySchedule(slot);
  await signOff(list);
  await summarize(versionId, list.listId);
}

main().catch((error: unknown) => {
  const { text, code } = explainError(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
