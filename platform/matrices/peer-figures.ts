import { FEATURES } from '../../domain/features/catalogue';
import type { MatrixMeta } from '../../domain/schemas/matrix';
import type { ArtifactStore } from '../artifacts/store';
import { ident, quote, rowsOf, withDuckDb } from '../duckdb/duckdb';

/** Features shown for a provider: those that deviate most from its peers. */
const MAX_FIGURES = 12;

export interface PeerFigure {
  readonly feature: string;
  readonly unit: string;
  readonly value: number;
  /** Robust z-score among the peers. */
  readonly deviation: number;
  readonly peers: number;
  /** 10th, 25th, 50th, 75th and 90th percentile of the peers. */
  readonly quantiles: readonly number[];
}

/** Features that have a robust z-score among peers. */
const PAIRS = FEATURES.filter((feature) => feature.peer === 'z').map(({ name, declaration }) => ({
  z: name,
  base: name.replace(/_z$/, ''),
  unit: declaration.unit,
}));

/**
 * The features in which a provider deviates most from the peers it was scored with, and the distribution among the
 * peers.
 * @param file hash of a scoring matrix in the store
 */
export const peerFigures = (
  store: ArtifactStore,
  file: string,
  meta: MatrixMeta,
  entity: string,
): Promise<PeerFigure[]> =>
  withDuckDb(store.temporary(), async (duck) => {
    await duck.run(`create view m as select * from read_parquet(${quote(store.existing(file))})`);
    const present = new Set(meta.columns.map(({ name }) => name));
    const pairs = PAIRS.filter(({ z, base }) => present.has(z) && present.has(base));
    if (pairs.length === 0) return [];
    const columns = pairs
      .flatMap(({ z, base }) => [z, base])
      .map((name) => `cast(${ident(name)} as double) as ${ident(name)}`);
    const [own] = await rowsOf(
      duck,
      `select grp, ${columns.join(', ')} from m where entity = ${quote(entity)} limit 1`,
    );
    if (!own) return [];
    const valueOf = (name: string) => (own[name] === null ? Number.NaN : Number(own[name]));
    const farthest = pairs
      .filter(({ z, base }) => Number.isFinite(valueOf(z)) && Number.isFinite(valueOf(base)))
      .sort((a, b) => Math.abs(valueOf(b.z)) - Math.abs(valueOf(a.z)) || a.z.localeCompare(b.z))
      .slice(0, MAX_FIGURES);
    if (farthest.length === 0) return [];
    const distributions = farthest.map(({ base }, i) => {
      const column = ident(base);
      const quantiles = `quantile_cont(cast(${column} as double), [0.1, 0.25, 0.5, 0.75, 0.9])`;
      return `${quantiles} as q${i}, count(${column}) as n${i}`;
    });
    const group = quote(String(own['grp']));
    const [peers] = await rowsOf(duck, `select ${distributions.join(', ')} from m where grp = ${group}`);
    return farthest.map(({ z, base, unit }, i) => ({
      feature: base,
      unit,
      value: valueOf(base),
      deviation: valueOf(z),
      peers: Number(peers![`n${i}`]),
      quantiles: (peers![`q${i}`] as unknown[]).map(Number),
    }));
  });

/** Values of one numeric column of a matrix by entity, without the missing ones. */
export const columnByEntity = (
  store: ArtifactStore,
  file: string,
  column: string,
): Promise<ReadonlyMap<string, number>> =>
  withDuckDb(store.temporary(), async (duck) => {
    const name = ident(column);
    const result = await duck.runAndReadAll(
      `select entity, cast(${name} as double) from read_parquet(${quote(store.existing(file))})
        where ${name} is not null`,
    );
    return new Map(result.getRows().map(([entity, value]) => [String(entity), Number(value)]));
  });
