import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { hiddenEvents } from '../../../domain/rules/permissions';
import { recordAccess } from '../../../application/access-log';
import { invalid, notFound } from '../../../domain/errors';
import { ROOT } from '../../../platform/config/env';
import { ledgerEntries, type LedgerQuery } from '../../../platform/db/read-models/ledger-entries';
import { provenLiveAt, namesOf } from '../../../platform/db/read-models/live-at';
import { openLineage, provJson } from '../../../platform/lineage/exports';
import { findNode, lineageGraph, nodeName } from '../../../platform/lineage/graph';
import { exportLedger } from '../../../platform/ledger/export';
import { exportVersion } from '../../../application/export-version';
import { anchorsOf } from '../../../platform/signing/anchors';
import { type Out, print, short, table } from '../output';
import { type Reading, withReadContext } from '../session';

const FORMATS = ['table', 'openlineage', 'prov'] as const;

function requireAnchors({ env }: Reading) {
  const anchors = anchorsOf(env);
  if (!anchors)
    throw notFound(
      'nothing was anchored yet: no notary ever ran here',
      'Start it with `npm start`; `utplukk doctor` tells what is missing.',
    );
  return anchors;
}

/** Files and answers for somebody outside who believes nobody in the house. */
export function evidenceCommands(program: Command): void {
  program
    .command('live')
    .description(
      'which version was live at an instant, who asked, who approved, on which data and code, and what came of it',
    )
    .option('--at <instant>', 'such as 2026-03-01T12:00:00Z; now without it')
    .option('--slot <slot>', 'purpose/group; all without it')
    .addHelpText('after', '\nExample: utplukk live --at 2026-03-01T12:00:00Z')
    .action(async (options: { at?: string; slot?: string } & Out) => {
      const at = new Date(options.at ?? Date.now());
      if (Number.isNaN(at.getTime()))
        throw invalid(`"${options.at}" is not an instant`, 'Give one such as 2026-03-01T12:00:00Z.');
      const rows = await withReadContext('getLiveAt', async ({ db }) => {
        const found = await provenLiveAt(db, at, options.slot);
        const names = await namesOf(
          db,
          found.flatMap((row) => [row.trainedBy, row.requestedBy, row.decidedBy]),
        );
        return found.map((row) => ({
          ...row,
          trainedBy: names.get(row.trainedBy),
          requestedBy: names.get(row.requestedBy),
          decidedBy: names.get(row.decidedBy),
        }));
      });
      print(options, rows, () =>
        rows.length === 0
          ? `Nothing was live at ${at.toISOString()}.`
          : table(
              [
                'slot',
                'version',
                'live from',
                'until',
                'trained',
                'asked',
                'approved',
                'data',
                'code',
                'lists',
                'ledger',
              ],
              rows.map((row) => [
                `${row.slot}${row.stopped ? ' (scoring stopped)' : ''}`,
                short(row.versionId),
                row.liveFrom.toISOString().slice(0, 19),
                row.liveUntil?.toISOString().slice(0, 19) ?? '',
                row.trainedBy,
                row.requestedBy,
                row.decidedBy,
                short(row.snapshotId ?? row.matrixId),
                short(row.code),
                row.lists.map(short).join(' '),
                row.ledger.map(({ seq }) => seq).join(' '),
              ]),
            ),
      );
    });

  program
    .command('ledger')
    .description('entries of the ledger, newest first: who did what to what, and why')
    .option('--subject <id>', 'beginning of the id of a version, run, request, list, snapshot …')
    .option('--event <name>', 'beginning of the event, such as promotion or list')
    .option('--by <user>', 'who acted')
    .option('--before <entry>', 'older than this entry', Number)
    .option('--limit <n>', 'how many', Number, 30)
    .addHelpText('after', '\nExample: utplukk ledger --event promotion --by ola')
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

  program
    .command('graph')
    .description('everything that a thing came from and everything that came of it')
    .argument(
      '<id>',
      'snapshot, matrix, label set, run, version, decision, scoring run, list or case; six characters or more',
    )
    .option('--format <format>', FORMATS.join(', '), 'table')
    .addHelpText('after', '\nExample: utplukk graph 4f1c2a90 --format openlineage')
    .action(async (id: string, options: { format: (typeof FORMATS)[number] } & Out) => {
      if (!FORMATS.includes(options.format))
        throw invalid(`no format "${options.format}"; there are: ${FORMATS.join(', ')}`);
      const graph = await withReadContext('getLineageGraph', async ({ db }) =>
        lineageGraph(db, await findNode(db, id)),
      );
      if (options.format === 'openlineage') return print({ json: true }, openLineage(graph), () => '');
      if (options.format === 'prov') return print({ json: true }, provJson(graph), () => '');
      const inputs = (name: string) =>
        graph.edges
          .filter((edge) => edge.to === name)
          .map((edge) => edge.from.replace(/\/(.{12}).*/, '/$1'))
          .join(' ');
      return print(
        options,
        graph,
        () =>
          `${table(
            ['steps', 'what', 'id', 'when', 'from', 'ledger'],
            graph.nodes.map((node) => [
              node.distance,
              node.kind,
              short(node.id),
              node.at?.toISOString().slice(0, 19) ?? '',
              inputs(nodeName(node.kind, node.id)),
              node.ledger.join(' '),
            ]),
          )}${graph.cut ? '\nThere is more: only the nearest are shown.' : ''}`,
      );
    });

  program
    .command('export-ledger')
    .description(
      'the whole ledger in one file, with the verifier beside it: needs no database, no server and no project',
    )
    .requiredOption('--out <file>')
    .addHelpText(
      'after',
      '\nExample: utplukk export-ledger --out /tmp/ledger.ndjson && node /tmp/verify-utplukk.cjs /tmp/ledger.ndjson --key <base64>',
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
          `${result.entries} entries, ${result.anchored} of them anchored, in ${options.out}\nVerify it anywhere: node ${verifier} ${options.out} --key <the key you know>`,
      );
    });

  program
    .command('export-version')
    .description('one file with a version: bundle, files, signed statements, ledger entries with proofs')
    .argument('<version>', 'model version, six characters or more')
    .requiredOption('--out <file>')
    .addHelpText('after', '\nExample: utplukk export-version 4f1c2a90 --out /tmp/version.json')
    .action(async (id: string, options: { out: string } & Out) => {
      const result = await withReadContext('getModelVersion', (context) =>
        exportVersion(context, requireAnchors(context), id, options.out),
      );
      const verifier = copyVerifier(options.out);
      print(
        options,
        { ...result, file: options.out, verifier },
        () =>
          `Version ${short(result.versionId)} with ${result.statements} signed statements and ${result.entries} ledger entries in ${options.out}\nVerify it anywhere: node ${verifier} ${options.out} --trust <your pinned keys>`,
      );
    });
}

function copyVerifier(out: string): string {
  const to = path.join(path.dirname(path.resolve(out)), 'verify-utplukk.cjs');
  fs.copyFileSync(path.join(ROOT, 'dist/verify-utplukk.cjs'), to);
  return to;
}
