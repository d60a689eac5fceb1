/** Where a measure is counted: the derived table of a month of receipt that holds it. */
export type MeasureTable = 'bill' | 'day' | 'prescription' | 'dispensing';

/** What a provider did, as whole numbers: the only sums across rows there are, so their order cannot matter. */
export interface Measure {
  readonly name: string;
  /** DuckDB aggregate over one row a bill, day or prescription; always an integer. */
  readonly sql: string;
  /** How months are put together: added, or the largest taken. */
  readonly combine: 'sum' | 'max';
}

/** Counts over a whole window that months cannot be added up to: distinct things, and shapes of the year. */
export const WINDOW_MEASURES = ['patients', 'patients_seen_often', 'tariffs', 'top_tariff_lines'] as const;
export const SHAPES = ['slope', 'volatility', 'jump'] as const;
export type Shape = (typeof SHAPES)[number];

/**
 * A feature as a data scientist declares it. One declaration gives a column for each window (`name_12m`), and for each
 * peer comparison one of the longest listed year-or-shorter window (`name_12m_z`, `name_12m_pct`).
 */
export interface Declaration {
  readonly name: string;
  readonly unit: string;
  /** Meaning in Norwegian and English. */
  readonly nb: string;
  readonly en: string;
  /** What it is for: why a provider's figure here may say that a control is worth while. */
  readonly purpose: string;
  readonly source: 'bills' | 'days' | 'patients' | 'tariffs' | 'rules' | 'prescriptions' | 'register' | 'network';
  readonly of:
    | { readonly kind: 'total'; readonly measure: string }
    | { readonly kind: 'ratio'; readonly over: string; readonly under: string }
    | { readonly kind: 'shape'; readonly measure: string; readonly shape: Shape }
    | { readonly kind: 'trend'; readonly measure: string }
    | { readonly kind: 'entropy' }
    | { readonly kind: 'fact'; readonly sql: string };
  /** Months of service before the as-of date. */
  readonly windows: readonly number[];
  readonly peers: readonly ('z' | 'pct')[];
  /** Protected attributes may be declared for evaluation only, never for training. */
  readonly protected: false;
}

/** One column of the matrix. */
export interface Feature {
  readonly name: string;
  readonly declaration: Declaration;
  readonly months: number | undefined;
  readonly peer: 'z' | 'pct' | undefined;
}

/** Window whose value is compared with peers. */
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
