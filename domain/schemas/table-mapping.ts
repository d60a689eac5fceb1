import { z } from 'zod';
import { forbiddenFeature } from '../rules/forbidden-features';

/** How a prepared feature table (CSV or Parquet) is read: which column is what. Unnamed columns are refused by name. */
export const tableMappingSchema = z.strictObject({
  version: z.literal(1),
  entity: z.string().describe('column that names who was controlled'),
  asOf: z.string().describe('column with the day as of which the features were known'),
  rowId: z.string().optional().describe('column that makes a row unique, where one entity has several rows on one day'),
  outcome: z.strictObject({
    column: z.string(),
    positive: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .describe('values that count as a finding'),
    knownOn: z
      .string()
      .optional()
      .describe('column with the day the outcome became known; the as-of day when left out'),
    amount: z.string().optional().describe('column with the amount found, in kroner'),
  }),
  features: z
    .record(z.string(), z.enum(['numeric', 'categorical']))
    .refine((f) => Object.keys(f).length > 0, 'expected at least one feature')
    .superRefine((features, context) => {
      for (const column of Object.keys(features)) {
        const kind = forbiddenFeature(column);
        if (kind)
          context.addIssue({
            code: 'custom',
            path: [column],
            message: `${column} looks like ${kind}, which may not be a feature; list it under ignore`,
          });
      }
    }),
  nuisance: z
    .record(z.string(), z.enum(['numeric', 'categorical']))
    .default({})
    .describe('who looked (caseworker, inspector): recorded and reported, never used for selection'),
  ignore: z.array(z.string()).default([]).describe('columns that must not be used, outcomes above all'),
  baselines: z
    .strictObject({
      size: z.string().optional(),
      ruleHits: z.string().optional(),
      deviations: z
        .array(z.string())
        .optional()
        .describe('columns that say how far a figure lies above its peers, in robust standard deviations'),
    })
    .default({}),
});
export type TableMapping = z.infer<typeof tableMappingSchema>;
