import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { invalid } from '../../../domain/errors';
import { reproduceId } from '../../../domain/rules/workflow-ids';
import { damaged } from '../../../application/integrity-check';
import { garbage } from '../../../application/garbage-collection';
import { lineageOf } from '../../../platform/db/read-models/lineage';
import { listDeviations } from '../../../platform/mlflow/reconcile';
import { type LedgerVerdict, verifyLedger } from '../../../platform/ledger/verify';
import { getList } from '../../../application/selection';
import { readLine } from '../../../application/access-logged-reads';
import { startReproduction } from '../../../application/reproduction';
import { anchorsOf } from '../../../platform/signing/anchors';
import { type Out, print, short, table, watching } from '../output';
import { withAuthenticatedContext, EXIT, withReadContext } from '../session';

const anchorText = (anchored: LedgerVerdict['anchored']): string =>
  anchored === undefined
    ? 'Nothing outside the database confirms it: no checkpoint was found.'
    : `${anchored.size} entries are anchored by ${anchored.checkpoints} signed checkpoints, the last of ${anchored.at}; ${anchored.uncovered} not yet anchored.`;

export function auditCommands(program: Command): void {
  program
    .command('verify')
    .description('recompute the ledger from its bytes and say whether anything was changed')
    .option('--artifacts', 'read every stored object too, and compare it with its name', false)
    .addHelpText('after', '\nExamples: utplukk verify\n          utplukk verify --artifacts')
    .action(async (options: { artifacts: boolean } & Out) => {
      if (options.artifacts) {
        const found = await withReadContext('verifyLedger', ({ db, store }) => damaged(db, store));
        if (found.problems.length > 0) process.exitCode = EXIT.state;
        return print(options, found, () =>
          found.problems.length === 0
            ? `All ${found.objects} stored objects hold what their names say.`
            : table(
                ['object', 'what it is of', 'problem'],
                found.problems.map((p) => [short(p.sha), p.of, p.problem]),
              ),
        );
      }
      const verdict = await withReadContext('verifyLedger', ({ db, env }) => verifyLedger(db, anchorsOf(env)));
      if (verdict.problems.length > 0) process.exitCode = EXIT.state;
      return print(options, verdict, () =>
        verdict.problems.length === 0
          ? `The ledger holds: ${verdict.entries} entries, Merkle root ${verdict.root}\n${anchorText(verdict.anchored)}`
          : `THE LEDGER DOES NOT HOLD\n${table(
              ['entry', 'problem'],
              verdict.problems.map((p) => [p.seq, p.problem]),
            )}`,
      );
    });

  program
    .command('lineage')
    .description('the way back from a list line, list, version, run or matrix to the snapshot')
    .argument('<id>', 'six characters or more; a line is <list>#<rank>')
    .addHelpText('after', '\nExample: utplukk lineage 9c01aa77#1')
    .action(async (id: string, options: Out) => {
      const [, listId, rank] = /^(.+)#(\d+)$/.exec(id) ?? [];
      // Who stands where on a list is for those who may read it, and the look is on record.
      const steps = listId
        ? await withReadContext('listLines', async (context) => {
            await readLine(context, (await getList(context.db, listId)).listId, Number(rank));
            return lineageOf(context.db, id);
          })
        : await withReadContext('getLineage', ({ db }) => lineageOf(db, id));
      print(options, steps, () =>
        table(
          ['what', 'id', 'about', 'when', 'ledger'],
          steps.map((s) => [s.kind, s.id, s.about, s.at?.slice(0, 19) ?? '', s.ledger.join(', ')]),
        ),
      );
    });

  program
    .command('reproduce')
    .description(
      'make a snapshot, matrix, version, evaluation (run), scoring run or list again from its pins, and compare the hashes',
    )
    .argument('<id>', 'six characters or more')
    .addHelpText('after', '\nExample: utplukk reproduce 4f1c2a90')
    .action(async (id: string, options: Out) => {
      const result = await withAuthenticatedContext(async (context) => {
        const key = randomUUID();
        const node = await startReproduction(context, key, id);
        const work = context.temporal.reproductionResult(key);
        return { ...node, ...(await watching(context.temporal, reproduceId(key), 'reproducing', work, options.json)) };
      });
      if (!result.same) process.exitCode = EXIT.state;
      print(
        options,
        result,
        () =>
          `${table(
            ['stage', 'id', 'same', 'engine', ''],
            result.stages.map((s) => [
              s.stage,
              short(s.id),
              s.same ? 'yes' : 'NO',
              s.sameEngine === false ? 'another' : '',
              s.detail,
            ]),
          )}\n${result.same ? `${result.kind} ${short(result.id)} was made again to the same bytes.` : `${result.kind} ${short(result.id)} was NOT made again: the first stage that differs is ${result.firstDifference}.`}`,
      );
    });

  program
    .command('deviations')
    .description('what somebody changed in MLflow by hand; each was mirrored again')
    .addHelpText('after', '\nExample: utplukk deviations')
    .action(async (options: Out) => {
      const rows = await withReadContext('listDeviations', ({ db }) => listDeviations(db));
      print(options, rows, () =>
        rows.length === 0
          ? 'MLflow says what it was told.'
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

  program
    .command('gc')
    .description('stored objects that nothing names any more')
    .option('--dry-run', 'only report (the only mode there is: nothing is deleted yet)', false)
    .addHelpText('after', '\nExample: utplukk gc --dry-run')
    .action(async (options: { dryRun: boolean } & Out) => {
      if (!options.dryRun)
        throw invalid('gc without --dry-run would delete, and deletion is not offered', 'Run `utplukk gc --dry-run`.');
      const report = await withReadContext('listSnapshots', ({ db, store }) => garbage(db, store));
      print(
        options,
        report,
        () =>
          `${report.objects} objects, ${(report.bytes / 1e6).toFixed(1)} MB; ${report.unreferenced} (${(report.unreferencedBytes / 1e6).toFixed(1)} MB) are named by nothing; ${report.missing.length} are named but gone${report.missing.length ? `: ${report.missing.map(short).join(', ')}` : ''}.`,
      );
    });
}
