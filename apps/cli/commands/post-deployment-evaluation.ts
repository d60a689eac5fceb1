import type { Command } from 'commander';
import { startPostDeploymentEvaluation } from '../../../application/post-deployment-evaluation';
import { postDeploymentWorkflowId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import {
  getPostDeploymentEvaluation,
  postDeploymentEvaluationsOf,
} from '../../../platform/db/stores/post-deployment-evaluation';
import { getVersion } from '../../../platform/db/stores/versions';
import { evaluationText } from '../evaluation-text';
import { type Out, print, short, table, watching } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { tableFrom } from '../table-from';

function evaluate(version: Command): void {
  version
    .command('evaluate')
    .description('evaluate a frozen version on outcomes that became known after it was trained')
    .argument('<version>', 'model version, six characters or more')
    .requiredOption('--as-of <instant>', 'what was known then, such as 2025-07-01T00:00:00Z')
    .option('--table <file>', 'for a version trained on a prepared table: the table with the newer outcomes')
    .option('--mapping <file>', "the table's mapping file")
    .addHelpText('after', '\nExample: utplukk version evaluate 9c31d2 --as-of 2025-07-01T00:00:00Z')
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
            'evaluating',
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
            `${evaluationText(document)}\n\nEvaluation ${short(result.evaluationId)}: ${result.rows} outcomes ` +
            `it could not know, ${result.findings} of them findings.`,
        );
      },
    );
}

function evaluations(version: Command): void {
  version
    .command('evaluations')
    .description('post-deployment evaluations of a version, or one of them in full')
    .argument('<version>', 'model version, six characters or more')
    .argument('[evaluation]', 'one of them, six characters or more; all of them when left out')
    .addHelpText('after', '\nExample: utplukk version evaluations 9c31d2')
    .action(async (id: string, one: string | undefined, options: Out) => {
      await withReadContext(
        one ? 'getPostDeploymentEvaluation' : 'listPostDeploymentEvaluations',
        async ({ db, store }) => {
          const { versionId } = await getVersion(db, id);
          if (one) {
            const document = store.getJson<EvaluationDocument>(
              (await getPostDeploymentEvaluation(db, one)).documentSha256,
            );
            return print(options, document, () => evaluationText(document));
          }
          const rows = await postDeploymentEvaluationsOf(db, versionId);
          return print(options, rows, () =>
            rows.length === 0
              ? `Version ${short(versionId)} has no post-deployment evaluation yet: utplukk version evaluate ` +
                `${short(versionId)} --as-of <instant>`
              : table(
                  ['evaluation', 'as of', 'new outcomes', 'findings', 'made'],
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

/** Evaluations of a frozen version on outcomes that became known after it was trained. */
export function postDeploymentCommands(version: Command): void {
  evaluate(version);
  evaluations(version);
}
