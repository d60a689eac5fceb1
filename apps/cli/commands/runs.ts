import type { Command } from 'commander';
import { z } from 'zod';
import { loadExperiment } from '../../../application/experiments';
import { cancelRun, startRun } from '../../../application/training';
import { conflict, invalid, notFound } from '../../../domain/errors';
import { trainId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { experimentSchema } from '../../../domain/schemas/experiment';
import { getMatrix } from '../../../platform/db/stores/matrices';
import { getRun, listRuns } from '../../../platform/db/stores/runs';
import { evaluationOf } from '../../../platform/db/stores/evaluation';
import { trialsOf } from '../../../platform/db/stores/tuning';
import { refusalText } from '../../../platform/matrices/table-matrix';
import type { Db } from '../../../platform/postgres/connection';
import { evaluationTable } from '../evaluation-table';
import { evaluationText } from '../evaluation-text';
import { type Out, print, short, table, watching } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';

/** What of a run's prepared table was used and why the rest was not; undefined where all of it was. */
const usedRows = async (db: Db, matrixId: string | null | undefined): Promise<string | undefined> =>
  matrixId ? refusalText((await getMatrix(db, matrixId)).meta) : undefined;

function start(run: Command): void {
  run
    .command('start')
    .description('train and evaluate models as an experiment file says (role data-scientist)')
    .argument('[experiment]', 'experiment file (YAML)')
    .option('--table <file>', 'prepared table to use instead of source.file')
    .option('--schema', "print the experiment's JSON Schema for editors and stop", false)
    .option('--no-wait', 'start and return at once')
    .addHelpText(
      'after',
      '\nExample: utplukk run start docs/examples/chicago/experiment.yaml --table ~/inspections.csv.gz',
    )
    .action(async (file: string | undefined, options: { table?: string; schema: boolean; wait: boolean } & Out) => {
      if (options.schema) {
        process.stdout.write(`${JSON.stringify(z.toJSONSchema(experimentSchema, { io: 'input' }), null, 2)}\n`);
        return;
      }
      if (file === undefined)
        throw invalid(
          'run start needs an experiment file, such as docs/examples/demo-register.yaml',
          '`utplukk run start --schema` prints its schema.',
        );
      const loaded = loadExperiment(file, options.table === undefined ? {} : { table: options.table });
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
        const used = await usedRows(context.db, (await getRun(context.db, runId)).matrixId);
        print(
          options,
          { runId, ...result, evaluation: rows, ...(used === undefined ? {} : { rowsUsed: used }) },
          () =>
            `${used === undefined ? '' : `${used}\n`}${evaluationTable(rows)}\n` +
            `Run ${runId} made model version ${result.versionId}.\nNext: utplukk ` +
            `promotion request ${short(result.versionId)}`,
        );
      });
    });
}

function listAll(run: Command): void {
  run
    .command('list')
    .description('training runs, latest first')
    .addHelpText('after', '\nExample: utplukk run list --json')
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
}

function show(run: Command): void {
  run
    .command('show')
    .description('one training run and its figures')
    .argument('<run>', 'run, six characters or more')
    .addHelpText('after', '\nExample: utplukk run show 3f2a91bc')
    .action(async (id: string, options: Out) => {
      await withReadContext('getTrainingRun', async ({ db }) => {
        const run = await getRun(db, id);
        const rows = await evaluationOf(db, run.runId);
        const used = await usedRows(db, run.matrixId);
        print(
          options,
          { run, evaluation: rows, ...(used === undefined ? {} : { rowsUsed: used }) },
          () =>
            `Run ${run.runId}: ${run.state}${run.problem ? ` (${run.problem})` : ''}, matrix ` +
            `${short(run.matrixId)}, version ` +
            `${short(run.versionId)}\n${used === undefined ? '' : `${used}\n`}` +
            `${rows.length ? evaluationTable(rows) : ''}`,
        );
      });
    });
}

function compare(run: Command): void {
  run
    .command('compare')
    .description('compare two runs; both must be evaluated on the same splits')
    .argument('<run>', 'run, six characters or more')
    .argument('<other>', 'the run to compare it with, six characters or more')
    .addHelpText('after', '\nExample: utplukk run compare 3f2a91bc 77d0e1aa')
    .action(async (a: string, b: string, options: Out) => {
      await withReadContext('getEvaluation', async ({ db }) => {
        const runs = await Promise.all([a, b].map(async (id) => getRun(db, id)));
        const key = (run: (typeof runs)[number]) => JSON.stringify([run.matrixId, run.input.experiment.split]);
        if (key(runs[0]!) !== key(runs[1]!))
          throw conflict(
            'the two runs were evaluated on different rows (matrix or split differ), so their figures do not compare',
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
}

function trials(run: Command): void {
  run
    .command('trials')
    .description("trials of a run's hyperparameter search, the best of each family first")
    .argument('<run>', 'run, six characters or more')
    .addHelpText('after', '\nExample: utplukk run trials 3f2a91bc')
    .action(async (id: string, options: Out) => {
      await withReadContext('getTrainingRun', async ({ db }) => {
        const run = await getRun(db, id);
        const trials = await trialsOf(db, run.runId);
        if (trials.length === 0)
          throw conflict(
            `run ${short(run.runId)} has no hyperparameter search`,
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
            ['family', 'trial', 'log loss', 'average precision', 'rows', 'findings', 'changed settings'],
            trials.map((t) => [
              t.family,
              t.trial,
              t.validationLoss.toFixed(4),
              t.averagePrecision.toFixed(3),
              t.result.rows,
              t.result.findings,
              changed(t) || 'as in the experiment',
            ]),
          ),
        );
      });
    });
}

function cancel(run: Command): void {
  run
    .command('cancel')
    .description('stop a training run')
    .argument('<run>', 'run, six characters or more')
    .addHelpText('after', '\nExample: utplukk run cancel 3f2a91bc')
    .action(async (id: string, options: Out) => {
      await withAuthenticatedContext(async (context) => {
        const runId = id;
        await cancelRun(context, runId);
        print(options, { runId }, () => `Run ${runId} is being cancelled.`);
      });
    });
}

function evaluation(run: Command): void {
  run
    .command('evaluation')
    .description('evaluation of a run: by provider group and period, along the list, pairwise, calibration, fairness')
    .argument('<run>', 'run, six characters or more')
    .addHelpText('after', '\nExample: utplukk run evaluation 3f2a91bc --json > evaluation.json')
    .action(async (id: string, options: Out) => {
      await withReadContext('getEvaluation', async ({ db, store }) => {
        const runId = id;
        const row = await db('ml.training_run')
          .where({ run_id: runId })
          .first<{ evaluation_sha256: string | null } | undefined>();
        if (!row) throw notFound(`there is no training run ${id}`, 'List them with `utplukk run list`.');
        if (!row.evaluation_sha256)
          throw conflict(`run ${runId} has not been evaluated`, 'It failed, was stopped, or still runs.');
        const document = store.getJson<EvaluationDocument>(row.evaluation_sha256);
        print(options, document, () => evaluationText(document));
      });
    });
}

/** Training runs. */
export function runCommands(program: Command): void {
  const run = program.command('run').description('training runs');
  for (const add of [start, listAll, show, compare, trials, evaluation, cancel]) add(run);
}
