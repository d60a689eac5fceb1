/** Where a measure is counted: the monthly rollup that holds it. */
export type MeasureTable = 'bill' | 'day' | 'prescription' | 'dispensing' | 'result';

/** Activity of a provider in a month as a whole number, so that the order of summation cannot matter. */
export interface Measure {
  readonly name: string;
  /** DuckDB aggregate over bills, days, prescriptions, dispensings or results; always an integer. */
  readonly sql: string;
  /** How months are combined: added up, or the largest of them. */
  readonly combine: 'sum' | 'max';
}

/** Distinct counts over a whole window, which cannot be added up from months. */
export const WINDOW_MEASURES = ['patients', 'patients_seen_often', 'tariffs', 'top_tariff_lines'] as const;
/** Shapes of the last twelve months. */
export const SHAPES = ['slope', 'volatility', 'jump'] as const;
export type Shape = (typeof SHAPES)[number];

/** Where the values of a feature come from. */
export type Source = 'bills' | 'days' | 'patients' | 'tariffs' | 'rules' | 'prescriptions' | 'register' | 'network';
/** Comparison with peers (providers of the same group): robust z-score, or percentile rank. */
export type Peer = 'z' | 'pct';

/**
 * A feature as a data scientist declares it. One declaration gives a column for each window (`name_12m`), and one for
 * each peer comparison (`name_12m_z`, `name_12m_pct`): over twelve months where declared, else over the last window.
 */
export interface Declaration {
  readonly name: string;
  readonly unit: string;
  /** Meaning in Norwegian and English. */
  readonly nb: string;
  readonly en: string;
  /** Why a high or low value may be a reason to open a control case. */
  readonly purpose: string;
  readonly source: Source;
  readonly of:
    | { readonly kind: 'total'; readonly measure: string }
    | { readonly kind: 'ratio'; readonly over: string; readonly under: string }
    | { readonly kind: 'shape'; readonly measure: string; readonly shape: Shape }
    | { readonly kind: 'trend'; readonly measure: string }
    | { readonly kind: 'entropy' }
    | { readonly kind: 'fact'; readonly sql: string };
  /** Months of service before the as-of date. */
  readonly windows: readonly number[];
  readonly peers: readonly Peer[];
  /** Protected attributes may be declared for evaluation only, never for training. */
  readonly protected: false;
}

/** One column of the matrix. */
export interface Feature {
  readonly name: string;
  readonly declaration: Declaration;
  readonly months: number | undefined;
  readonly peer: Peer | undefined;
}

/** Window in months whose value is compared with peers. */
export const peerWindow = (windows: readonly number[]): number | undefined =>
  windows.includes(12) ? 12 : windows.at(-1);

export function columnsOf(declaration: Declaration): Feature[] {
  const { name, windows, peers } = declaration;
  const suffix = (months: number | undefined) => (months === undefined ? '' : `_${months}m`);
  const own: Feature[] = (windows.length === 0 ? [undefined] : windows).map((months) => ({
    name: `${name}${suffix(months)}`,
    declaration,
    months,
    peer: undefined,
  }));
  const months = peerWindow(windows);
  return [...own, ...peers.map((peer) => ({ name: `${name}${suffix(months)}_${peer}`, declaration, months, peer }))];
}
