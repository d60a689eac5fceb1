import { type Behaviour, BEHAVIOURS_OF, CALIBRATION } from './calibration';

/** What differs between worlds; everything else is the calibration. */
export interface ScenarioShape {
  readonly latent: { readonly serious: number; readonly minor: number; readonly honestOutlier: number };
  /** Behaviours that can occur in a practice type. */
  readonly behavioursOf: Readonly<Record<string, readonly Behaviour[]>>;
  /** What drew the payer's attention in the past: weights of tips, rule hits and size. */
  readonly policy: { readonly tip: number; readonly rule: number; readonly size: number };
}

const POLICY = { tip: 1.4, rule: 14, size: 0.5 };
const STANDARD: ScenarioShape = { latent: CALIBRATION.latent, behavioursOf: BEHAVIOURS_OF, policy: POLICY };

/** The later half of what can occur: behaviours that are rarer in the standard world. */
const LATER = Object.fromEntries(
  Object.entries(BEHAVIOURS_OF).map(([type, all]) => [type, all.slice(Math.floor(all.length / 2))]),
);

/**
 * The standard world and three that are held out: they say whether a figure is the model's or the standard world's, and
 * nothing may be tuned on them.
 */
export const SCENARIOS = {
  standard: STANDARD,
  'other-behaviours': { ...STANDARD, latent: { serious: 0.03, minor: 0.1, honestOutlier: 0.08 }, behavioursOf: LATER },
  'other-policy': { ...STANDARD, policy: { tip: 0.6, rule: 3, size: 1.5 } },
  'nothing-planted': { ...STANDARD, latent: { serious: 0, minor: 0, honestOutlier: CALIBRATION.latent.honestOutlier } },
} as const satisfies Record<string, ScenarioShape>;
export type ScenarioName = keyof typeof SCENARIOS;
