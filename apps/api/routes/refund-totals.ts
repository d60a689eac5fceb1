import { BASELINE_FEATURES } from '../../../domain/features/catalogue';
import type { ArtifactStore } from '../../../platform/artifacts/store';
import { matrixOfScoring } from '../../../platform/db/read-models/scored-provider';
import { columnByEntity } from '../../../platform/matrices/peer-figures';
import type { Db } from '../../../platform/postgres/connection';

/** Scoring runs whose totals are kept in memory. */
const KEPT = 4;

/**
 * Refunds of the last year by provider, in øre, from the matrix of a scoring run. A stored matrix never changes, so
 * those that were read last are kept.
 */
export class RefundTotals {
  readonly #kept = new Map<string, Promise<ReadonlyMap<string, number>>>();

  constructor(
    readonly db: Db,
    readonly store: ArtifactStore,
  ) {}

  /** Empty for a population that came as a prepared table. */
  async ofScoring(scoringId: string): Promise<ReadonlyMap<string, number>> {
    let totals = this.#kept.get(scoringId);
    if (!totals) {
      totals = this.#read(scoringId);
      this.#kept.set(scoringId, totals);
      totals.catch(() => this.#kept.delete(scoringId));
      if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    }
    return totals;
  }

  async #read(scoringId: string): Promise<ReadonlyMap<string, number>> {
    const matrix = await matrixOfScoring(this.db, scoringId);
    // The size column of a prepared table need not be an amount of money.
    if (matrix?.meta.baselines.size !== BASELINE_FEATURES.size) return new Map();
    return columnByEntity(this.store, matrix.fileSha256, BASELINE_FEATURES.size);
  }
}
