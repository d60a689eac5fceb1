import type { ProviderReasons, Reason } from '../../domain/schemas/explanation';
import type { MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import { detectOutOfDistribution } from '../ood/training-ranges';
import { scoreRows } from '../scoring';
import type { FittedModel } from '../training/fitted-model';
import { contributions } from './contributions';
import { Peers } from './peers';

const MAX_REASONS = 5;
const MAX_COUNTER_EVIDENCE = 3;
/** Features that a counterfactual changes at most. */
const MAX_CHANGES = 10;

/**
 * Why the given rows score as they do: the features that raise and lower the score, compared with the median of the
 * same provider group on the same day, and the fewest features that would have had to be at that median for the score
 * to fall below the selection threshold.
 * @param selectionThresholds score of the last place of the list, for each row
 */
export function explain(
  tf: Tf,
  model: FittedModel,
  data: MatrixData,
  rows: readonly number[],
  selectionThresholds: readonly number[],
): ProviderReasons[] {
  const peers = new Peers(data);
  return contributions(tf, model, data, rows).map((of, i) => {
    const row = rows[i]!;
    const strongestFirst = [...of.byFeature].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const reason = ([feature, contribution]: readonly [string, number]): Reason => ({
      feature,
      contribution,
      ...peers.compare(row, feature),
    });
    const raising = strongestFirst.filter(([, value]) => value > 0);
    const lowering = strongestFirst.filter(([, value]) => value < 0).reverse();
    const features = raising.map(([feature]) => feature);
    const threshold = selectionThresholds[i]!;
    return {
      entity: data.entity[row]!,
      group: data.group[row]!,
      outOfDistribution: model.trainingRanges && detectOutOfDistribution(model.trainingRanges, data, row),
      score: of.score,
      base: of.base,
      completenessError: of.completenessError,
      reasons: raising.slice(0, MAX_REASONS).map(reason),
      otherReasons: raising.slice(MAX_REASONS).reduce((sum, [, value]) => sum + value, 0),
      counterEvidence: lowering.slice(0, MAX_COUNTER_EVIDENCE).map(reason),
      otherCounterEvidence: lowering.slice(MAX_COUNTER_EVIDENCE).reduce((sum, [, value]) => sum + value, 0),
      counterfactual:
        of.score < threshold
          ? { features: [], score: of.score }
          : counterfactual(tf, model, data, row, features, peers, threshold),
    };
  });
}

/** Sets raising features to the peers' median one by one, strongest first, until the score is below the threshold. */
function counterfactual(
  tf: Tf,
  model: FittedModel,
  data: MatrixData,
  row: number,
  raisingFeatures: readonly string[],
  peers: Peers,
  threshold: number,
): ProviderReasons['counterfactual'] {
  const changed = new Map<string, Float64Array>();
  const numeric = raisingFeatures.filter((feature) => data.numeric.has(feature)).slice(0, MAX_CHANGES);
  for (const feature of numeric) {
    const { peerMedian } = peers.compare(row, feature);
    if (peerMedian === null) continue;
    changed.set(feature, Float64Array.of(peerMedian));
    const score = scoreRows(tf, model, singleRow(data, row, changed), [0])[0]!;
    if (score < threshold) return { features: [...changed.keys()], score };
  }
  return undefined;
}

/** One row as a matrix of its own, with some numeric columns replaced. */
function singleRow(data: MatrixData, row: number, changed: ReadonlyMap<string, Float64Array>): MatrixData {
  const at = <T>(values: readonly T[]) => [values[row]!];
  const numeric = [...data.numeric].map(
    ([name, values]) => [name, changed.get(name) ?? Float64Array.of(values[row]!)] as const,
  );
  return {
    n: 1,
    rowId: at(data.rowId),
    entity: at(data.entity),
    asOf: at(data.asOf),
    group: at(data.group),
    label: Float64Array.of(Number.NaN),
    labelKnownOn: [undefined],
    amountOre: Float64Array.of(Number.NaN),
    numeric: new Map(numeric),
    categorical: new Map([...data.categorical].map(([name, values]) => [name, at(values)])),
  };
}
