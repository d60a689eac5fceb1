import type { Reason } from '../../domain/schemas/explanation';
import type { MatrixData } from '../../domain/schemas/matrix';
import { median } from '../metrics/median';

/** A provider group with fewer providers is no basis for comparison: the whole population is used instead. */
const MIN_PEERS = 10;
const POPULATION = 'all';

/** Medians of provider groups on one day; each is computed once, when it is first asked for. */
export class Peers {
  readonly #rows = new Map<string, number[]>();
  readonly #medians = new Map<string, number | null>();

  constructor(private readonly data: MatrixData) {
    data.group.forEach((group, row) => this.#rows.set(group, [...(this.#rows.get(group) ?? []), row]));
    this.#rows.set(
      POPULATION,
      Array.from({ length: data.n }, (_, row) => row),
    );
  }

  /** The value of a row, and the median of its peers. */
  compare(row: number, feature: string): Pick<Reason, 'value' | 'peerGroup' | 'peers' | 'peerMedian'> {
    const ownGroup = this.data.group[row]!;
    const peerGroup = this.#rows.get(ownGroup)!.length >= MIN_PEERS ? ownGroup : POPULATION;
    const peers = this.#rows.get(peerGroup)!.length;
    const values = this.data.numeric.get(feature);
    if (!values) return { value: this.data.categorical.get(feature)?.[row] ?? '', peerGroup, peers, peerMedian: null };
    const value = Number.isNaN(values[row]!) ? null : values[row]!;
    return { value, peerGroup, peers, peerMedian: this.#median(peerGroup, feature, values) };
  }

  #median(group: string, feature: string, values: Float64Array): number | null {
    const key = `${group}\u0000${feature}`;
    const cached = this.#medians.get(key);
    if (cached !== undefined) return cached;
    const present = Float64Array.from(this.#rows.get(group)!, (row) => values[row]!).filter(
      (value) => !Number.isNaN(value),
    );
    const result = median(present) ?? null;
    this.#medians.set(key, result);
    return result;
  }
}
