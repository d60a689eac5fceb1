/** One figure of a provider beside its peers, and what it adds to the score (in logits). */
export interface Reason {
  readonly feature: string;
  readonly contribution: number;
  /** The provider's figure; null where it is missing. */
  readonly value: number | string | null;
  /** Provider group compared with, `all` where the own group is too small; how many providers it has. */
  readonly peerGroup: string;
  readonly peers: number;
  readonly peerMedian: number | null;
}

/**
 * Why a provider scores as it does. base + Σ reasons + otherReasons + Σ counterEvidence + otherCounterEvidence + gap = score.
 * A score opens an inquiry; it says nothing about guilt.
 */
export interface ProviderReasons {
  readonly entity: string;
  readonly group: string;
  readonly score: number;
  readonly base: number;
  readonly gap: number;
  readonly reasons: readonly Reason[];
  readonly otherReasons: number;
  readonly counterEvidence: readonly Reason[];
  readonly otherCounterEvidence: number;
  /** Where the model has seen nothing similar: share of figures outside what training saw, and which; undefined otherwise. */
  readonly outOfDistribution?:
    { readonly share: number; readonly groupUnseen: boolean; readonly outside: readonly string[] } | undefined;
  /** Figures that would have had to be the peers' median for the score to fall below the list's end; none where it is below already; undefined where ten do not suffice. */
  readonly counterfactual: { readonly features: readonly string[]; readonly score: number } | undefined;
}
