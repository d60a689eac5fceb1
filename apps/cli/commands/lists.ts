import type { Command } from 'commander';
import {
  applySchedule,
  getList,
  type listLines,
  listLists,
  signOffList,
  startRescore,
} from '../../../application/selection';
import { readLines } from '../../../application/access-logged-reads';
import { type Out, print, short, table, watching } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { tableFrom } from '../table-from';

export const DEFAULT_SLOT = 'post-payment-control/all';
export const DEFAULT_CAPACITY = 50;
export const DEFAULT_SEED = 20250101;
export const DEFAULT_SHARDS = 4;
export { applySchedule };

const PAGE = 50;

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

export function listCommands(program: Command): void {
  program
    .command('rescore')
    .description('score the whole register with the live version and draft a list')
    .requiredOption('--as-of <instant>', 'what was known then, such as 2025-01-01T00:00:00Z')
    .option('--slot <slot>', 'purpose/group', DEFAULT_SLOT)
    .option('--capacity <n>', 'places on the list', Number, DEFAULT_CAPACITY)
    .option('--seed <n>', 'breaks ties', Number, DEFAULT_SEED)
    .option('--open-days <n>', 'days the draft waits for its seals', Number, 14)
    .option('--shards <n>', 'parts scored side by side', Number, DEFAULT_SHARDS)
    .option('--table <file>', 'score a prepared table instead of the register: its rows as of that day or later')
    .option('--mapping <file>', "the table's mapping file")
    .addHelpText('after', '\nExample: utplukk rescore --as-of 2025-01-01T00:00:00Z')
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
            `Scored ${list.candidates} providers with version ${short(result.versionId)}; list ${list.listId} is a ${list.state}.\nNext: two control leaders seal it: utplukk login --as per && utplukk seal ${short(list.listId)} --reason "…"`,
        );
      });
    });

  program
    .command('list')
    .description('selection lists, or the lines of one')
    .argument('[list]', 'list, six characters or more')
    .option('--from <rank>', 'first rank', Number, 1)
    .option('--count <n>', 'how many lines', Number, PAGE)
    .option('--all', 'candidates too, not only the selected', false)
    .addHelpText(
      'after',
      '\nExample: utplukk list 9c01aa77 --count 10\nSelected does not mean suspected: a line opens an inquiry, never a decision.',
    )
    .action(async (id: string | undefined, options: { from: number; count: number; all: boolean } & Out) => {
      await withReadContext(id ? 'listLines' : 'listSelectionLists', async ({ db, ...viewer }) => {
        if (!id) {
          const lists = await listLists(db);
          return print(options, lists, () =>
            table(
              ['list', 'slot', 'as of', 'state', 'seals', 'places', 'candidates', 'version'],
              lists.map((l) => [
                short(l.listId),
                l.slot,
                l.asOf.toISOString().slice(0, 10),
                l.state,
                l.signOffs,
                l.capacity,
                l.candidates,
                short(l.versionId),
              ]),
            ),
          );
        }
        const list = await getList(db, id);
        const { rows: lines } = await readLines(
          { db, ...viewer },
          { listId: list.listId, after: options.from - 1, limit: options.count, selectedOnly: !options.all },
        );
        return print(
          options,
          { list, lines },
          () =>
            `List ${list.listId} (${list.state}, ${list.signOffs} of 2 seals) as of ${list.asOf.toISOString()}\n${linesTable(lines)}`,
        );
      });
    });

  for (const [name, verdict] of [
    ['signOff', 'approved'],
    ['refuse-list', 'refused'],
  ] as const) {
    program
      .command(name)
      .description(
        name === 'signOff' ? 'seal a draft list; two different control leaders are needed' : 'refuse a draft list',
      )
      .argument('<list>', 'list, six characters or more')
      .requiredOption('--reason <words>')
      .addHelpText('after', `\nExample: utplukk ${name} 9c01aa77 --reason "looked at the first fifty"`)
      .action(async (id: string, options: { reason: string } & Out) => {
        const result = await withAuthenticatedContext((context) => signOffList(context, id, verdict, options.reason));
        print(options, result, () => `List ${short(result.listId)}: ${result.state}, ${result.signOffs} of 2 seals.`);
      });
  }
}

export const linesTable = (lines: Awaited<ReturnType<typeof listLines>>): string =>
  table(
    ['rank', 'provider', 'practice', 'group', 'probability', 'expected NOK', 'arm', 'selected', 'note'],
    lines.map((l) => [
      l.rank,
      l.entity,
      l.practice,
      l.group,
      l.probability.toFixed(3),
      l.expectedOre === undefined ? '' : Math.round(l.expectedOre / 100),
      l.arm,
      l.selected ? 'yes' : '',
      l.outOfDistribution ? 'unlike training' : '',
    ]),
  );

const DRAFT_WAIT_MS = 30_000;

/** The round drafts its list in a workflow of its own; this waits for it. */
export async function draftedList(
  db: Parameters<typeof getList>[0],
  scoringId: string,
): Promise<Awaited<ReturnType<typeof getList>>> {
  for (const end = Date.now() + DRAFT_WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, 150))) {
    try {
      return await getList(db, scoringId);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
