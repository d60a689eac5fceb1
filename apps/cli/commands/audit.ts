import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { invalid } from '../../../domain/errors';
import { reproduceId } from '../../../domain/rules/workflow-ids';
import { garbage } from '../../../platform/artifacts/garbage';
import { beginAct } from '../../../platform/auth/acts';
import { lineageOf } from '../../../platform/db/read-models/lineage';
import { getVersion } from '../../../platform/db/stores/versions';
import { append } from '../../../platform/ledger/ledger';
import { type LedgerVerdict, verifyLedger } from '../../../platform/ledger/verify';
import { anchorsOf } from '../../../platform/trust/anchors';
import { type Out, print, short, table, watching } from '../output';
import { acting, EXIT, reading } from '../session';

const anchorText = (anchored: LedgerVerdict['anchored']): string =>
  anchored === undefined
    ? 'Nothing outside the database confirms it: no checkpoint was found.'
    : `${anchored.size} entries are anchored by ${anchored.checkpoints} signed checkpoints, the last of ${anchored.at}; ${anchored.uncovered} not yet anchored.`;

export function auditCommands(program: Command): void {
  program
    .command('verify')
    .description('recompute the ledger from its bytes and say whether anything was changed')
    .addHelpText('after', '\nExample: utplukk verify')
    .action(async (options: Out) => {
      const verdict = await reading(({ db, env }) => verifyLedger(db, anchorsOf(env)));
      if (verdict.problems.length > 0) process.exitCode = EXIT.state;
      print(options, verdict, () =>
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
      const steps = await reading(({ db }) => lineageOf(db, id));
      print(options, steps, () =>
        table(
          ['what', 'id', 'about', 'when', 'ledger'],
          steps.map((s) => [s.kind, s.id, s.about, s.at?.slice(0, 19) ?? '', s.ledger.join(', ')]),
        ),
      );
    });

  program
    .command('reproduce')
    .description('rebuild a model version from its recipe and compare the hashes')
    .argument('<version>', 'model version, six characters or more')
    .addHelpText('after', '\nExample: utplukk reproduce 4f1c2a90')
    .action(async (id: string, options: Out) => {
      const result = await acting(async (command) => {
        const version = await getVersion(command.db, id);
        const act = await command.db.transaction(async (tx) => {
          const begun = await beginAct(tx, command.token, 'model.reproduce', `reproducing ${version.versionId}`, command.clock());
          await append(
            tx,
            begun,
            { act: 'reproduction.started', subject: { kind: 'model-version', id: version.versionId } },
            command.clock(),
          );
          return begun;
        });
        const key = randomUUID();
        const work = command.temporal.reproduce(key, {
          actId: act.actId,
          versionId: version.versionId,
          runId: version.runId,
          family: version.family,
        });
        return { versionId: version.versionId, ...(await watching(command.temporal, reproduceId(key), 'reproducing', work, options.json)) };
      });
      if (!result.same) process.exitCode = EXIT.state;
      print(options, result, () =>
        result.same
          ? `Version ${short(result.versionId)} was rebuilt to the same bytes.`
          : result.redacted
            ? `Version ${short(result.versionId)} cannot be rebuilt to the same bytes: redacted at partition ${result.redacted.join(', ')}.`
            : `Version ${short(result.versionId)} was NOT rebuilt: the first stage that differs is ${result.firstDifference}${result.sameEngine ? '' : ' (the engine differs from the one that made it)'}.`,
      );
    });

  program
    .command('gc')
    .description('stored objects that nothing names any more')
    .option('--dry-run', 'only report (the only mode there is: nothing is deleted yet)', false)
    .addHelpText('after', '\nExample: utplukk gc --dry-run')
    .action(async (options: { dryRun: boolean } & Out) => {
      if (!options.dryRun) throw invalid('gc without --dry-run would delete, and deletion is not offered', 'Run `utplukk gc --dry-run`.');
      const report = await reading(({ db, store }) => garbage(db, store));
      print(
        options,
        report,
        () =>
          `${report.objects} objects, ${(report.bytes / 1e6).toFixed(1)} MB; ${report.unreferenced} (${(report.unreferencedBytes / 1e6).toFixed(1)} MB) are named by nothing; ${report.missing.length} are named but gone${report.missing.length ? `: ${report.missing.map(short).join(', ')}` : ''}.`,
      );
    });
}
