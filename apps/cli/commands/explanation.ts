import { type Command, Option } from 'commander';
import { assertMayOpen, readLines } from '../../../application/access-logged-reads';
import { reasonsOf } from '../../../application/explanation';
import { getList } from '../../../application/selection';
import { explanationTexts } from '../../../domain/features/explanations-i18n';
import type { Language } from '../../../domain/i18n';
import { type Purpose, PURPOSES } from '../../../domain/rules/permissions';
import { wholeNumber } from '../numbers';
import { type Out, print } from '../output';
import { withReadContext } from '../session';

const MOST = 500;

/** Why providers are on a list. */
export function reasonsCommand(list: Command): void {
  list
    .command('reasons')
    .description(
      'why providers stand on a list: figures beside peers, what speaks against, what would have had to differ',
    )
    .argument('<list>', 'list, six characters or more')
    .argument('[providers...]', 'entities such as P12; the first of the list when left out')
    .option('--top <n>', 'how many of the list', wholeNumber('--top', 1, MOST), 3)
    .addOption(
      new Option('--purpose <purpose>', 'why the providers are opened; it goes on record')
        .choices(PURPOSES)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--lang <language>', 'language of the words').choices(['nb', 'en']).default('nb'))
    .addHelpText('after', '\nExample: utplukk list reasons 5d20aa P12 --purpose case --lang en')
    .action(
      async (id: string, providers: string[], options: { top: number; purpose: Purpose; lang: Language } & Out) => {
        await withReadContext('openProvider', async (context) => {
          const { listId } = await getList(context.db, id);
          const first = async () =>
            (await readLines(context, { listId, after: 0, limit: options.top, selectedOnly: true })).rows.map(
              ({ entity }) => entity,
            );
          const entities = providers.length > 0 ? providers : await first();
          await assertMayOpen(context, listId, entities, options.purpose);
          const found = await reasonsOf(context, listId, entities);
          print(options, found, () =>
            found.map((provider) => explanationTexts(provider, options.lang).join('\n')).join('\n\n'),
          );
        });
      },
    );
}
