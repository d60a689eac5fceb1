import type { Command } from 'commander';
import { readLines } from '../../../application/access-logged-reads';
import { getList, listLists, signOffList } from '../../../application/selection';
import { linesTable } from '../lines-table';
import { MOST, wholeNumber } from '../numbers';
import { type Out, print, short, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';
import { reasonsCommand } from './explanation';

const PAGE = 50;

function listAll(list: Command): void {
  list
    .command('list')
    .description('selection lists, latest first')
    .addHelpText('after', '\nExample: utplukk list list')
    .action(async (options: Out) => {
      const lists = await withReadContext('listSelectionLists', ({ db }) => listLists(db));
      print(options, lists, () =>
        table(
          ['list', 'slot', 'as of', 'state', 'sign-offs', 'places', 'candidates', 'version'],
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
    });
}

function show(list: Command): void {
  list
    .command('show')
    .description('the lines of a selection list; reading them is on record')
    .argument('<list>', 'list, six characters or more')
    .option('--from <rank>', 'first rank', wholeNumber('--from', 1, MOST.rows), 1)
    .option('--count <n>', 'how many lines', wholeNumber('--count', 1, MOST.rows), PAGE)
    .option('--all', 'candidates too, not only the selected', false)
    .addHelpText(
      'after',
      '\nExample: utplukk list show 9c01aa77 --count 10\nSelected does not mean suspected: a line opens an ' +
        'inquiry, never a decision.',
    )
    .action(async (id: string, options: { from: number; count: number; all: boolean } & Out) => {
      await withReadContext('listLines', async (viewer) => {
        const list = await getList(viewer.db, id);
        const { rows: lines } = await readLines(viewer, {
          listId: list.listId,
          after: options.from - 1,
          limit: options.count,
          selectedOnly: !options.all,
        });
        print(
          options,
          { list, lines },
          () =>
            `List ${list.listId} (${list.state}, ${list.signOffs} of 2 sign-offs) as of ` +
            `${list.asOf.toISOString()}\n${linesTable(lines)}`,
        );
      });
    });
}

function decideOn(list: Command): void {
  for (const [name, verdict] of [
    ['sign-off', 'approved'],
    ['refuse', 'refused'],
  ] as const) {
    list
      .command(name)
      .description(
        name === 'sign-off' ? 'sign off a draft list; two different control leaders are needed' : 'refuse a draft list',
      )
      .argument('<list>', 'list, six characters or more')
      .requiredOption('--reason <words>', 'why; kept erasable, the ledger holds its digest')
      .addHelpText('after', `\nExample: utplukk list ${name} 9c01aa77 --reason "looked at the first fifty"`)
      .action(async (id: string, options: { reason: string } & Out) => {
        const result = await withAuthenticatedContext((context) => signOffList(context, id, verdict, options.reason));
        print(
          options,
          result,
          () => `List ${short(result.listId)}: ${result.state}, ${result.signOffs} of 2 sign-offs.`,
        );
      });
  }
}

/** Selection lists. */
export function listCommands(program: Command): void {
  const list = program.command('list').description('selection lists: lines, sign-off, reasons');
  for (const add of [listAll, show, decideOn, reasonsCommand]) add(list);
}
