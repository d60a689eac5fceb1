import type { Command } from 'commander';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { followUpWorkflowId } from '../../../domain/rules/workflow-ids';
import { followUpsOf, getFollowUp } from '../../../platform/db/stores/post-deployment-evaluations';
import { getVersion } from '../../../platform/db/stores/versions';
import { startFollowUp } from '../../../application/post-deployment-evaluation';
import { type Out, print, short, table, watching } from '../output';
import { acting, reading } from '../session';
import { tableFrom } from '../table-from';
import { evaluationInWords } from './explanations';

export function followUpCommands(program: Command): void {
  program
    .command('follow-up')
    .description('judge a frozen version on outcomes that became known after it had learnt')
    .argument('<version>')
    .requiredOption('--as-of <instant>', 'what was known then, such as 2025-07-01T00:00:00Z')
    .option('--table <file>', 'for a version trained on a prepared table: the table with the newer outcomes')
    .option('--mapping <file>', "the table's mapping file")
    .addHelpText('after', '\nExample: utplukk follow-up 9c31d2 --as-of 2025-07-01T00:00:00Z')
    .action(
      async (
        id: string,
        { asOf, json, table: file, mapping }: { asOf: string; table?: string; mapping?: string } & Out,
      ) => {
        const given = tableFrom({ file, mapping });
        const { result, document } = await acting(async (command) => {
          const { key } = await startFollowUp(command, { versionId: id, asOf, ...(given ? { table: given } : {}) });
          const result = await watching(
            command.temporal,
            followUpWorkflowId(key),
            'following up',
            command.temporal.followUpResult(key),
            json,
          );
          const { documentSha256 } = await getFollowUp(command.db, result.followUpId);
          return { result, document: command.store.getJson<EvaluationDocument>(documentSha256) };
        });
        print(
          { json },
          { ...result, evaluation: document },
          () =>
            `${evaluationInWords(document)}\n\nFollow-up ${short(result.followUpId)}: ${result.rows} outcomes that it did not know, ${result.findings} of them findings.`,
        );
      },
    );

  program
    .command('follow-ups')
    .description('how a version did on outcomes that became known later; one of them whole by its id')
    .argument('<version>')
    .argument('[follow-up]')
    .addHelpText('after', '\nExample: utplukk follow-ups 9c31d2')
    .action(async (id: string, one: string | undefined, options: Out) => {
      await reading(one ? 'getFollowUp' : 'listFollowUps', async ({ db, store }) => {
        const { versionId } = await getVersion(db, id);
        if (one) {
          const document = store.getJson<EvaluationDocument>((await getFollowUp(db, one)).documentSha256);
          return print(options, document, () => evaluationInWords(document));
        }
        const rows = await followUpsOf(db, versionId);
        return print(options, rows, () =>
          rows.length === 0
            ? `Version ${short(versionId)} has not been followed up: utplukk follow-up ${short(versionId)} --as-of <instant>`
            : table(
                ['follow-up', 'as of', 'outcomes since', 'findings', 'made'],
                rows.map((r) => [
                  short(r.followUpId),
                  r.asOf.toISOString(),
                  r.rows,
                  r.findings,
                  r.madeAt.toISOString().slice(0, 19),
                ]),
              ),
        );
      });
    });
}
