import type { EvaluationRow } from '../../../domain/schemas/evaluation';
import type { Command } from 'commander';
import { z } from 'zod';
import { conflict } from '../../../domain/errors';
import { trainId } from '../../../domain/rules/workflow-ids';
import { experimentSchema } from '../../../domain/schemas/experiment';
import { evaluationOf, getRun, listRuns, overall } from '../../../platform/db/stores/runs';
import { gatesOf, getRequest, listRequests } from '../../../platform/db/stores/promotions';
import { revisedRows, revisionsOf } from '../../../platform/db/stores/label-revisions';
import { trialsOf } from '../../../platform/db/stores/trials';
import { championOf, getVersion, listVersions } from '../../../platform/db/stores/versions';
import { loadExperiment } from '../../../application/experiments';
import { cancelRun, startRun } from '../../../application/training';
import { interval, type Out, print, short, table, watching } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';

/** Families and baselines beside each other, each figure with its interval. */
export function evaluationTable(all: readonly EvaluationRow[]): string {
  const rows = overall(all);
  const families = [...new Set(rows.map((row) => row.family))];
  const columns = [...new Map(rows.map((row) => [`${row.metric}@${row.k}`, row])).values()].filter((row) =>
    ['average-precision', 'precision', 'recall', 'lift', 'recall-in-first-half'].includes(row.metric),
  );
  const wanted = columns
    .filter((row) => row.metric !== 'lift' && row.metric !== 'recall')
    .concat(columns.filter((row) => row.metric === 'lift'));
  const cell = (family: string, column: EvaluationRow) => {
    const found = rows.find((row) => row.family === family && row.metric === column.metric && row.k === column.k);
    return found ? interval(found) : '';
  };
  const head = ['', ...wanted.map((row) => `${row.metric}${row.k ? ` @${row.k}` : ''}`)];
  return `${table(
    head,
    families.map((family) => [family, ...wanted.map((column) => cell(family, column))]),
  )}\nn ${rows[0]?.n ?? 0}; ${rows[0]?.method ?? ''}`;
}

export function trainingCommands(program: Command): void {
  program
    .command('train')
    .description('train and judge models as an experiment file says; needs the role data-scientist')
    .argument('[experiment]', 'experiment file (YAML)')
    .option('--table <file>', 'prepared table to use instead of source.file')
    .option('--schema', "print the experiment's JSON Schema for editors and stop", false)
    .option('--no-wait', 'start and return at once')
    .addHelpText('after', '\nExample: utplukk train docs/examples/chicago/experiment.yaml --table ~/inspections.csv.gz')
    .action(async (file: string | undefined, options: { table?: string; schema: boolean; wait: boolean } & Out) => {
      if (options.schema) {
        process.stdout.write(`${JSON.stringify(z.toJSONSchema(experimentSchema, { io: 'input' }), null, 2)}\n`);
        return;
      }
      const loaded = loadExperiment(file ?? '', options.table === undefined ? {} : { table: options.table });
      await withAuthenticatedContext(async (context) => {
        const runId = await startRun(context, loaded);
        if (!options.wait) return print(options, { runId }, () => `Run ${runId} started.`);
        const result = await watching(
          context.temporal,
          trainId(runId),
          `run ${short(runId)}`,
          context.temporal.trainingResult(runId),
          options.json,
        );
        const rows = await evaluationOf(context.db, runId);
        print(
          options,
          { runId, ...result, evaluation: rows },
          () =>
            `${evaluationTable(rows)}\nRun ${runId} made model version ${result.versionId}.\nNext: utplukk propose ${short(result.versionId)}`,
        );
      });
    });

  program
    .command('runs')
    .description('training runs, latest first')
    .addHelpText('after', '\nExample: utplukk runs --json')
    .action(async (options: Out) => {
      const runs = await withReadContext('listTrainingRuns', ({ db }) => listRuns(db));
      print(
        options,
        runs.map(({ input, ...run }) => ({ ...run, experiment: input.experiment.name })),
        () =>
          table(
            ['run', 'experiment', 'state', 'started', 'version', 'problem'],
            runs.map((r) => [
              short(r.runId),
              r.input.experiment.name,
              r.state,
              r.startedAt.toISOString().slice(0, 19),
              short(r.versionId),
              r.problem ?? '',
            ]),
          ),
      );
    });

  program
    .command('show')
    .description('a run, version or promotion request; or all: versions, requests')
    .argument('<what>', 'id (six characters or more), "versions" or "requests"')
    .addHelpText('after', '\nExample: utplukk show versions')
    .action(async (what: string, options: Out) => {
      await withReadContext('getModelVersion', async ({ db }) => {
        if (what === 'versions') {
          const versions = await listVersions(db);
          return print(options, versions, () =>
            table(
              ['version', 'family', 'slot', 'run', 'registered', 'promotable'],
              versions.map((v) => [
                short(v.versionId),
                v.family,
                v.slot,
                short(v.runId),
                v.registeredAt.toISOString().slice(0, 19),
                v.selectable,
              ]),
            ),
          );
        }
        if (what === 'requests') {
          const requests = await listRequests(db);
          return print(options, requests, () =>
            table(
              ['request', 'version', 'slot', 'state', 'expires'],
              requests.map((r) => [
                short(r.requestId),
                short(r.versionId),
                r.slot,
                r.state,
                r.expiresAt.toISOString().slice(0, 19),
              ]),
            ),
          );
        }
        return showOne(db, what, options);
      });
    });

  program
    .command('compare')
    .description('two runs beside each other; only runs judged on equal splits compare')
    .argument('<run>')
    .argument('<other>')
    .addHelpText('after', '\nExample: utplukk compare 3f2a91bc 77d0e1aa')
    .action(async (a: string, b: string, options: Out) => {
      await withReadContext('getEvaluation', async ({ db }) => {
        const runs = await Promise.all([a, b].map(async (id) => getRun(db, await fullRunId(db, id))));
        const key = (run: (typeof runs)[number]) => JSON.stringify([run.matrixId, run.input.experiment.split]);
        if (key(runs[0]!) !== key(runs[1]!))
          throw conflict(
            'the two runs were judged on different rows (matrix or split differ): their figures do not compare',
            'Train both on the same source and split.',
          );
        const rows = await Promise.all(
          runs.map(async (run) =>
            (await evaluationOf(db, run.runId)).map((row) => ({
              ...row,
              family: `${short(run.runId).slice(0, 8)} ${row.family}`,
            })),
          ),
        );
        print(options, rows.flat(), () => evaluationTable(rows.flat()));
      });
    });

  program
    .command('trials')
    .description('settings that the search of a run tried, the best of each family first')
    .argument('<run>')
    .addHelpText('after', '\nExample: utplukk trials 3f2a91bc')
    .action(async (id: string, options: Out) => {
      await withReadContext('getTrainingRun', async ({ db }) => {
        const run = await getRun(db, await fullRunId(db, id));
        const trials = await trialsOf(db, run.runId);
        if (trials.length === 0)
          throw conflict(
            `run ${short(run.runId)} searched no settings`,
            'Add `tuning: { trials: 20 }` to the experiment and train again.',
          );
        const changed = ({ settings, family }: (typeof trials)[number]) => {
          const given: Record<string, unknown> = {
            ...run.input.experiment.families.find((own) => own.family === family),
          };
          return Object.entries(settings)
            .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(given[name]))
            .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
            .join(', ');
        };
        print(options, trials, () =>
          table(
            ['family', 'trial', 'log loss', 'average precision', 'rows', 'findings', 'other than given'],
            trials.map((t) => [
              t.family,
              t.trial,
              t.validationLoss.toFixed(4),
              t.averagePrecision.toFixed(3),
              t.result.rows,
              t.result.findings,
              changed(t) || 'as given',
            ]),
          ),
        );
      });
    });

  program
    .command('cancel')
    .description('stop a training run')
    .argument('<run>')
    .addHelpText('after', '\nExample: utplukk cancel 3f2a91bc')
    .action(async (id: string, options: Out) => {
      await withAuthenticatedContext(async (context) => {
        const runId = await fullRunId(context.db, id);
        await cancelRun(context, runId);
        print(options, { runId }, () => `Run ${runId} is being cancelled.`);
      });
    });
}

