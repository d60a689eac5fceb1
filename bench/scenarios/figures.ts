import { Rng } from '../../domain/rng';
import type { ScenarioName } from '../../simulation/scenarios';
import type { Figure } from '../lib/results';
import type { ListOutcome } from '../lib/scenario-lists';

/** One scenario with one seed, learned from and evaluated. */
export interface Done {
  readonly code: string;
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly labeled: number;
  readonly positives: number;
  /** Findings that the model predicts for its list by probability. */
  readonly predicted: number;
  readonly lists: Readonly<Record<string, ListOutcome>>;
}

export type Lists = Pick<Done, 'lists'>;

/** Ratio of sums over seeds with a percentile interval over seeds: a seed is drawn whole or not at all. */
export function figureOf<T>(
  scenario: ScenarioName,
  done: readonly T[],
  name: string,
  of: (one: T) => readonly [above: number, below: number],
  target?: Figure['target'],
): Figure {
  const pairs = done.map(of);
  const over = (drawn: readonly (readonly [number, number])[]) =>
    drawn.reduce((sum, [a]) => sum + a, 0) / drawn.reduce((sum, [, b]) => sum + b, 0);
  const rng = new Rng('scenarios', done.length);
  const draws = Array.from({ length: 2000 }, () => over(pairs.map(() => pairs[rng.below(pairs.length)]!))).sort(
    (a, b) => a - b,
  );
  const range = `${draws[50]!.toFixed(2)} to ${draws[1949]!.toFixed(2)}, ${done.length} seeds`;
  return {
    name: `${scenario}: ${name}`,
    value: over(pairs),
    unit: '×',
    baseline: range,
    ...(target ? { target } : {}),
  };
}

export const outcomesOf = (list: string) => (one: Lists) => one.lists[list]!;
export const [ours, byProbability, size, rule] = [
  outcomesOf('expected-amount'),
  outcomesOf('probability'),
  outcomesOf('size'),
  outcomesOf('peer-deviation'),
];
const [trueOdds, trueAmountNok] = [outcomesOf('true-probability'), outcomesOf('true-amount')];

export function figuresOf(scenario: ScenarioName, done: readonly Done[]): Figure[] {
  const figure = (name: string, of: (one: Done) => readonly [number, number], target?: Figure['target']) =>
    figureOf(scenario, done, name, of, target);
  const predicted = (target?: Figure['target']) =>
    figure(
      'findings predicted for the 80 most probable, over those there are',
      (one) => [one.predicted, byProbability(one).findings],
      target,
    );
  if (scenario === 'nothing-planted')
    return [
      predicted({ at: 'most', value: 1.25 }),
      figure('upheld amount against the largest first', (one) => [ours(one).amountNok, size(one).amountNok]),
    ];
  return [
    figure('upheld amount against the largest first', (one) => [ours(one).amountNok, size(one).amountNok], {
      at: 'least',
      value: 2,
    }),
    figure('upheld amount against the outlier rule', (one) => [ours(one).amountNok, rule(one).amountNok], {
      at: 'least',
      value: 1.3,
    }),
    figure(
      'benign outliers on the list against the outlier rule',
      (one) => [ours(one).benign, rule(one).benign],
      scenario === 'standard' ? { at: 'most', value: 0.5 } : undefined,
    ),
    figure('upheld amount of the list by expected amount against that by probability', (one) => [
      ours(one).amountNok,
      byProbability(one).amountNok,
    ]),
    predicted(),
    ...truthFigures(scenario, done),
  ];
}

/** Upper limits: lists by the true probabilities with learned amounts, and by the true amounts. */
export const truthFigures = (scenario: ScenarioName, done: readonly Lists[]): Figure[] => [
  figureOf(scenario, done, 'true probabilities: upheld amount against the outlier rule', (one) => [
    trueOdds(one).amountNok,
    rule(one).amountNok,
  ]),
  figureOf(scenario, done, 'true probabilities: benign outliers against the outlier rule', (one) => [
    trueOdds(one).benign,
    rule(one).benign,
  ]),
  figureOf(scenario, done, 'true amount: upheld amount against the outlier rule', (one) => [
    trueAmountNok(one).amountNok,
    rule(one).amountNok,
  ]),
];
