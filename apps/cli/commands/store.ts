import type { Command } from 'commander';
import { findDamaged } from '../../../application/integrity-check';
import { findGarbage } from '../../../application/garbage-collection';
import { invalid } from '../../../domain/errors';
import { listDeviations } from '../../../platform/mlflow/reconcile';
import { type Out, print, short, table } from '../output';
import { EXIT, withReadContext } from '../session';

function check(store: Command): void {
  store
    .command('check')
    .description('read every stored object and compare its bytes with its name')
    .addHelpText('after', '\nExample: utplukk store check')
    .action(async (options: Out) => {
      const found = await withReadContext('verifyLedger', (context) => findDamaged(context.db, context.store));
      if (found.problems.length > 0) process.exitCode = EXIT.state;
      print(options, found, () =>
        found.problems.length === 0
          ? `All ${found.objects} stored objects hold what their names say.`
          : table(
              ['object', 'what it is of', 'problem'],
              found.problems.map((p) => [short(p.sha), p.of, p.problem]),
            ),
      );
    });
}

function unreferenced(store: Command): void {
  store
    .command('unreferenced')
    .description('stored objects that nothing names any more')
    .option('--dry-run', 'only report (the only mode there is: nothing is deleted yet)', false)
    .addHelpText('after', '\nExample: utplukk store unreferenced --dry-run')
    .action(async (options: { dryRun: boolean } & Out) => {
      if (!options.dryRun)
        throw invalid(
          'store unreferenced without --dry-run would delete, and deletion is not offered',
          'Run `utplukk store unreferenced --dry-run`.',
        );
      const report = await withReadContext('listSnapshots', ({ db, store }) => findGarbage(db, store));
      print(
        options,
        report,
        () =>
          `${report.objects} objects, ${(report.bytes / 1e6).toFixed(1)} MB; ${report.unreferenced} ` +
          `(${(report.unreferencedBytes / 1e6).toFixed(1)} MB) are named by nothing; ${report.missing.length} ` +
          `are named but gone${report.missing.length ? `: ${report.missing.map(short).join(', ')}` : ''}.`,
      );
    });
}

function differences(mlflow: Command): void {
  mlflow
    .command('differences')
    .description('what somebody changed in MLflow by hand; each was mirrored again')
    .addHelpText('after', '\nExample: utplukk mlflow differences')
    .action(async (options: Out) => {
      const rows = await withReadContext('listDeviations', ({ db }) => listDeviations(db));
      print(options, rows, () =>
        rows.length === 0
          ? 'MLflow holds what was mirrored to it.'
          : table(
              ['found', 'of', 'what', 'expected', 'there was'],
              rows.map((row) => [
                row.foundAt.toISOString().slice(0, 19),
                `${row.kind} ${short(row.subjectId)}`,
                row.what,
                short(row.expected),
                short(row.found),
              ]),
            ),
      );
    });
}

/** Stored objects, and what MLflow holds against what was mirrored to it. */
export function storeCommands(program: Command): void {
  const store = program.command('store').description('stored objects');
  for (const add of [check, unreferenced]) add(store);
  const mlflow = program.command('mlflow').description('the mirror of runs and versions in MLflow');
  for (const add of [differences]) add(mlflow);
}
