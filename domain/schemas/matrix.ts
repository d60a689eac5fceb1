/** A feature matrix: one row an (entity, as-of day). Columns stand in this order in the stored Parquet file. */
export interface MatrixColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** `nuisance` says who looked; `design` says how the row came to be controlled, and never enters a model. */
  readonly role: 'feature' | 'nuisance' | 'design';
}

export interface MatrixMeta {
  readonly columns: readonly MatrixColumn[];
  /** Feature columns that serve as baselines; undefined where the source has none. Deviations are robust z against peers. */
  readonly baselines: {
    readonly size?: string | undefined;
    readonly ruleHits?: string | undefined;
    readonly deviations?: readonly string[] | undefined;
    /** All columns that say what the rule engine stopped. */
    readonly ruleFeatures?: readonly string[] | undefined;
  };
  readonly rows: number;
  readonly labeled: number;
  readonly positives: number;
}

/** Column of role `design`: the stored chance, before the draw, that the row would be controlled; empty without a draw. */
export const SELECTION_PROBABILITY = 'selection_probability';

/** Column of role `design`: what the control was opened on (a tip, rule hits, a list), as the case system says. */
export const CONTROL_BASIS = 'control_basis';

/** Fixed columns before the features. `label` is 1, 0 or null (outcome not known at the snapshot's as-of instant). */
export const KEY_COLUMNS = ['row_id', 'entity', 'as_of', 'grp', 'label', 'label_known_on', 'amount_ore'] as const;

/** A matrix in memory, column by column. `NaN` is a missing number; label is NaN where the outcome is not known. */
export interface MatrixData {
  readonly n: number;
  readonly rowId: string[];
  readonly entity: string[];
  readonly asOf: string[];
  readonly group: string[];
  readonly label: Float64Array;
  readonly labelKnownOn: (string | undefined)[];
  readonly amountOre: Float64Array;
  readonly numeric: ReadonlyMap<string, Float64Array>;
  readonly categorical: ReadonlyMap<string, string[]>;
}
