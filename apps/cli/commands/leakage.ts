import fs from 'node:fs';
import type { Command } from 'commander';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { notFound } from '../../../domain/errors';
import { foldsOf } from '../../../domain/rules/time-splits';
import type { LeakCertificate } from '../../../models/leakage/leakage-check';
import { spawnJob } from '../../../compute/spawn-job';
import { usableColumns } from '../../../domain/rules/feature-selection';
import { ArtifactStore } from '../../../platform/artifacts/store';
import { beginAct } from '../../../platform/auth/audit-context';
import { giveReason, leaksOf } from '../../../platform/db/stores/leakage';
import { getRun } from '../../../platform/db/stores/runs';
import { loadExperiment } from '../../../application/experiments';
import { makeTableMatrix, pinTable } from '../../../platform/matrices/table-matrix';
import { type Out, print, short, table } from '../output';
import { acting, reading } from '../session';

function show(certificate: LeakCertificate): string {
  const words = { clean: 'no leak found', 'needs-reason': 'looks too good: a reason is needed', refused: 'refused' }[
    certificate.verdict
  ];
  const findings = certificate.findings.map((f) => [f.check, f.severity, f.column ?? '', f.detail]);
  const head = `Leak check: ${words}. ${certificate.tests} tests (${certificate.checks.length} kinds) over ${certificate.rows} rows and ${certificate.columns} columns.`;
  return findings.length === 0 ? head : `${head}\n${table(['check', 'severity', 'column', 'found'], findings)}`;
}

/** Checks a prepared table before any run, without a server. */
async function checkTable(experimentFile: string, tableFile: string | undefined): Promise<LeakCertificate> {
  const { experiment, table: source } = loadExperiment(
    experimentFile,
    tableFile === undefined ? {} : { table: tableFile },
  );
  if (!source)
    throw notFound(
      `${experimentFile} has the register as its source`,
      'Training checks it; `utplukk leak-check <run>` shows the certificate.',
    );
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'utplukk-leaks-'));
  try {
    const store = new ArtifactStore(dir);
    const { made, meta } = await makeTableMatrix(store, {
      fileSha256: await pinTable(store, source.file),
      fileName: source.file,
      mapping: source.mapping,
    });
    const matrix = { file: store.existing(made.fileSha256), meta, use: usableColumns(meta, experiment) };
    const nuisanceAllowed = experiment.features.nuisance === 'include';
    const { result } = await spawnJob<'leaks'>({
      kind: 'leaks',
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

export function leakCommands(program: Command): void {
  program
    .command('leak-check')
    .description("show a run's leak certificate, or check an experiment's prepared table before training")
    .argument('<run-or-experiment>', 'run id (six characters or more), or an experiment file')
    .option('--table <file>', 'prepared table to use instead of source.file')
    .addHelpText(
      'after',
      '\nExample: utplukk leak-check docs/examples/chicago/experiment.yaml --table ~/inspections.csv.gz',
    )
    .action(async (what: string, options: { table?: string } & Out) => {
      if (/\.ya?ml$/.test(what)) {
        const certificate = await checkTable(what, options.table);
        print(options, certificate, () => show(certificate));
        if (certificate.verdict === 'refused') process.exitCode = 2;
        return;
      }
      await reading('getTrainingRun', async ({ db }) => {
        const run = await getRun(db, what);
        const record = await leaksOf(db, run.runId);
        if (!record) throw notFound(`run ${short(run.runId)} has no leak certificate yet`);
        const given = record.reasons > 0 ? `\n${record.reasons} people have given a reason.` : '';
        print(
          options,
          { ...(record.document as object), reasons: record.reasons },
          () => show(record.document as LeakCertificate) + given,
        );
      });
    });

  program
    .command('leak-reason')
    .description('say why what the leak check suspects is right; two different people are needed')
    .argument('<run>', 'run id, six characters or more')
    .requiredOption('--reason <words>', 'why the figure can be believed')
    .addHelpText(
      'after',
      '\nExample: utplukk leak-reason 3f1c2a --reason "the column is the list size of the year before"',
    )
    .action(async (id: string, options: { reason: string } & Out) => {
      await acting(async ({ db, token, clock }) => {
        const { runId } = await getRun(db, id);
        const at = clock();
        const reasons = await db.transaction(async (tx) =>
          giveReason(
            tx,
            await beginAct(tx, token, 'leak.reason', `explaining run ${runId}`, at),
            runId,
            options.reason,
            at,
          ),
        );
        print(options, { runId, reasons }, () => `Run ${short(runId)}: ${reasons} of 2 people have given a reason.`);
      });
    });
}
