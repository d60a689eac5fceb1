import { BASELINE_FEATURES } from '../../../domain/features/catalogue';
import type { MatrixMeta } from '../../../domain/schemas/matrix';
import type { ArtifactStore } from '../../../platform/artifacts/store';
import type { Db } from '../../../platform/postgres/connection';
import { columnByEntity } from '../../../platform/features/provider-profile';

const KEPT = 4;

/** Refunds of providers as a list's own matrix has them; a sealed matrix never changes, so the last few are kept. */
export class AmountsOfLists {
  readonly #kept = new Map<string, Promise<ReadonlyMap<string, number>>>();

  constructor(
    readonly db: Db,
    readonly store: ArtifactStore,
  ) {}

  async of(scoringId: string, entities: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (entities.length === 0) return new Map();
    let found = this.#kept.get(scoringId);
    if (!found) {
      found = this.#read(scoringId);
      this.#kept.set(scoringId, found);
      found.catch(() => this.#kept.delete(scoringId));
      if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    }
    return found;
  }

  async #read(scoringId: string): Promise<ReadonlyMap<string, number>> {
    const row = await this.db('sel.scoring_run as s')
      .join('ml.matrix as m', 'm.matrix_id', 's.matrix_id')
      .where({ scoring_id: scoringId })
      .first<{ file_sha256: string; meta: MatrixMeta } | undefined>('m.file_sha256', 'm.meta');
    // A prepared table's size need not be kroner.
    const amountNok = row?.meta.baselines.size === BASELINE_FEATURES.size;
    return row && amountNok ? columnByEntity(this.store, row.file_sha256, BASELINE_FEATURES.size) : new Map();
  }
}
