import fs from 'node:fs';
import { type Command, Option } from 'commander';
import { conflict, invalid, notFound } from '../../../domain/errors';
import { reasonsInWords } from '../../../domain/features/explanations-i18n';
import type { Language } from '../../../domain/i18n';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { reasonsOf } from '../../../application/explanations';
import { type Purpose, PURPOSES } from '../../../domain/rules/permissions';
import { getList } from '../../../application/selection';
import { assertMayOpen, readLines } from '../../../application/access-logged-reads';
import { decisionsOf } from '../../../platform/db/stores/promotions';
import { getVersion, type VersionBundle } from '../../../platform/db/stores/versions';
import { interval, limits, type Out, print, short, table } from '../output';
import { withReadContext } from '../session';
import { evaluationTable, fullRunId } from './training';

const MOST = 500;
const wholeNumber = (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MOST)
    throw invalid(`--top ${text}: expected a whole number from 1 to ${MOST}`);
  return value;
};

export function explanationCommands(program: Command): void {
  program
    .command('evaluation')
    .description('how a run was judged: by provider group and period, along the list, in pairs, calibration, fairness')
    .argument('<run>')
    .addHelpText('after', '\nExample: utplukk evaluation 3f2a91bc --json > evaluation.json')
    .action(async (id: string, options: Out) => {
      await withReadContext('getEvaluation', async ({ db, store }) => {
        const runId = await fullRunId(db, id);
        const row = await db('ml.training_run')
          .where({ run_id: runId })
          .first<{ evaluation_sha256: string | null } | undefined>();
        if (!row) throw notFound(`there is no training run ${id}`, 'List them with `utplukk runs`.');
        if (!row.evaluation_sha256)
          throw conflict(`run ${runId} has not been evaluated`, 'It failed, was stopped, or still runs.');
        const document = store.getJson<EvaluationDocument>(row.evaluation_sha256);
        print(options, document, () => evaluationInWords(document));
      });
    });

  program
    .command('card')
    .description("a version's model card, as it was frozen, with the decisions about it beside")
    .argument('<version>')
    .option('--html', 'as a page', false)
    .option('--out <file>', 'write it there')
    .addHelpText('after', '\nExample: utplukk card 9c31d2 --html --out card.html')
    .action(async (id: string, options: { html: boolean; out?: string } & Out) => {
      await withReadContext('getModelCard', async ({ db, store }) => {
        const version = await getVersion(db, id);
        const { card } = store.getJson<VersionBundle>(version.versionId);
        if (!card)
          throw conflict(
            `version ${short(version.versionId)} was frozen before versions carried a card`,
            'Train it again.',
          );
        const text = store.get(options.html ? card.html : card.markdown).toString('utf8');
        const decisions = await decisionsOf(db, version.versionId);
        if (options.out) fs.writeFileSync(options.out, text);
        const beside =
          decisions.length === 0
            ? 'No decision about it yet.'
            : table(
                ['decided', 'verdict', 'request'],
                decisions.map((d) => [d.decidedAt.toISOString(), d.verdict, short(d.requestId)]),
              );
        print(options, { versionId: version.versionId, card: text, decisions }, () =>
          options.out ? `Card of ${short(version.versionId)} in ${options.out}.\n${beside}` : `${text}\n${beside}`,
        );
      });
    });

  program
    .command('reasons')
    .description(
      'why providers stand on a list: figures beside peers, what speaks against, what would have had to differ',
    )
    .argument('<list>')
    .argument('[providers...]', 'entities such as P12; the first of the list when left out')
    .option('--top <n>', 'how many of the list', wholeNumber, 3)
    .addOption(
      new Option('--purpose <purpose>', 'why the providers are opened; it goes on record')
        .choices(PURPOSES)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--lang <language>', 'language of the words').choices(['nb', 'en']).default('nb'))
    .addHelpText('after', '\nExample: utplukk reasons 5d20aa P12 --purpose case --lang en')
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
            found.map((provider) => reasonsInWords(provider, options.lang).join('\n')).join('\n\n'),
          );
        });
      },
    );
}

