import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { startReproduction } from '../../../application/reproduction';
import { reproduceId } from '../../../domain/rules/workflow-ids';
import { type Out, print, short, table, watching } from '../output';
import { EXIT, withAuthenticatedContext } from '../session';

function reproduce(program: Command): void {
  program
    .command('reproduce')
    .description(
      'make a snapshot, matrix, version, evaluation (run), scoring run or list again from its recipe ' +
        'and stored inputs, and compare the hashes',
    )
    .argument('<id>', 'six characters or more')
    .addHelpText('after', '\nExample: utplukk reproduce 4f1c2a90')
    .action(async (id: string, options: Out) => {
      const result = await withAuthenticatedContext(async (context) => {
        const key = randomUUID();
        const node = await startReproduction(context, key, id);
        const work = context.temporal.reproductionResult(key);
        return { ...node, ...(await watching(context.temporal, reproduceId(key), 'reproducing', work, options.json)) };
      });
      if (!result.same) process.exitCode = EXIT.state;
      print(options, result, () => {
        const stages = table(
          ['stage', 'id', 'same', 'runtime', ''],
          result.stages.map((s) => [
            s.stage,
            short(s.id),
            s.same ? 'yes' : 'NO',
            s.sameRuntime === false ? 'another' : '',
            s.detail,
          ]),
        );
        const verdict = result.same
          ? 'was made again to the same bytes.'
          : `was NOT made again: the first stage that differs is ${result.firstDifference}.`;
        return `${stages}\n${result.kind} ${short(result.id)} ${verdict}`;
      });
    });
}

/** Making a thing again. */
export function reproductionCommand(program: Command): void {
  reproduce(program);
}
