import type { Command } from 'commander';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadExperiment } from '../../../application/experiments';
import { spawnJob } from '../../../compute/spawn-job';
import { notFound } from '../../../domain/errors';
import { usableColumns } from '../../../domain/rules/feature-selection';
import { foldsOf } from '../../../domain/rules/training-splits';
import type { LeakageReport } from '../../../models/leakage/leakage-check';
import { ArtifactStore } from '../../../platform/artifacts/store';
import { startAuditedAction } from '../../../platform/auth/audit-context';
import { giveReason, leakageReportOf } from '../../../platform/db/stores/leakage';
import { getRun } from '../../../platform/db/stores/runs';
import { readTableMatrix, storeTable } from '../../../platform/matrices/table-matrix';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';

function show(report: LeakageReport): string {
  const verdict = {
    clean: 'no target leakage found',
    'needs-reason': 'looks too good: a reason is needed',
    refused: 'refused',
  }[report.verdict];
  const findings = report.findings.map((f) => [f.check, f.severity, f.column ?? '', f.detail]);
  const head =
    `Target-leakage check: ${verdict}. ${report.tests} tests (${report.checks.length} kinds) over ${report.rows} ` +
    `rows and ${report.columns} columns.`;
  return findings.length === 0 ? head : `${head}\n${table(['check', 'severity', 'column', 'found'], findings)}`;
}

/** Checks a prepared table before any run, without a server. */
async function checkTable(experimentFile: string, tableFile: string | undefined): Promise<LeakageReport> {
  const { experiment, table: source } = loadExperiment(
    experimentFile,
    tableFile === undefined ? {} : { table: tableFile },
  );
  if (!source)
    throw notFound(
      `${experimentFile} has the register as its source`,
      'Training checks it; `utplukk leakage check <run>` shows the report.',
    );
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'utplukk-leakage-'));
  try {
    const store = new ArtifactStore(dir);
    const { written, meta } = await readTableMatrix(store, {
      fileSha256: await storeTable(store, source.file),
      fileName: source.file,
      mapping: source.mapping,
    });
    const matrix = { file: store.existing(written.fileSha256), meta, use: usableColumns(meta, experiment) };
    const nuisanceAllowed = experiment.features.nuisance === 'include';
    const { result } = await spawnJob<'leakage'>({
      kind: 'leakage',
      matrix,
      folds: foldsOf(experiment.split),
      knownUntil: undefined,
      nuisanceAllowed,
      further: [],
      storeRoot: dir,
    });
    return result;
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

function check(leakage: Command): void {
  leakage
    .command('check')
    .description("show a run's leakage report, or check an experiment's prepared table before training")
    .argument('<run-or-experiment>', 'run id (six characters or more), or an experiment file')
    .option('--table <file>', 'prepared table to use instead of source.file')
    .addHelpText(
      'after',
      '\nExample: utplukk leakage check docs/examples/chicago/experiment.yaml --table ~/inspections.csv.gz',
    )
    .action(async (what: string, options: { table?: string } & Out) => {
      if (/\.ya?ml$/.test(what)) {
        const report = await checkTable(what, options.table);
        print(options, report, () => show(report));
        if (report.verdict === 'refused') process.exitCode = 2;
        return;
      }
      await withReadContext('getTrainingRun', async ({ db }) => {
        const run = await getRun(db, what);
        const record = await leakageReportOf(db, run.runId);
        if (!record) throw notFound(`run ${short(run.runId)} has no leakage report yet`);
        const given = record.reasons > 0 ? `\n${record.reasons} people have given a reason.` : '';
        print(
          options,
          { ...(record.document as object), reasons: record.reasons },
          () => show(record.document as LeakageReport) + given,
        );
      });
    });
}

function explain(leakage: Command): void {
  leakage
    .command('explain')
    .description('explain why a suspected column is not leakage; two different people are needed')
    .argument('<run>', 'run id, six characters or more')
    .requiredOption('--reason <words>', 'why the figure can be believed')
    .addHelpText(
      'after',
      '\nExample: utplukk leakage explain 3f1c2a --reason "the column is the list size of the year before"',
    )
    .action(async (id: string, options: { reason: string } & Out) => {
      await withAuthenticatedContext(async ({ db, token, clock }) => {
        const { runId } = await getRun(db, id);
        const at = clock();
        const reasons = await db.transaction(async (tx) =>
          giveReason(
            tx,
            await startAuditedAction(tx, token, 'leakage.reason', `explaining run ${runId}`, at),
            runId,
            options.reason,
            at,
          ),
        );
        print(options, { runId, reasons }, () => `Run ${short(runId)}: ${reasons} of 2 people have given a reason.`);
      });
    });
}

/** The target-leakage check. */
export function leakageCommands(program: Command): void {
  const leakage = program.command('leakage').description('the target-leakage check');
  for (const add of [check, explain]) add(leakage);
}
