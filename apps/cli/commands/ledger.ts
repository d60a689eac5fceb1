import type { Command } from 'commander';
import { recordAccess } from '../../../application/access-log';
import { hiddenEvents } from '../../../domain/rules/permissions';
import { ledgerEntries, type LedgerQuery } from '../../../platform/db/read-models/ledger-entries';
import { exportLedger } from '../../../platform/ledger/export';
import { type LedgerVerdict, verifyLedger } from '../../../platform/ledger/verify';
import { anchorsOf } from '../../../platform/signing/anchors';
import { copyVerifier, requireAnchors } from '../evidence-files';
import { MOST, wholeNumber } from '../numbers';
import { type Out, print, short, table } from '../output';
import { EXIT, withReadContext } from '../session';

const anchorText = (anchored: LedgerVerdict['anchored']): string =>
  anchored === undefined
    ? 'Nothing outside the database confirms it: no checkpoint was found.'
    : `${anchored.size} entries are anchored by ${anchored.checkpoints} signed checkpoints, the last of ` +
      `${anchored.at}; ${anchored.uncovered} not yet anchored.`;

function entries(ledger: Command): void {
  ledger
    .command('list')
    .description('entries of the ledger, newest first: who did what to what, and why')
    .option('--subject <id>', 'beginning of the id of a version, run, request, list, snapshot …')
    .option('--event <name>', 'beginning of the event, such as promotion or list')
    .option('--by <user>', 'who acted')
    .option('--before <entry>', 'older than this entry', wholeNumber('--before', 1, Number.MAX_SAFE_INTEGER))
    .option('--limit <n>', 'how many', wholeNumber('--limit', 1, MOST.rows), 30)
    .addHelpText('after', '\nExample: utplukk ledger list --event promotion --by ola')
    .action(async (options: LedgerQuery & Out) => {
      const entries = await withReadContext('listLedgerEntries', ({ db, token }) =>
        ledgerEntries(db, { ...options, without: hiddenEvents(token.roles) }),
      );
      print(options, entries, () =>
        table(
          ['entry', 'when', 'who', 'as', 'did', 'to', 'why'],
          entries.map((e) => [
            e.seq,
            e.at.toISOString().slice(0, 19),
            e.by,
            e.role,
            e.event,
            `${e.subject.kind} ${short(e.subject.id)}`,
            e.reason ?? e.purpose,
          ]),
        ),
      );
    });
}

function verify(ledger: Command): void {
  ledger
    .command('verify')
    .description('recompute the ledger from its bytes and say whether anything was changed')
    .addHelpText('after', '\nExample: utplukk ledger verify')
    .action(async (options: Out) => {
      const verdict = await withReadContext('verifyLedger', ({ db, env }) => verifyLedger(db, anchorsOf(env)));
      if (verdict.problems.length > 0) process.exitCode = EXIT.state;
      return print(options, verdict, () =>
        verdict.problems.length === 0
          ? `The ledger is unchanged: ${verdict.entries} entries, Merkle root ${verdict.root}\n` +
            anchorText(verdict.anchored)
          : `THE LEDGER HAS BEEN CHANGED\n${table(
              ['entry', 'problem'],
              verdict.problems.map((p) => [p.seq, p.problem]),
            )}`,
      );
    });
}

function exportFile(ledger: Command): void {
  ledger
    .command('export')
    .description(
      'the whole ledger in one file, with the verifier beside it: needs no database, no server and no project',
    )
    .requiredOption('--out <file>', 'file to write; the verifier is put beside it')
    .addHelpText(
      'after',
      '\nExample: utplukk ledger export --out /tmp/ledger.ndjson && node /tmp/verify-utplukk.cjs ' +
        '/tmp/ledger.ndjson --key <base64>',
    )
    .action(async (options: { out: string } & Out) => {
      const result = await withReadContext('exportLedger', async (context) => {
        await recordAccess(
          context.db,
          context.token,
          { kind: 'ledger-export', subjectId: 'ledger', purpose: 'audit' },
          context.clock(),
        );
        return exportLedger(context.env.DATABASE_URL, requireAnchors(context), options.out);
      });
      const verifier = copyVerifier(options.out);
      print(
        options,
        { ...result, file: options.out, verifier },
        () =>
          `${result.entries} entries, ${result.anchored} of them anchored, in ${options.out}\nVerify it ` +
          `anywhere: node ${verifier} ${options.out} --key <the key you know>`,
      );
    });
}

/** The ledger. */
export function ledgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('the ledger: who did what to what');
  for (const add of [entries, verify, exportFile]) add(ledger);
}
