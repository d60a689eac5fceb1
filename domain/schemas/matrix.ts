/** A column of a feature matrix; a matrix has one row for each entity and as-of date. */
export interface MatrixColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /**
   * `nuisance` columns identify the caseworker. `design` columns say how the row got its label; they never enter a
   * model.
   */
  readonly role: 'feature' | 'nuisance' | 'design';
}

/** Rows of a prepared table that could not be used. */
export interface RefusedRows {
  readonly read: number;
  readonly refused: number;
  /** The most frequent reasons, each with its column and number of rows. */
  readonly reasons: readonly string[];
}

export interface MatrixMeta {
  /** In the order of the stored Parquet file. */
  readonly columns: readonly MatrixColumn[];
  /** Feature columns that baselines are made of; undefined where the source has none. */
  readonly baselines: {
    readonly size?: string | undefined;
    readonly ruleHits?: string | undefined;
    /** Robust z-scores against peers. */
    readonly deviations?: readonly string[] | undefined;
    /** All columns made of hits of the rule engine. */
    readonly ruleFeatures?: readonly string[] | undefined;
  };
  /** Columns of role `design` with attributes that results are compared by and no model sees. */
  readonly protected?: readonly string[] | undefined;
  /** What of a prepared table could not be used; undefined where all rows were. */
  readonly refused?: RefusedRows | undefined;
  readonly rows: number;
  readonly labeled: number;
  readonly positives: number;
}

/** Column of role `design`: stored chance, before the random draw, of a control case; empty without a draw. */
export const SELECTION_PROBABILITY = 'selection_probability';

/** Column of role `design`: the case source (a tip, rule hits, a list), as the case system has it. */
export const CONTROL_BASIS = 'control_basis';

/** Names of the columns of role `design` that a prepared table can have. */
export const TABLE_DESIGN = {
  probability: SELECTION_PROBABILITY,
  basis: CONTROL_BASIS,
  arm: 'selection_arm',
  weight: 'row_weight',
  group: 'row_group',
} as const;

/** Fixed columns before the features. `label` is 1, 0 or null (outcome not known at the snapshot's as-of instant). */
export const KEY_COLUMNS = ['row_id', 'entity', 'as_of', 'grp', 'label', 'label_known_on', 'amount_ore'] as const;

/** A matrix in memory, column by column. Missing numbers, labels that are not known, and missing amounts are `NaN`. */
export interface MatrixData {
  readonly n: number;
  readonly rowId: string[];
  readonly entity: string[];
  /** Civil date of the features. */
  readonly asOf: string[];
  readonly group: string[];
  /** 1 for an upheld finding, 0 without. */
  readonly label: Float64Array;
  /** Civil date on which the outcome became known; undefined while it is not. */
  readonly labelKnownOn: (string | undefined)[];
  readonly amountOre: Float64Array;
  readonly numeric: ReadonlyMap<string, Float64Array>;
  readonly categorical: ReadonlyMap<string, string[]>;
}