export async function fullRunId(db: Parameters<typeof getRun>[0], id: string): Promise<string> {
  const rows = /^[0-9a-f-]{6,36}$/.test(id)
    ? await db('ml.training_run')
        .whereRaw('run_id::text like ?', [`${id}%`])
        .limit(2)
        .select<{ run_id: string }[]>('run_id')
    : [];
  return rows.length === 1 ? rows[0]!.run_id : id.length === 36 ? id : '00000000-0000-0000-0000-000000000000';
}

async function showOne(db: Parameters<typeof getVersion>[0], id: string, options: Out): Promise<void> {
  const runId = await fullRunId(db, id);
  const run = await getRun(db, runId).catch(() => undefined);
  if (run) {
    const rows = await evaluationOf(db, runId);
    return print(
      options,
      { run, evaluation: rows },
      () =>
        `Run ${run.runId}: ${run.state}${run.problem ? ` (${run.problem})` : ''}, matrix ${short(run.matrixId)}, version ${short(run.versionId)}\n${rows.length ? evaluationTable(rows) : ''}`,
    );
  }
  const request = await getRequest(db, id).catch(() => undefined);
  if (request) {
    const gates = await gatesOf(db, request.requestId);
    return print(
      options,
      { request, gates },
      () =>
        `Request ${request.requestId} for version ${short(request.versionId)}: ${request.state}, open until ${request.expiresAt.toISOString()}\n${table(
          ['gate', 'passed', 'reason'],
          gates.map((g) => [g.gate, g.passed ? 'yes' : 'NO', g.reason]),
        )}`,
    );
  }
  const version = await getVersion(db, id);
  const champion = await championOf(db, version.slot);
  const rows = await evaluationOf(db, version.runId);
  const revisions = await revisionsOf(db, version.matrixId);
  const revised =
    revisions[0] && revisedRows(revisions[0]) > 0
      ? `\nLabels changed since it was trained: ${revisedRows(revisions[0])} of ${revisions[0].rows} became others (label set ${short(revisions[0].revisedBy)}). Train it again.`
      : '';
  print(
    options,
    { version, live: champion?.versionId === version.versionId, evaluation: rows, revisions },
    () =>
      `Model version ${version.versionId}\n${version.family} for ${version.slot}, ${champion?.versionId === version.versionId ? 'LIVE' : 'not live'}, run ${short(version.runId)}, matrix ${short(version.matrixId)}${revised}\n${evaluationTable(rows)}`,
  );
}
