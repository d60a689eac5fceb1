import type { MatrixData } from '../../domain/schemas/matrix';
import { baselineScores } from '../../models/baselines/baselines';
import { rankOrder } from '../../models/metrics/ranking-metrics';
import { expectedOutcome } from '../../simulation/controls';
import { type Dials, monthsOf } from '../../simulation/simulation-config';
import { makeActors } from '../../simulation/register';
import { REGISTER_META } from './scenario-data';

/** The list is a year's controls. */
const CAPACITY = 80;

export interface ListOutcome {
  readonly kroner: number;
  readonly findings: number;
  /** Honest outliers on the list: controlled in vain for standing out. */
  readonly honest: number;
}

/** What a control of each active actor would give on average, and whether it is an honest outlier. */
export function truthOf(dials: Dials, everybody: MatrixData) {
  const [actors, month] = [makeActors(dials), monthsOf(dials)];
  return everybody.entity.map((entity) => {
    const actor = actors[Number(entity.slice(1)) - 1]!;
    return { honest: Number(actor.honest !== undefined || actor.ramp), ...expectedOutcome(actor, month) };
  });
}

/**
 * What lists of a year's controls would give on average, baselines and the truth beside the given orders: the truth as
 * probabilities is what a model could reach that learns nothing of amounts, the truth in kroner what no list can be above.
 * @param kroner what a finding with each actor is taken to be worth
 * @returns outcomes by order, and how a list is drawn up from scores
 */
export function judgedLists(
  dials: Dials,
  everybody: MatrixData,
  kroner: readonly number[],
  orders: ReadonlyMap<string, ArrayLike<number>>,
) {
  const truth = truthOf(dials, everybody);
  const order = (scores: ArrayLike<number>) =>
    rankOrder({ scores, rowIds: everybody.rowId }, dials.seed).slice(0, CAPACITY);
  const judge = (scores: ArrayLike<number>): ListOutcome => {
    const list = order(scores).map((row) => truth[row]!);
    const sum = (of: (line: (typeof list)[number]) => number) => list.reduce((total, line) => total + of(line), 0);
    return { kroner: sum((l) => l.upheldKroner), findings: sum((l) => l.finding), honest: sum((l) => l.honest) };
  };
  const all = [
    ...orders,
    ...baselineScores(
      everybody,
      REGISTER_META,
      everybody.entity.map((_, row) => row),
      dials.seed,
    ),
    ['true-probability', truth.map(({ finding }, row) => finding * kroner[row]!)] as const,
    ['true-kroner', truth.map(({ upheldKroner }) => upheldKroner)] as const,
  ];
  return { lists: Object.fromEntries(all.map(([name, scores]) => [name, judge(scores)])), order };
}
