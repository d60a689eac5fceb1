import type { Command } from 'commander';
import fs from 'node:fs';
import { exportVersion } from '../../../application/export-version';
import { revokeVersion } from '../../../application/interventions';
import { conflict } from '../../../domain/errors';
import { revisedRows, revisionsOf } from '../../../platform/db/stores/labels';
import { decisionsOf } from '../../../platform/db/stores/decisions';
import { evaluationOf } from '../../../platform/db/stores/evaluation';
import { getVersion, listVersions, type VersionBundle } from '../../../platform/db/stores/versions';
import { championOf } from '../../../platform/db/stores/champions';
import { evaluationTable } from '../evaluation-table';
import { copyVerifier, requireAnchors } from '../evidence-files';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { postDeploymentCommands } from './post-deployment-evaluation';

function listAll(version: Command): void {
  version
    .command('list')
    .description('registered model versions, latest first')
    .addHelpText('after', '\nExample: utplukk version list')
    .action(async (options: Out) => {
      const versions = await withReadContext('listModelVersions', ({ db }) => listVersions(db));
      print(options, versions, () =>
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
    });
}

function show(version: Command): void {
  version
    .command('show')
    .description('one model version: its figures, whether it is live, whether its labels have changed since')
    .argument('<version>', 'model version, six characters or more')
    .addHelpText('after', '\nExample: utplukk version show 4f1c2a90')
    .action(async (id: string, options: Out) => {
      await withReadContext('getModelVersion', async ({ db }) => {
        const version = await getVersion(db, id);
        const champion = await championOf(db, version.slot);
        const rows = await evaluationOf(db, version.runId);
        const revisions = await revisionsOf(db, version.matrixId);
        const live = champion?.versionId === version.versionId;
        const [latest] = revisions;
        const revised =
          latest && revisedRows(latest) > 0
            ? `\nLabels changed since it was trained: ${revisedRows(latest)} of ${latest.rows} differ (label set ` +
              `${short(latest.revisedBy)}). Train it again.`
            : '';
        print(
          options,
          { version, live, evaluation: rows, revisions },
          () =>
            `Model version ${version.versionId}\n${version.family} for ${version.slot}, ` +
            `${live ? 'LIVE' : 'not live'}, run ${short(version.runId)}, matrix ` +
            `${short(version.matrixId)}${revised}\n${evaluationTable(rows)}`,
        );
      });
    });
}

function card(version: Command): void {
  version
    .command('card')
    .description("a version's model card, as it was frozen, and the decisions about it")
    .argument('<version>', 'model version, six characters or more')
    .option('--html', 'as a page', false)
    .option('--out <file>', 'write it there')
    .addHelpText('after', '\nExample: utplukk version card 9c31d2 --html --out card.html')
    .action(async (id: string, options: { html: boolean; out?: string } & Out) => {
      await withReadContext('getModelCard', async ({ db, store }) => {
        const version = await getVersion(db, id);
        const { card } = store.getJson<VersionBundle>(version.versionId);
        if (!card) throw conflict(`version ${short(version.versionId)} has no model card`, 'Train it again.');
        const text = store.get(options.html ? card.html : card.markdown).toString('utf8');
        const decisions = await decisionsOf(db, version.versionId);
        if (options.out) fs.writeFileSync(options.out, text);
        const beside =
          decisions.length === 0
            ? 'No decision about it yet.'
            : table(
                ['decided', 'verdict', 'request'],
                decisions.map((d) => [d.decidedAt.toISOString(), d.verdict, short(d.requestId)]),
              );
        print(options, { versionId: version.versionId, card: text, decisions }, () =>
          options.out ? `Card of ${short(version.versionId)} in ${options.out}.\n${beside}` : `${text}\n${beside}`,
        );
      });
    });
}

function revoke(version: Command): void {
  version
    .command('revoke')
    .description('take a model version out of use for good (role approver); scoring refuses it at once')
    .argument('<version>', 'model version, six characters or more')
    .requiredOption('--reason <words>', 'why it is revoked; kept erasable, the ledger holds its digest')
    .addHelpText('after', '\nExample: utplukk version revoke 4f1c2a90 --reason "trained on a redacted snapshot"')
    .action(async (id: string, options: { reason: string } & Out) => {
      const result = await withAuthenticatedContext((context) => revokeVersion(context, id, options.reason));
      print(
        options,
        result,
        () => `Version ${short(result.versionId)} is revoked; the signed statement is ${short(result.statementId)}.`,
      );
    });
}

function exportFile(version: Command): void {
  version
    .command('export')
    .description('one file with a version: bundle, files, signed statements, ledger entries with proofs')
    .argument('<version>', 'model version, six characters or more')
    .requiredOption('--out <file>', 'file to write; the verifier is put beside it')
    .addHelpText('after', '\nExample: utplukk version export 4f1c2a90 --out /tmp/version.json')
    .action(async (id: string, options: { out: string } & Out) => {
      const result = await withReadContext('getModelVersion', (context) =>
        exportVersion(context, requireAnchors(context), id, options.out),
      );
      const verifier = copyVerifier(options.out);
      print(
        options,
        { ...result, file: options.out, verifier },
        () =>
          `Version ${short(result.versionId)} with ${result.statements} signed statements and ` +
          `${result.entries} ledger entries in ${options.out}\nVerify it anywhere: node ${verifier} ` +
          `${options.out} --trust <your pinned keys>`,
      );
    });
}

/** Model versions. */
export function versionCommands(program: Command): void {
  const version = program.command('version').description('model versions');
  for (const add of [listAll, show, card, revoke, exportFile]) add(version);
  postDeploymentCommands(version);
}
