import { z } from 'zod';
import { ESTIMATORS, MISSING } from '../../../domain/schemas/evaluation';
import { day, estimate, evaluationRow, metric } from './schemas';

const amounts = z.object({ findings: estimate, amountNok: estimate.nullable() });
const curvePoint = z.object({ k: z.int(), precision: estimate, recall: estimate, amountNok: estimate.optional() });

const groupFairness = z.object({
  family: z.string(),
  group: z.string(),
  k: z.int(),
  rows: z.int(),
  lowSupport: z.boolean().describe('too few rows or findings for a verdict of its own'),
  shareOfRows: z.number(),
  shareOfList: estimate,
  falseDiscoveryRate: estimate
    .nullable()
    .describe("share of the group's selected rows without a finding; null where none is selected"),
});

const reliability = z.object({
  family: z.string(),
  selected: z.enum(['platt', 'isotonic']),
  logLoss: z.object({ platt: z.number(), isotonic: z.number() }),
  calibrationInput: z
    .literal('population-rank')
    .optional()
    .describe('what probabilities are read from: the rank among all active providers; without it the raw score'),
  predictedLogLoss: z
    .number()
    .optional()
    .describe('of a frozen version on later outcomes: log loss of the probabilities that it predicted'),
  bins: z.array(z.object({ rows: z.int(), meanProbability: z.number(), findingRate: z.number() })),
  top: z
    .array(z.object({ k: z.int(), meanProbability: z.number(), findingRate: estimate }))
    .describe('predicted and found among the first k'),
  caseSourceOffset: z
    .object({ caseSources: z.array(z.string()), oddsRatio: estimate })
    .optional()
    .describe('odds of a finding of cases opened on these sources, relative to others at the same score'),
});

const amountReport = z.object({
  family: z.string(),
  rankedAs: z.string().describe('name of the list ranked by expected amount, in rows, curves and pairs'),
  expectedAmountNok: z.number().describe('median over the findings'),
  upheldNok: z.number().describe('median over the findings'),
  ratio: estimate.describe('sum upheld over sum expected'),
  rankCorrelation: z.number(),
});

const caseworkerEffect = metric
  .omit({ value: true, lo: true, hi: true, n: true })
  .extend({ family: z.string(), without: estimate, withColumns: estimate, difference: estimate });

const listEstimate = z.object({
  family: z.string(),
  k: z.int().describe('list length; 0: all active providers'),
  estimator: z.enum(ESTIMATORS),
  estimate: estimate.nullable(),
  missing: z.enum(MISSING).nullable().describe('why there is no estimate'),
  assumption: z.string(),
});

const population = z.object({
  parts: z.array(z.object({ fold: z.string(), asOf: day, providers: z.int(), labeled: z.int(), drawn: z.int() })),
  lists: z.array(listEstimate),
  swap: z
    .array(
      z.object({
        family: z.string(),
        replaced: z.int(),
        observed: amounts,
        gain: amounts,
        bounds: z.object({ lo: z.number(), hi: z.number() }),
      }),
    )
    .describe('swap-set analysis: the lowest-scored tenth of past cases replaced by unlabelled providers'),
  groups: z.array(
    z.object({
      group: z.string(),
      providers: z.int(),
      trainRows: z.int(),
      trainFindings: z.int(),
      lowSupport: z.boolean(),
    }),
  ),
});

/** The evaluation report of a run, or of a frozen version on later outcomes. */
export const evaluation = z.object({
  estimand: z.string(),
  assumption: z.string(),
  rows: z.array(evaluationRow),
  curves: z.array(z.object({ family: z.string(), points: z.array(curvePoint) })),
  paired: z.array(metric.extend({ family: z.string(), against: z.string() })),
  fairness: z.array(groupFairness),
  reliability: z.array(reliability),
  amounts: z.array(amountReport).optional(),
  caseworkerEffects: z.array(caseworkerEffect).optional(),
  population: population.optional(),
});
