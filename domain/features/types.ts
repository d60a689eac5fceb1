/** What a provider did in one month of receipt, as whole numbers: the only cross-row sums there are. */
export interface Measure {
  readonly name: string;
  /** DuckDB aggregate over `b` (one row a bill, with its lines' sums beside it); always an integer. */
  readonly sql: string;
  /** How months are put together: added, or the largest taken. */
  readonly combine: 'sum' | 'max';
}

interface Described {
  readonly name: string;
  readonly unit: string;
  readonly nb: string;
  readonly en: string;
}

/** A feature of (provider, as-of date), over the months of receipt before that date. */
export type Feature = Described &
  (
    | { readonly kind: 'total'; readonly measure: string; readonly months: number }
    | { readonly kind: 'ratio'; readonly over: string; readonly under: string; readonly months: number; readonly times?: number }
    | { readonly kind: 'trend'; readonly measure: string; readonly shortMonths: number; readonly longMonths: number }
    | { readonly kind: 'fact'; readonly sql: string }
    | { readonly kind: 'peer'; readonly of: string }
  );
