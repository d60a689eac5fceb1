/** One feature of a provider compared with its peers, and what it adds to the score. */
export interface Reason {
  readonly feature: string;
  /** In logits. */
  readonly contribution: number;
  /** The provider's value; null where it is missing. */
  readonly value: number | string | null;
  /**
   * Provider group that it is compared with, `all` where the own group is too small; and the number of its providers.
   */
  readonly peerGroup: string;
  readonly peers: number;
  /** Null for categories. */
  readonly peerMedian: number | null;
}

/**
 * Why a provider scores as it does, in logits:
 * base + Σ reasons + otherReasons + Σ counterEvidence + otherCounterEvidence + completenessError = score.
 * A score opens an inquiry; it says nothing about guilt.
 */
export interface ProviderReasons {
  readonly entity: string;
  readonly group: string;
  readonly score: number;
  /** Score of the mean training row. */
  readonly base: number;
  /** What the contributions leave unexplained (the completeness axiom of integrated gradients). */
  readonly completenessError: number;
  /** Features that raise the score, strongest first. */
  readonly reasons: readonly Reason[];
  readonly otherReasons: number;
  /** Features that lower it, strongest first. */
  readonly counterEvidence: readonly Reason[];
  readonly otherCounterEvidence: number;
  /**
   * Share of features outside the training ranges, and their names; undefined for a provider within them, and for a
   * version without ranges.
   */
  readonly outOfDistribution?:
    { readonly share: number; readonly groupUnseen: boolean; readonly outside: readonly string[] } | undefined;
  /**
   * Features that would have had to be at the peers' median for the score to fall below the selection threshold: none
   * where it is below already; undefined where ten features do not suffice.
   */
  readonly counterfactual: { readonly features: readonly string[]; readonly score: number } | undefined;
}
