import { type Behaviour, BEHAVIOURS_OF, CALIBRATION } from './calibration';

/** The parameters that differ between scenarios; all others are those of the calibration. */
export interface ScenarioShape {
  readonly latent: { readonly serious: number; readonly minor: number; readonly benignOutlier: number };
  /** Behaviours that can occur in a practice type. */
  readonly behavioursOf: Readonly<Record<string, readonly Behaviour[]>>;
  /** The payer's past selection policy: weights of tips, rule hits and size. */
  readonly policy: { readonly tip: number; readonly rule: number; readonly size: number };
}

const POLICY = { tip: 1.4, rule: 14, size: 0.5 };
const STANDARD: ScenarioShape = { latent: CALIBRATION.latent, behavioursOf: BEHAVIOURS_OF, policy: POLICY };

/** The second half of each practice type's behaviours, which are rarer in the standard scenario. */
const LATER = Object.fromEntries(
  Object.entries(BEHAVIOURS_OF).map(([type, all]) => [type, all.slice(Math.floor(all.length / 2))]),
);

/**
 * The standard scenario and three that are held out: they show whether a result holds beyond the standard scenario, and
 * nothing may be tuned on them.
 */
export const SCENARIOS = {
  standard: STANDARD,
  'other-behaviours': { ...STANDARD, latent: { serious: 0.03, minor: 0.1, benignOutlier: 0.08 }, behavioursOf: LATER },
  'other-policy': { ...STANDARD, policy: { tip: 0.6, rule: 3, size: 1.5 } },
  'nothing-planted': { ...STANDARD, latent: { serious: 0, minor: 0, benignOutlier: CALIBRATION.latent.benignOutlier } },
} as const satisfies Record<string, ScenarioShape>;
export type ScenarioName = keyof typeof SCENARIOS;
