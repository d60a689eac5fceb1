import path from 'node:path';
import { signInAsDemoUser } from '../../platform/auth/sign-in';
import { ROOT } from '../../platform/config/env';
import { evaluationOf } from '../../platform/db/stores/runs';
import { statementsOf } from '../../platform/signing/statement-store';
import { championOf } from '../../platform/db/stores/versions';
import { RESCORE_SCHEDULE_PREFIX, trainId } from '../../domain/rules/workflow-ids';
import { slotKey, slotName } from '../../domain/rules/slots';
import { verifyLedger } from '../../platform/ledger/verify';
import { anchorsOf } from '../../platform/signing/anchors';
import { verifiedChampion } from '../../platform/db/verified-champion';
import { PREDICATE } from '../../platform/signing/statements';
import type { RequestContext } from '../../application/request-context';
import { loadExperiment } from '../../application/experiments';
import { applySchedule } from '../../application/schedules';
import { getList, listLines, listLists, type ListSummary, signOffList } from '../../application/selection';
import { decide, propose } from '../../application/promotion';
import { finishedRunOf, startRun } from '../../application/training';
import { evaluationTable } from '../cli/commands/training';
import { DEFAULT_CAPACITY, DEFAULT_SEED, DEFAULT_SHARDS, draftedList, linesTable } from '../cli/commands/lists';
import { gatesEvaluated } from '../cli/commands/promotion';
import { short, watching } from '../cli/output';
import { withAuthenticatedContext, explainError, withRuntime } from '../cli/session';
import { loadDemoRegister } from './register';
import type { Env } from '../../platform/config/env';

type Acting = RequestContext & { readonly env: Env };

const EXPERIMENT = path.join(ROOT, 'docs/examples/demo-register.yaml');
/** First of January 2025, midnight in Norway: a nominal time of the monthly schedule. */
const NOMINAL = '2024-12-31T23:00:00Z';
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Does a step as a named demo user; the token is fetched and verified like anybody's. */
async function as<T>(user: string, work: (command: Acting) => Promise<T>): Promise<T> {
  const { accessToken } = await withRuntime(({ env }) => signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, user));
  return withAuthenticatedContext(work, accessToken);
}

async function train(): Promise<{ runId: string; versionId: string }> {
  const loaded = loadExperiment(EXPERIMENT);
  return as('kari', async (command) => {
    const found = await finishedRunOf(command, loaded);
    // A version from before versions were signed is trained again, which signs it.
    const signed = found?.versionId ? await statementsOf(command.db, found.versionId, PREDICATE.version) : [];
    const known = signed.length > 0 ? found : undefined;
    const runId = known?.runId ?? (await startRun(command, loaded));
    const versionId =
      known?.versionId ??
      (await watching(command.temporal, trainId(runId), '2. Training', command.temporal.trainingResult(runId), false))
        .versionId;
    say(`2. ${known ? 'Trained already' : 'Trained'}: run ${short(runId)}, model version ${short(versionId)}`);
    say(evaluationTable(await evaluationOf(command.db, runId)));
    return { runId, versionId };
  });
}

async function promote(versionId: string, slot: string): Promise<void> {
  // What is live is what scoring would load: a champion from before decisions were signed is promoted anew.
  const live = await withRuntime(({ db, store, trust }) =>
    verifiedChampion({ db, store, trust: trust() }, slot, new Date()).catch(() => undefined),
  );
  if (live?.versionId === versionId) return say('3. It is live already.');
  const requestId = await as('kari', async (command) => {
    const asked = await propose(command, versionId, { openDays: 14, purpose: 'demo: first champion' });
    await gatesEvaluated(command, asked.requestId);
    return asked.requestId;
  });
  const decided = await as('ola', (command) =>
    decide(command, requestId, 'approved', 'The demo approves what passed its gates.'),
  );
  say(`3. Kari asked, Ola approved: request ${short(requestId)} is ${decided.verdict}`);
}

/** The schedule's run of a past nominal time, by backfill: the same workflow as on the first of a month. */
async function rescoreBySchedule(slot: string): Promise<ListSummary> {
  return as('per', async (command) => {
    const { temporal, db } = command;
    const champion = await championOf(db, slot);
    const existing = (await listLists(db)).find(
      (list) =>
        list.slot === slot &&
        list.versionId === champion?.versionId &&
        list.asOf.toISOString() === new Date(NOMINAL).toISOString(),
    );
    if (existing) return existing;
    await applySchedule(command, {
      slot,
      cron: '0 0 1 * *',
      capacity: DEFAULT_CAPACITY,
      seed: DEFAULT_SEED,
      openDays: 14,
      shards: DEFAULT_SHARDS,
    });
    const scheduleId = `${RESCORE_SCHEDULE_PREFIX}${slotName(slot)}`;
    const at = Date.parse(NOMINAL);
    await temporal.client.schedule
      .getHandle(scheduleId)
      .backfill({ start: new Date(at - 1000), end: new Date(at), overlap: 'ALLOW_ALL' });
    const workflowId = `${scheduleId}-${NOMINAL}`;
    const result = await watching(
      temporal,
      workflowId,
      '4. Scheduled rescoring',
      retryWhileUnknown(() => temporal.rescoreResult(workflowId)),
      false,
    );
    return draftedList(db, result.scoringId);
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
      await as(user, (command) => signOffList(command, list.listId, 'approved', 'The demo seals its list.'));
  }
  await withRuntime(async ({ db }) => {
    const approved = await getList(db, list.listId);
    say(`5. Selection list ${approved.listId}`);
    say(
      `   ${approved.state} by ${approved.signOffs} people, as of ${approved.asOf.toISOString()}: ${approved.capacity} of ${approved.candidates} providers. Selected does not mean suspected.`,
    );
    say(linesTable(await listLines(db, list.listId, { count: 10 })));
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
  await withRuntime(async ({ db, env, notary }) => {
    await notary.checkpoint();
    const ledger = await verifyLedger(db, anchorsOf(env));
    say(`\nModel version  ${versionId}`);
    say(
      `Ledger         ${ledger.entries} entries, ${ledger.problems.length === 0 ? 'verified' : 'DOES NOT HOLD'}, Merkle root ${ledger.root}`,
    );
    if (env.UTPLUKK_API) say(`Utplukk API    ${env.UTPLUKK_API}`);
    if (process.env['TEMPORAL_UI']) say(`Temporal       ${process.env['TEMPORAL_UI']}`);
    say(`MLflow         ${env.MLFLOW_TRACKING_URI}`);
    say(
      `\nNext: npx utplukk login --as anne && npx utplukk lineage '${short(list.listId)}#1'   ·   npx utplukk reproduce ${short(versionId)}   ·   npx utplukk --help`,
    );
    if (ledger.problems.length > 0) process.exitCode = 1;
  });
}

main().catch((error: unknown) => {
  const { text, code } = explainError(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
