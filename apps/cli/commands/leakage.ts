import fs from 'node:fs';
import type { Command } from 'commander';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { notFound } from '../../../domain/errors';
import { foldsOf } from '../../../domain/rules/time-splits';
import type { LeakageReport } from '../../../models/leakage/leakage-check';
import { spawnJob } from '../../../compute/spawn-job';
import { usableColumns } from '../../../domain/rules/feature-selection';
import { ArtifactStore } from '../../../platform/artifacts/store';
import { startAuditedAction } from '../../../platform/auth/audit-context';
import { giveReason, leakageReportOf } from '../../../platform/db/stores/leakage';
import { getRun } from '../../../platform/db/stores/runs';
import { loadExperiment } from '../../../application/experiments';
import { makeTableMatrix, storeTable } from '../../../platform/matrices/table-matrix';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';

function show(certificate: LeakageReport): string {
  const words = {
    clean: 'no target leakage found',
    'needs-reason': 'looks too good: a reason is needed',
    refused: 'refused',
  }[certificate.verdict];
  const findings = certificate.findings.map((f) => [f.check, f.severity, f.column ?? '', f.detail]);
  const head = `Leak check: ${words}. ${certificate.tests} tests (${certificate.checks.length} kinds) over ${certificate.rows} rows and ${certificate.columns} columns.`;
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
      'Training checks it; `utplukk leakage-check <run>` shows the certificate.',
    );
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'utplukk-leaks-'));
  try {
    const store = new ArtifactStore(dir);
    const { made, meta } = await makeTableMatrix(store, {
      fileSha256: await storeTable(store, source.file),
      fileName: source.file,
      mapping: source.mapping,
    });
    const matrix = { file: store.existing(made.fileSha256), meta, use: usableColumns(meta, experiment) };
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

export function leakageCommands(program: Command): void {
  program
    .command('leakage-check')
    .description("show a run's leakage report, or check an experiment's prepared table before training")
    .argument('<run-or-experiment>', 'run id (six characters or more), or an experiment file')
    .option('--table <file>', 'prepared table to use instead of source.file')
    .addHelpText(
      'after',
      '\nExample: utplukk leakage-check docs/examples/chicago/experiment.yaml --table ~/inspections.csv.gz',
    )
    .action(async (what: string, options: { table?: string } & Out) => {
      if (/\.ya?ml$/.test(what)) {
        const certificate = await checkTable(what, options.table);
        print(options, certificate, () => show(certificate));
        if (certificate.verdict === 'refused') process.exitCode = 2;
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

  program
    .command('leakage-reason')
    .description('say why what the target-leakage check suspects is right; two different people are needed')
    .argument('<run>', 'run id, six characters or more')
    .requiredOption('--reason <words>', 'why the figure can be believed')
    .addHelpText(
      'after',
      '\nExample: utplukk leakage-reason 3f1c2a --reason "the column is the list size of the year before"',
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
