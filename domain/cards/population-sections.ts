import type { GroupCoverage, ListEstimate, PopulationReport, SwapEstimate } from '../schemas/evaluation';
import type { CardInput } from './card-input';
import type { Section } from './document';
import { boundsText, estimateText } from './format';

/** For evaluations that scored the whole population at the start of each test part. */
export function population({ evaluation, family }: CardInput): Section[] {
  const report = evaluation.population;
  if (!report) return [];
  const lists = report.lists.filter((row) => row.family === family && row.estimate);
  const swap = report.swap.find((row) => row.family === family);
  return [
    {
      title: 'Population estimates',
      paragraphs: [designText(report), ...(swap ? [swapText(swap)] : [])],
      table: {
        head: ['first', 'estimator', 'share with a finding', 'labelled', 'assumption'],
        rows: lists.map(listRow),
      },
    },
    lowSupport(report.groups.filter((group) => group.lowSupport)),
  ];
}

function designText({ parts }: PopulationReport): string {
  const counts = parts.map(
    ({ asOf, providers, labeled, drawn }) =>
      `${asOf}: ${providers} providers, ${labeled} of them controlled in the part, ${drawn} by a random draw`,
  );
  return (
    `At the start of each test part all active providers were ranked: ${counts.join('; ')}. The estimand is the ` +
    'share of the list that would have an upheld finding if controlled; the last row of each estimator is the share ' +
    'among all active providers (class prior).'
  );
}

const swapText = ({ replaced, observed, gain, bounds }: SwapEstimate): string =>
  `Swap-set analysis: replacing the lowest-scored tenth of the past control cases (${replaced}, with a finding in ` +
  `${estimateText(observed.findings)}) by the highest-scored unlabelled providers gives ` +
  `${estimateText(gain.findings)} more findings per control case if unlabelled providers are like labelled ones of ` +
  `the same score; without any assumption, from ${boundsText(bounds)}.`;

const listRow = ({ k, estimator, estimate, assumption }: ListEstimate): string[] => [
  k === 0 ? 'all' : String(k),
  estimator,
  estimator === 'bounds' ? boundsText(estimate!) : estimateText(estimate!),
  String(estimate!.n),
  assumption,
];

function lowSupport(groups: readonly GroupCoverage[]): Section {
  const title = 'Groups with low support';
  if (groups.length === 0)
    return { title, paragraphs: ['Every provider group has enough rows and findings for a verdict of its own.'] };
  return {
    title,
    paragraphs: ['Scores of these groups rest on what was learnt from others; there is no verdict on them alone.'],
    table: {
      head: ['group', 'providers', 'training rows', 'findings'],
      rows: groups.map((row) => [row.group, String(row.providers), String(row.trainRows), String(row.trainFindings)]),
    },
  };
}
