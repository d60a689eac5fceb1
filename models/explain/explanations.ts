import type { ProviderReasons, Reason } from '../../domain/schemas/explanation';
import type { MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import type { FittedModel } from '../training/fit';
import { median } from '../metrics/median';
import { scoreRows } from '../scoring';
import { detectOutOfDistribution } from '../ood/training-ranges';
import { contributions } from './contributions';

const REASONS = 5;
const COUNTER_EVIDENCE = 3;
/** A peer group smaller than this says little; the whole population is taken and named. */
const MIN_PEERS = 10;
const EVERYBODY = 'all';

/**
 * Why the given rows score as they do: what raises the score and what lowers it, beside the median of the same provider
 * group on the same day, and the fewest figures that would have had to be the peers' for the provider to fall below its cut.
 */
export function explain(
  tf: Tf,
  model: FittedModel,
  data: MatrixData,
  rows: readonly number[],
  cuts: readonly number[],
): ProviderReasons[] {
  const peers = new Peers(data);
  return contributions(tf, model, data, rows).map((found, i) => {
    const [row, cut] = [rows[i]!, cuts[i]!];
    const ordered = [...found.byFeature].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const reason = ([feature, contribution]: readonly [string, number]): Reason => ({
      feature,
      contribution,
      ...peers.beside(row, feature),
    });
    const raising = ordered.filter(([, value]) => value > 0);
    const lowering = ordered.filter(([, value]) => value < 0).reverse();
    return {
      entity: data.entity[row]!,
      group: data.group[row]!,
      outOfDistribution: model.seen && detectOutOfDistribution(model.seen, data, row),
      score: found.score,
      base: found.base,
      gap: found.gap,
      reasons: raising.slice(0, REASONS).map(reason),
      otherReasons: raising.slice(REASONS).reduce((sum, [, value]) => sum + value, 0),
      counterEvidence: lowering.slice(0, COUNTER_EVIDENCE).map(reason),
      otherCounterEvidence: lowering.slice(COUNTER_EVIDENCE).reduce((sum, [, value]) => sum + value, 0),
      counterfactual:
        found.score < cut
          ? { features: [], score: found.score }
          : counterfactual(
              tf,
              model,
              data,
              row,
              raising.map(([feature]) => feature),
              peers,
              cut,
            ),
    };
  });
}

const MOST_CHANGES = 10;

/** Sets one raising figure after the other to the peers' median, strongest first, until the score is below the cut. */
function counterfactual(
  tf: Tf,
  model: FittedModel,
  data: MatrixData,
  row: number,
  features: readonly string[],
  peers: Peers,
  cut: number,
): ProviderReasons['counterfactual'] {
  const numeric = features.filter((feature) => data.numeric.has(feature)).slice(0, MOST_CHANGES);
  const changed = new Map<string, Float64Array>();
  const one = <T>(values: readonly T[]) => [values[row]!];
  const at = (): MatrixData => ({
    n: 1,
    rowId: one(data.rowId),
    entity: one(data.entity),
    asOf: one(data.asOf),
    group: one(data.group),
    label: Float64Array.of(Number.NaN),
    labelKnownOn: [undefined],
    amountOre: Float64Array.of(Number.NaN),
    numeric: new Map(
      [...data.numeric].map(([name, values]) => [name, changed.get(name) ?? Float64Array.of(values[row]!)]),
    ),
    categorical: new Map([...data.categorical].map(([name, values]) => [name, one(values)])),
  });
  for (const feature of numeric) {
    const { peerMedian } = peers.beside(row, feature);
    if (peerMedian === null) continue;
    changed.set(feature, Float64Array.of(peerMedian));
    const score = scoreRows(tf, model, at(), [0])[0]!;
    if (score < cut) return { features: [...changed.keys()], score };
  }
  return undefined;
}

/** Medians of provider groups, each counted once it is asked for. */
class Peers {
  readonly #rows = new Map<string, number[]>();
  readonly #medians = new Map<string, number | null>();
  constructor(private readonly data: MatrixData) {
    data.group.forEach((group, row) => this.#rows.set(group, [...(this.#rows.get(group) ?? []), row]));
    this.#rows.set(
      EVERYBODY,
      Array.from({ length: data.n }, (_, row) => row),
    );
  }

  beside(row: number, feature: string): Pick<Reason, 'value' | 'peerGroup' | 'peers' | 'peerMedian'> {
    const own = this.data.group[row]!;
    const peerGroup = this.#rows.get(own)!.length >= MIN_PEERS ? own : EVERYBODY;
    const peers = this.#rows.get(peerGroup)!.length;
    const values = this.data.numeric.get(feature);
    if (!values) return { value: this.data.categorical.get(feature)?.[row] ?? '', peerGroup, peers, peerMedian: null };
    const value = Number.isNaN(values[row]!) ? null : values[row]!;
    return { value, peerGroup, peers, peerMedian: this.#median(peerGroup, feature, values) };
  }

  #median(group: string, feature: string, values: Float64Array): number | null {
    const key = `${group}\u0000${feature}`;
    const known = this.#medians.get(key);
    if (known !== undefined) return known;
    const found =
      median(
        Float64Array.from(this.#rows.get(group)!, (row) => values[row]!).filter((value) => !Number.isNaN(value)),
      ) ?? null;
    this.#medians.set(key, found);
    return found;
  }
}