export function evaluationInWords({
  estimand,
  assumption,
  rows,
  paired,
  reliability,
  amounts,
  nuisance,
  population,
}: EvaluationDocument): string {
  const sliced = rows.filter((row) => row.slice !== 'all' && row.metric === 'average-precision');
  const differences = paired.filter(({ metric }) => metric === 'average-precision');
  return [
    `Estimand: ${estimand}\nAssumption: ${assumption}`,
    `Overall\n${evaluationTable(rows)}`,
    `Average precision by rows judged\n${table(
      ['family', 'rows', 'n', 'value'],
      sliced.map((row) => [
        row.family,
        row.slice,
        row.n,
        `${interval(row)}${row.method.includes('few rows') ? ' (few rows)' : ''}`,
      ]),
    )}`,
    `Difference in average precision, in pairs\n${table(
      ['family', 'against', 'difference'],
      differences.map((row) => [row.family, row.against, interval(row)]),
    )}`,
    `Calibration\n${table(
      ['family', 'chosen', 'log loss platt', 'log loss isotonic', 'promised', 'odds beyond the columns'],
      reliability.map((row) => [
        row.family,
        row.chosen,
        row.logLoss.platt.toFixed(4),
        row.logLoss.isotonic.toFixed(4),
        row.predictedLogLoss?.toFixed(4) ?? '',
        row.caseSourceOffset
          ? `${row.caseSourceOffset.bases.join(', ')}: ${interval(row.caseSourceOffset.oddsRatio)}, n ${row.caseSourceOffset.oddsRatio.n}`
          : '',
      ]),
    )}`,
    ...(amounts
      ? [
          `What findings were expected to be worth (median NOK, and all that was upheld over all that was expected)\n${table(
            ['family', 'expected', 'upheld', 'upheld / expected', 'rank correlation'],
            amounts.map((row) => [
              row.family,
              Math.round(row.expectedAmountNok),
              Math.round(row.upheldNok),
              interval(row.ratio),
              row.rankCorrelation.toFixed(2),
            ]),
          )}`,
        ]
      : []),
    ...(nuisance
      ? [
          `Without and with the columns that say who looked\n${table(
            ['family', 'metric', 'without', 'with', 'difference'],
            nuisance.map((row) => [
              row.family,
              row.k > 0 ? `${row.metric} @${row.k}` : row.metric,
              interval(row.without),
              interval(row.withColumns),
              interval(row.difference),
            ]),
          )}`,
        ]
      : []),
    ...(population ? populationText(population) : []),
  ].join('\n\n');
}

function populationText({ parts, lists, swap, groups }: NonNullable<EvaluationDocument['population']>): string[] {
  const models = new Set(swap.map(({ family }) => family));
  const shown = lists.filter(({ family, estimate }) => models.has(family) && estimate);
  const missing = [
    ...new Map(
      lists
        .filter(({ family, estimate }) => models.has(family) && !estimate)
        .map((row) => [row.estimator, row.assumption]),
    ),
  ];
  const thin = groups.filter((group) => group.thin);
  const swaps = swap.map((row) => [
    row.family,
    row.replaced,
    interval(row.observed.findings),
    interval(row.gain.findings),
    row.gain.amountNok ? Math.round(row.gain.amountNok.value) : '',
    limits(row.bounds),
  ]);
  return [
    `Lists drawn from all active providers (${parts.map((part) => `${part.asOf}: ${part.providers}, ${part.controlled} controlled`).join('; ')}): share that would have a finding if controlled\n${table(
      ['family', 'first', 'estimator', 'share', 'controlled', 'right if'],
      shown.map((row) => [
        row.family,
        row.k || 'all',
        row.estimator,
        row.estimator === 'bounds' ? limits(row.estimate!) : interval(row.estimate!),
        row.estimate!.n,
        row.assumption,
      ]),
    )}`,
    ...(missing.length > 0 ? [missing.map(([estimator, why]) => `${estimator}: ${why}`).join('\n')] : []),
    `Worst tenth of past controls replaced by the first that nobody controlled\n${table(['family', 'replaced', 'findings a control', 'findings gained', 'NOK gained', 'whatever is assumed'], swaps)}`,
    thin.length > 0
      ? `Groups that little was learnt from\n${table(
          ['group', 'providers', 'training rows', 'findings'],
          thin.map((g) => [g.group, g.providers, g.trainRows, g.trainFindings]),
        )}`
      : 'No provider group is without training rows enough.',
  ];
}
