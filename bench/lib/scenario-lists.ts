import { providerIdOf } from '../../domain/provider-key';
import type { MatrixData } from '../../domain/schemas/matrix';
import { baselineScores } from '../../models/baselines/baselines';
import { rankOrder } from '../../models/metrics/ranking-metrics';
import { expectedOutcome } from '../../simulation/controls';
import { type SimulationConfig, monthsOf } from '../../simulation/simulation-config';
import { makeProviders } from '../../simulation/register';
import { REGISTER_META } from './scenario-data';

/** A list holds a year's control cases. */
const CAPACITY = 80;

export interface ListOutcome {
  readonly amountNok: number;
  readonly findings: number;
  /** Benign outliers on the list: control cases without a finding, opened because the provider deviates. */
  readonly benign: number;
}

/** What a control of each active provider would give on average, and whether it is a benign outlier. */
export function truthOf(config: SimulationConfig, population: MatrixData) {
  const [providers, month] = [makeProviders(config), monthsOf(config)];
  return population.entity.map((entity) => {
    const provider = providers[providerIdOf(entity)! - 1]!;
    return {
      benign: Number(provider.benignReason !== undefined || provider.ramp),
      ...expectedOutcome(provider, month),
    };
  });
}

/**
 * What lists of a year's controls would give on average, baselines and the truth beside the given orders: the truth as
 * probabilities is what a model could reach that learns nothing of amounts, the truth in kroner what no list can be
 * above.
 * @param amountNok expected upheld amount of a finding with each provider
 * @returns outcomes by order, and how a list is drawn up from scores
 */
export function evaluatedLists(
  config: SimulationConfig,
  population: MatrixData,
  amountNok: readonly number[],
  orders: ReadonlyMap<string, ArrayLike<number>>,
) {
  const truth = truthOf(config, population);
  const order = (scores: ArrayLike<number>) =>
    rankOrder({ scores, rowIds: population.rowId }, config.seed).slice(0, CAPACITY);
  const evaluate = (scores: ArrayLike<number>): ListOutcome => {
    const list = order(scores).map((row) => truth[row]!);
    const sum = (of: (line: (typeof list)[number]) => number) => list.reduce((total, line) => total + of(line), 0);
    return { amountNok: sum((l) => l.upheldNok), findings: sum((l) => l.finding), benign: sum((l) => l.benign) };
  };
  const all = [
    ...orders,
    ...baselineScores(
      population,
      REGISTER_META,
      population.entity.map((_, row) => row),
      config.seed,
    ),
    ['true-probability', truth.map(({ finding }, row) => finding * amountNok[row]!)] as const,
    ['true-amount', truth.map(({ upheldNok }) => upheldNok)] as const,
  ];
  return { lists: Object.fromEntries(all.map(([name, scores]) => [name, evaluate(scores)])), order };
}
