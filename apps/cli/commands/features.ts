import type { Command } from 'commander';
import path from 'node:path';
import { writeEventWindows } from '../../../application/event-windows';
import { readYaml } from '../../../application/experiments';
import { FEATURES } from '../../../domain/features/catalogue';
import { type Out, print, table } from '../output';

function listFeatures(feature: Command): void {
  feature
    .command('list')
    .description('every feature of the register: unit, meaning, source, purpose, and what it is compared with')
    .argument('[word]', 'only those with this word in name, meaning, source or purpose')
    .option('--nb', 'meaning in Norwegian', false)
    .addHelpText('after', '\nExamples: utplukk feature list time\n          utplukk feature list --nb --json')
    .action((word: string | undefined, options: { nb: boolean } & Out) => {
      const rows = FEATURES.map(({ name, months, peer, declaration: d }) => ({
        name,
        unit: peer === undefined ? d.unit : peer === 'z' ? 'deviations' : 'share',
        meaning: options.nb ? d.nb : d.en,
        source: d.source,
        purpose: d.purpose,
        months,
        comparedWith: peer === undefined ? undefined : 'the same practice type at the same date',
        protected: d.protected,
      })).filter((row) => word === undefined || JSON.stringify(row).toLowerCase().includes(word.toLowerCase()));
      print(
        options,
        rows,
        () =>
          `${table(
            ['feature', 'unit', 'meaning', 'source', 'purpose'],
            rows.map((r) => [r.name, r.unit, r.meaning, r.source, r.purpose]),
          )}\n${rows.length} of ${FEATURES.length} features`,
      );
    });
}

function windows(feature: Command): void {
  feature
    .command('windows')
    .description(
      'make a table of window features from a table of dated events (CSV, Excel or Parquet), known time as in a ' +
        'register',
    )
    .argument('<table>', 'the events')
    .requiredOption('--spec <file>', 'what is counted over which windows, as of which days (YAML)')
    .requiredOption('--out <file>', 'Parquet file to write')
    .addHelpText(
      'after',
      '\nExample: utplukk feature windows docs/examples/windows/visits.csv --spec ' +
        'docs/examples/windows/windows.yaml --out /tmp/features.parquet',
    )
    .action(async (events: string, options: { spec: string; out: string } & Out) => {
      const made = await writeEventWindows(events, readYaml(options.spec), options.out);
      print(options, made, () => `${made.rows} rows of ${made.columns} columns in ${path.resolve(options.out)}`);
    });
}

/** Features of the register, and window features of any table of events. */
export function featureCommands(program: Command): void {
  const feature = program
    .command('feature')
    .description('features of the register, and window features of any table of events');
  for (const add of [listFeatures, windows]) add(feature);
}
