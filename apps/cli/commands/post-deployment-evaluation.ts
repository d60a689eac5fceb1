import type { Command } from 'commander';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { postDeploymentWorkflowId } from '../../../domain/rules/workflow-ids';
import {
  postDeploymentEvaluationsOf,
  getPostDeploymentEvaluation,
} from '../../../platform/db/stores/post-deployment-evaluations';
import { getVersion } from '../../../platform/db/stores/versions';
import { startPostDeploymentEvaluation } from '../../../application/post-deployment-evaluation';
import { type Out, print, short, table, watching } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { tableFrom } from '../table-from';
import { evaluationInWords } from './explanations';

export function postDeploymentCommands(program: Command): void {
  program
    .command('post-deployment-evaluation')
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
        const { result, document } = await withAuthenticatedContext(async (context) => {
          const { key } = await startPostDeploymentEvaluation(context, {
            versionId: id,
            asOf,
            ...(given ? { table: given } : {}),
          });
          const result = await watching(
            context.temporal,
            postDeploymentWorkflowId(key),
            'following up',
            context.temporal.postDeploymentResult(key),
            json,
          );
          const { documentSha256 } = await getPostDeploymentEvaluation(context.db, result.evaluationId);
          return { result, document: context.store.getJson<EvaluationDocument>(documentSha256) };
        });
        print(
          { json },
          { ...result, evaluation: document },
          () =>
            `${evaluationInWords(document)}\n\nFollow-up ${short(result.evaluationId)}: ${result.rows} outcomes that it did not know, ${result.findings} of them findings.`,
        );
      },
    );

  program
    .command('post-deployment-evaluations')
    .description('how a version did on outcomes that became known later; one of them whole by its id')
    .argument('<version>')
    .argument('[follow-up]')
    .addHelpText('after', '\nExample: utplukk post-deployment-evaluations 9c31d2')
    .action(async (id: string, one: string | undefined, options: Out) => {
      await withReadContext(
        one ? 'getPostDeploymentEvaluation' : 'listPostDeploymentEvaluations',
        async ({ db, store }) => {
          const { versionId } = await getVersion(db, id);
          if (one) {
            const document = store.getJson<EvaluationDocument>(
              (await getPostDeploymentEvaluation(db, one)).documentSha256,
            );
            return print(options, document, () => evaluationInWords(document));
          }
          const rows = await postDeploymentEvaluationsOf(db, versionId);
          return print(options, rows, () =>
            rows.length === 0
              ? `Version ${short(versionId)} has not been followed up: utplukk follow-up ${short(versionId)} --as-of <instant>`
              : table(
                  ['post-deployment-evaluation', 'as of', 'outcomes since', 'findings', 'made'],
                  rows.map((r) => [
                    short(r.evaluationId),
                    r.asOf.toISOString(),
                    r.rows,
                    r.findings,
                    r.madeAt.toISOString().slice(0, 19),
                  ]),
                ),
          );
        },
      );
    });
}
