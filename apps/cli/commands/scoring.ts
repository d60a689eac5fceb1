import type { Command } from 'commander';
import { startRescore } from '../../../application/scoring';
import { DEFAULT_CAPACITY, DEFAULT_SEED, DEFAULT_SHARDS, DEFAULT_SLOT } from '../defaults';
import { MOST, wholeNumber } from '../numbers';
import { type Out, print, short, watching } from '../output';
import { withAuthenticatedContext } from '../session';
import { tableFrom } from '../table-from';
import { draftedList } from '../wait-for';

interface RescoreArguments {
  readonly asOf: string;
  readonly slot: string;
  readonly capacity: number;
  readonly seed: number;
  readonly openDays: number;
  readonly shards: number;
  readonly table?: string;
  readonly mapping?: string;
}

function start(scoring: Command): void {
  scoring
    .command('start')
    .description('score the whole register with the live version and draft a list')
    .requiredOption('--as-of <instant>', 'what was known then, such as 2025-01-01T00:00:00Z')
    .option('--slot <slot>', 'purpose/segment', DEFAULT_SLOT)
    .option('--capacity <n>', 'places on the list', wholeNumber('--capacity', 1, MOST.capacity), DEFAULT_CAPACITY)
    .option('--seed <n>', 'breaks ties', wholeNumber('--seed', 0, MOST.seed), DEFAULT_SEED)
    .option(
      '--open-days <n>',
      'days the draft waits for its sign-offs',
      wholeNumber('--open-days', 1, MOST.openDays),
      14,
    )
    .option('--shards <n>', 'shards scored in parallel', wholeNumber('--shards', 1, MOST.shards), DEFAULT_SHARDS)
    .option('--table <file>', 'score a prepared table instead of the register: its rows as of that day or later')
    .option('--mapping <file>', "the table's mapping file")
    .addHelpText('after', '\nExample: utplukk scoring start --as-of 2025-01-01T00:00:00Z')
    .action(async ({ table: file, mapping, json, ...options }: RescoreArguments & Out) => {
      const table = tableFrom({ file, mapping });
      await withAuthenticatedContext(async (context) => {
        const { workflowId } = await startRescore(context, { ...options, ...(table ? { table } : {}) });
        const result = await watching(
          context.temporal,
          workflowId,
          'rescoring',
          context.temporal.rescoreResult(workflowId),
          json,
        );
        const list = await draftedList(context.db, result.scoringId);
        print(
          { json },
          { ...result, listId: list.listId, state: list.state },
          () =>
            `Scored ${list.candidates} providers with version ${short(result.versionId)}; list ${list.listId} ` +
            `is a ${list.state}.\nNext: two control leaders sign it off: utplukk login --as per && utplukk ` +
            `list sign-off ${short(list.listId)} --reason "…"`,
        );
      });
    });
}

/** Scoring runs. */
export function scoringCommands(program: Command): void {
  const scoring = program.command('scoring').description('scoring runs');
  for (const add of [start]) add(scoring);
}
