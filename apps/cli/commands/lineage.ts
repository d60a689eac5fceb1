import type { Command } from 'commander';
import { readLine } from '../../../application/access-logged-reads';
import { getList } from '../../../application/selection';
import { invalid } from '../../../domain/errors';
import { lineageOf } from '../../../platform/db/read-models/lineage';
import { openLineage, provJson } from '../../../platform/lineage/exports';
import { findNode, lineageGraph, nodeName } from '../../../platform/lineage/graph';
import { type Out, print, short, table } from '../output';
import { withReadContext } from '../session';

const FORMATS = ['table', 'openlineage', 'prov'] as const;

function show(lineage: Command): void {
  lineage
    .command('show')
    .description('the way back from a list line, list, version, run or matrix to the snapshot')
    .argument('<id>', 'six characters or more; a line is <list>#<rank>')
    .addHelpText('after', '\nExample: utplukk lineage show 9c01aa77#1')
    .action(async (id: string, options: Out) => {
      const [, listId, rank] = /^(.+)#(\d+)$/.exec(id) ?? [];
      // Who stands where on a list is for those who may read it, and the look is on record.
      const steps = listId
        ? await withReadContext('listLines', async (context) => {
            await readLine(context, (await getList(context.db, listId)).listId, Number(rank));
            return lineageOf(context.db, id);
          })
        : await withReadContext('getLineage', ({ db }) => lineageOf(db, id));
      print(options, steps, () =>
        table(
          ['what', 'id', 'about', 'when', 'ledger'],
          steps.map((s) => [s.kind, s.id, s.about, s.at?.slice(0, 19) ?? '', s.ledger.join(', ')]),
        ),
      );
    });
}

function graph(lineage: Command): void {
  lineage
    .command('graph')
    .description('everything that a thing came from and everything that came of it')
    .argument(
      '<id>',
      'snapshot, matrix, label set, run, version, decision, scoring run, list or case; six characters or more',
    )
    .option('--format <format>', FORMATS.join(', '), 'table')
    .addHelpText('after', '\nExample: utplukk lineage graph 4f1c2a90 --format openlineage')
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
}

/** Where a thing came from and what came of it. */
export function lineageCommands(program: Command): void {
  const lineage = program.command('lineage').description('where a thing came from and what came of it');
  for (const add of [show, graph]) add(lineage);
}
