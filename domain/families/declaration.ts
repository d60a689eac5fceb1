import type { Rng } from '../rng';

/** What the domain knows of a model family: the schema of its settings, and how the search draws them. */
export interface FamilyDeclaration<Schema, Spec> {
  /** Settings in the experiment file. Every setting has a default that works untuned. */
  readonly schema: Schema;
  /** Whether its hidden layers can be pretrained. */
  readonly canPretrain: boolean;
  /** Random settings of one trial; settings that are not searched stay as `given`. */
  sampleSettings(given: Spec, rng: Rng): Spec;
}
