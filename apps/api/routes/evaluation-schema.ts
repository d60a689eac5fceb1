import { z } from 'zod';
import { ESTIMATORS, MISSING } from '../../../domain/schemas/evaluation';
import { day, estimate, evaluationRow, metric } from './schemas';

const gained = z.object({ findings: estimate, amountNok: estimate.nullable() });
const curvePoint = z.object({ k: z.int(), precision: estimate, recall: estimate, amountNok: estimate.optional() });
/** Everything that an evaluation says, of a run or of a frozen version on later outcomes. */
export const evaluation = z.object({
  estimand: z.string(),
  assumption: z.string(),
  rows: z.array(evaluationRow),
  curves: z.array(z.object({ family: z.string(), points: z.array(curvePoint) })),
  paired: z.array(metric.extend({ family: z.string(), against: z.string() })),
  fairness: z.array(
    z.object({
      family: z.string(),
      group: z.string(),
      k: z.int(),
      rows: z.int(),
      lowSupport: z.boolean(),
      shareOfRows: z.number(),
      shareOfList: estimate,
      falseDiscoveryRate: estimate,
    }),
  ),
  reliability: z.array(
    z.object({
      family: z.string(),
      selected: z.enum(['platt', 'isotonic']),
      logLoss: z.object({ platt: z.number(), isotonic: z.number() }),
      calibrationInput: z
        .literal('population-rank')
        .optional()
        .describe(
          'What probabilities are read from, if not from the raw score: where it stands among all active providers',
        ),
      predictedLogLoss: z
        .number()
        .optional()
        .describe('Of a frozen version on later outcomes: the loss of what it promised'),
      bins: z.array(z.object({ rows: z.int(), meanProbability: z.number(), findingRate: z.number() })),
      top: z.array(z.object({ k: z.int(), meanProbability: z.number(), findingRate: estimate })),
      caseSourceOffset: z
        .object({ caseSources: z.array(z.string()), oddsRatio: estimate })
        .optional()
        .describe(
          'Controls that rest on more than the columns show: how many times the odds of a finding they had at the same score',
        ),
    }),
  ),
  amounts: z
    .array(
      z.object({
        family: z.string(),
        rankedAs: z.string(),
        expectedAmountNok: z.number(),
        upheldNok: z.number(),
        ratio: estimate,
        rankCorrelation: z.number(),
      }),
    )
    .optional(),
  caseworkerEffects: z
    .array(
      metric
        .omit({ value: true, lo: true, hi: true, n: true })
        .extend({ family: z.string(), without: estimate, withColumns: estimate, difference: estimate }),
    )
    .optional(),
  population: z
    .object({
      parts: z.array(
        z.object({ fold: z.string(), asOf: day, providers: z.int(), labeled: z.int(), drawn: z.int() }),
      ),
      lists: z.array(
        z.object({
          family: z.string(),
          k: z.int().describe('0: all active providers'),
          estimator: z.enum(ESTIMATORS),
          estimate: estimate.nullable(),
          missing: z.enum(MISSING).nullable(),
          assumption: z.string(),
        }),
      ),
      swap: z.array(
        z.object({
          family: z.string(),
          replaced: z.int(),
          observed: gained,
          gain: gained,
          bounds: z.object({ lo: z.number(), hi: z.number() }),
        }),
      ),
      groups: z.array(
        z.object({
          group: z.string(),
          providers: z.int(),
          trainRows: z.int(),
          trainFindings: z.int(),
          lowSupport: z.boolean(),
        }),
      ),
    })
    .optional(),
});
