import type { Command } from 'commander';
import fs from 'node:fs';
import path from 'node:path';
import { inspectTable, type InspectedTable } from '../../../application/inspect-table';
import { invalid } from '../../../domain/errors';
import { type Out, print, table } from '../output';

/** Columns that fit a terminal. */
const SHOWN = 10;

function show({ yaml, undecided, columns, rows, use }: InspectedTable, out: string | undefined): string {
  const more = columns.length > SHOWN ? ` (${columns.length - SHOWN} more columns are not shown)` : '';
  const understood = table(
    columns.slice(0, SHOWN),
    rows.map((row) => row.slice(0, SHOWN).map((value) => value ?? '(missing)')),
  );
  const verdict =
    use === undefined
      ? `To decide before the mapping loads:\n${undecided.map((text) => `  ${text}`).join('\n')}`
      : `Read by this mapping: ${use}.`;
  const mapping = out === undefined ? yaml : `The mapping is in ${path.resolve(out)}.\n`;
  return `${mapping}\nThe first rows as understood${more}:\n${understood}\n${verdict}`;
}

function inspect(noun: Command): void {
  noun
    .command('inspect')
    .description(
      'suggest a commented mapping for a table from what stands in it, and show its first rows as understood',
    )
    .argument('<table>', 'the file: .csv, .tsv (also .gz), .xlsx or .parquet')
    .option('--out <file>', 'write the mapping there instead of printing it; an existing file is not replaced')
    .addHelpText('after', '\nExample: utplukk table inspect ~/inspections.csv.gz --out mapping.yaml')
    .action(async (file: string, options: { out?: string } & Out) => {
      const { out } = options;
      if (out !== undefined && fs.existsSync(out))
        throw invalid(`--out ${out} exists already`, 'Give another name, or remove the file.');
      const inspected = await inspectTable(file);
      if (out !== undefined) fs.writeFileSync(out, inspected.yaml, { flag: 'wx' });
      print(options, inspected, () => show(inspected, out));
    });
}

/** Prepared tables before they are used. */
export function tableCommands(program: Command): void {
  inspect(program.command('table').description('prepared tables: what stands in one, and a mapping for it'));
}
